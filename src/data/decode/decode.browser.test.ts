import { afterAll, expect, test } from 'vitest';
import { EngineError } from '../../core/errors.ts';
import { sha256 } from '../../core/hash.ts';
import { createDecodePool, createInThreadPool } from './decode-pool.ts';
import type { DecodePool } from './decode-pool.ts';
import { pictureFile } from './fixtures.records.ts';
import type { PICTURES } from './fixtures.records.ts';
import type { StoredPicture } from './jobs.ts';
import { runJob } from './run-job.ts';

const pool = createDecodePool();
afterAll(() => pool.dispose());

const POOLS: [string, DecodePool][] = [
  ['workers', pool],
  ['in thread', createInThreadPool()],
];

/** Mean RGB of the left and the right half, from the stored file. */
async function halves({ bytes }: StoredPicture): Promise<number[][]> {
  const pixels = await runJob('pixels', { picture: new Blob([bytes]), size: 8 });
  return [1, 6].map((x) => [...pixels.subarray((4 * 8 + x) * 3, (4 * 8 + x) * 3 + 3)]);
}

async function codeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
    return 'none';
  } catch (thrown) {
    return thrown instanceof EngineError ? thrown.code : `not an EngineError: ${String(thrown)}`;
  }
}

function expectNear(actual: number[][], expected: number[][], tolerance: number) {
  for (const [i, colour] of expected.entries()) {
    for (const [c, value] of colour.entries()) {
      expect(Math.abs(actual[i]![c]! - value)).toBeLessThanOrEqual(tolerance);
    }
  }
}

const RED = [200, 30, 30];
const BLUE = [30, 30, 200];

test.each([
  ['jpeg', 32, 16, [RED, BLUE]],
  ['jpegProgressive', 32, 16, [RED, BLUE]],
  ['jpegNoted', 32, 16, [RED, BLUE]],
  ['png', 32, 16, [RED, BLUE]],
  ['webp', 32, 16, [RED, BLUE]],
  ['avif', 32, 16, [RED, BLUE]],
  ['bmp', 16, 8, [RED, BLUE]],
  ['gif', 16, 8, [RED, BLUE]],
  ['gifAnimated', 16, 8, [RED, BLUE]],
  ['webpAnimated', 16, 8, [RED, BLUE]],
  // Luma of BT.601: 0.299 R + 0.587 G + 0.114 B.
  ['jpegGrey', 32, 16, [Array(3).fill(81), Array(3).fill(49)]],
  ['pngGrey', 32, 16, [Array(3).fill(81), Array(3).fill(49)]],
  ['pngGrey16', 16, 8, [Array(3).fill(64), Array(3).fill(192)]],
  [
    'pngRgb16',
    4,
    4,
    [
      [128, 16, 255],
      [128, 16, 255],
    ],
  ],
  ['pngAlpha', 16, 8, [RED, [255, 255, 255]]],
] as [keyof typeof PICTURES, number, number, number[][]][])(
  '%s is stored as %i x %i px with its colours',
  async (name, width, height, expected) => {
    const stored = await pool.run('ingest', { file: pictureFile(name, 'misleading.txt') });
    expect([stored.width, stored.height]).toEqual([width, height]);
    // A GIF of Pillow has a palette of few colours.
    expectNear(await halves(stored), expected, name.startsWith('gif') ? 25 : 12);
    expect(stored.firstFrameOnly).toBe(name.endsWith('Animated'));
    expect(stored.contentHash).toBe(await sha256(stored.bytes));
    expect(stored.sourceHash).toBe(await sha256(await pictureFile(name).arrayBuffer()));
    expect(stored.thumbnail.type).toBe('image/jpeg');
  },
);

test('a CMYK JPEG keeps its hues and is stored as RGB', async () => {
  const stored = await pool.run('ingest', { file: pictureFile('jpegCmyk') });
  const [left, right] = await halves(stored);
  expect(left![0]! - left![2]!).toBeGreaterThan(100);
  expect(right![2]! - right![0]!).toBeGreaterThan(100);
});

test('EXIF orientation is honoured, and no metadata are kept', async () => {
  const rotated = await pool.run('ingest', { file: pictureFile('jpegRotated') });
  expect([rotated.width, rotated.height]).toEqual([16, 32]);
  const pixels = await runJob('pixels', { picture: new Blob([rotated.bytes]), size: 8 });
  // Orientation 6: turned clockwise, so that the left half is now on top.
  const [top, bottom] = [1, 6].map((y) => [...pixels.subarray((y * 8 + 4) * 3, (y * 8 + 4) * 3 + 3)]);
  expectNear([top!, bottom!], [RED, BLUE], 30);
  for (const name of ['jpegRotated', 'jpegNoted'] as const) {
    const { bytes } = await pool.run('ingest', { file: pictureFile(name) });
    const text = String.fromCharCode(...bytes);
    expect(text).not.toContain('Exif');
    expect(text).not.toContain('private note');
    expect(text).not.toContain('secret place');
  }
});

test.each(POOLS)('refusals have a code: %s', async (_name, using) => {
  const ingest = (file: Blob) => codeOf(using.run('ingest', { file }));
  expect(await ingest(new File([], 'a.jpg'))).toBe('file-empty');
  expect(await ingest(new File(['just words'], 'a.jpg'))).toBe('file-not-a-picture');
  expect(await ingest(new File(['\0\0\0\x18ftypheic\0\0\0\0mif1heic'], 'a.jpg'))).toBe('file-heic');
  expect(await ingest(pictureFile('tiff', 'a.jpg'))).toBe('file-unsupported');
  expect(await ingest(new File(['<svg xmlns="http://www.w3.org/2000/svg"/>'], 'a.png'))).toBe(
    'file-unsupported',
  );
  expect(await ingest(pictureFile('pngHuge'))).toBe('file-too-large');
  for (const name of ['jpeg', 'jpegProgressive', 'png', 'gif', 'webp', 'avif', 'bmp'] as const) {
    const whole = pictureFile(name);
    const cut = whole.slice(0, Math.floor(whole.size * 0.8));
    expect([name, await ingest(cut)]).toEqual([name, 'file-truncated']);
  }
});

test('a large picture is bounded when stored', async () => {
  const canvas = new OffscreenCanvas(2_000, 1_000);
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#0a0';
  context.fillRect(0, 0, 2_000, 1_000);
  const stored = await pool.run('ingest', { file: await canvas.convertToBlob({ type: 'image/png' }) });
  expect([stored.width, stored.height]).toEqual([640, 320]);
});

test.each(POOLS)('%s: the square of an import is what is read from the store later', async (_, decoders) => {
  for (const name of ['jpeg', 'jpegProgressive', 'jpegGrey'] as const) {
    const { square, bytes } = await decoders.run('ingest', { file: pictureFile(name), squareSize: 24 });
    const read = await runJob('pixels', { picture: new Blob([bytes]), size: 24 });
    expect(square).toEqual({ size: 24, pixels: read });
  }
  // Encoded again when stored: only the stored bytes say what the trunk sees.
  const png = await decoders.run('ingest', { file: pictureFile('png'), squareSize: 24 });
  expect(png.square).toBeUndefined();
});

test('cancelling answers at once and leaves the pool working', async () => {
  const controller = new AbortController();
  const jobs = Array.from({ length: 50 }, () =>
    codeOf(pool.run('ingest', { file: pictureFile('jpeg') }, controller.signal)),
  );
  const started = performance.now();
  controller.abort();
  expect(new Set(await Promise.all(jobs))).toEqual(new Set(['cancelled']));
  expect(performance.now() - started).toBeLessThan(200);
  expect((await pool.run('ingest', { file: pictureFile('jpeg') })).width).toBe(32);
});

test('the same seed gives the same variant; off changes nothing; flip mirrors', async () => {
  const { bytes } = await pool.run('ingest', { file: pictureFile('jpeg') });
  const picture = new Blob([bytes]);
  const off = { flip: false, crop: 0, rotateDegrees: 0, colour: 0, variants: 1 };
  const all = { flip: true, crop: 0.3, rotateDegrees: 20, colour: 0.3, variants: 1 };
  const plain = await pool.run('pixels', { picture, size: 16 });
  expect(await pool.run('pixels', { picture, size: 16, variant: { augmentation: off, seed: 1 } })).toEqual(
    plain,
  );
  const one = await pool.run('pixels', { picture, size: 16, variant: { augmentation: all, seed: 5 } });
  const again = await runJob('pixels', { picture, size: 16, variant: { augmentation: all, seed: 5 } });
  const other = await pool.run('pixels', { picture, size: 16, variant: { augmentation: all, seed: 6 } });
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
  const flips = [];
  for (let seed = 0; seed < 20; seed++) {
    const variant = { augmentation: { ...off, flip: true }, seed };
    const pixels = await pool.run('pixels', { picture, size: 16, variant });
    flips.push(pixels[0]! < 100);
  }
  expect(new Set(flips)).toEqual(new Set([true, false]));
});
