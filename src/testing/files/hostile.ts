/** @file Every hostile input of the import, made at run time, with the code that it must be refused with. */
import type { ErrorCode } from '../../core/errors.ts';
import { encodeJpeg } from './jpeg.ts';
import { encodeGif, heicHeader } from './other-pictures.ts';
import { patternJpeg, patternPixel } from './pictures.ts';
import { encodePng, pngClaiming, whitePng } from './png.ts';
import { bombZip, zipOf } from './zips.ts';

export interface HostileFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The code of the refusal; `null`: unusual, but must be accepted. */
  readonly code: ErrorCode | null;
}

/** The file without its last part. */
export function cutShort(bytes: Uint8Array<ArrayBuffer>, keep: number): Uint8Array<ArrayBuffer> {
  return bytes.slice(0, Math.floor(bytes.length * keep));
}

const text = (content: string) => new TextEncoder().encode(content);
const half = (x: number) => (x < 32 ? 1 : 0.2);

/** Picture files: broken ones and rare but valid ones. */
export async function hostilePictures(): Promise<HostileFile[]> {
  const png = await encodePng({ width: 64, height: 64, colour: 'rgb', pixel: patternPixel(1, 5) });
  const square = { width: 64, height: 64 };
  return [
    { name: 'nothing.jpg', bytes: new Uint8Array(0), code: 'file-empty' },
    { name: 'cut.jpg', bytes: cutShort(patternJpeg(0, 5), 0.4), code: 'file-truncated' },
    { name: 'cut.png', bytes: cutShort(png, 0.4), code: 'file-truncated' },
    { name: 'letter.jpg', bytes: text('Dear reader,\nthis is not a picture.\n'), code: 'file-not-a-picture' },
    { name: 'IMG_0012.HEIC', bytes: heicHeader(), code: 'file-heic' },
    { name: 'claims.png', bytes: pngClaiming(20_000, 20_000), code: 'file-too-large' },
    { name: 'wall.png', bytes: await whitePng(20_000, 20_000), code: 'file-too-large' },
    {
      name: 'moving.gif',
      bytes: encodeGif(32, 32, [
        [220, 30, 30],
        [30, 30, 220],
      ]),
      code: null,
    },
    { name: 'png-called.jpg', bytes: png, code: null },
    {
      name: 'print.jpg',
      bytes: encodeJpeg({ ...square, colour: 'cmyk', pixel: (x) => [1 - half(x), 0.2, 0.1, 0] }),
      code: null,
    },
    {
      name: 'grey.png',
      bytes: await encodePng({ ...square, colour: 'grey', pixel: (x, y) => [((x + y) % 64) / 63] }),
      code: null,
    },
    {
      name: 'alpha.png',
      bytes: await encodePng({ ...square, colour: 'rgba', pixel: (x, y) => [1, 0, y / 63, half(x)] }),
      code: null,
    },
    {
      name: 'deep.png',
      bytes: await encodePng({
        ...square,
        colour: 'rgb',
        bitDepth: 16,
        pixel: (x, y) => [x / 63, y / 63, 0.5],
      }),
      code: null,
    },
  ];
}

/** File names that must be shown as they are and harm nobody. */
export const HOSTILE_NAMES: readonly string[] = [
  `"double" and 'single'.jpg`,
  '<img src=x onerror=alert(1)>.jpg',
  '🐈‍⬛🔥.jpg',
  `${'long'.repeat(74)}.jpg`,
  '..jpg',
  '...jpg',
];

/** Archives that must be refused, whole or in part. */
export async function hostileZips(): Promise<HostileFile[]> {
  const good = patternJpeg(0, 1);
  const inner = await zipOf([{ path: 'a/one.jpg', bytes: good }]);
  const many = Array.from({ length: 6 }, (_, i) => ({ path: `a/${i}.jpg`, bytes: patternJpeg(0, i) }));
  return [
    { name: 'bomb.zip', bytes: await bombZip(300 << 20), code: 'zip-bomb' },
    { name: 'nested.zip', bytes: await zipOf([{ path: 'a/inner.zip', bytes: inner }]), code: 'zip-nested' },
    {
      name: 'absolute.zip',
      bytes: await zipOf([{ path: '/etc/a.jpg', bytes: good }]),
      code: 'zip-unsafe-path',
    },
    {
      name: 'climbing.zip',
      bytes: await zipOf([{ path: '../../up/a.jpg', bytes: good }]),
      code: 'zip-unsafe-path',
    },
    {
      name: 'locked.zip',
      bytes: await zipOf([{ path: 'a/one.jpg', bytes: good }], 'secret'),
      code: 'zip-encrypted',
    },
    { name: 'cut.zip', bytes: cutShort(await zipOf(many), 0.6), code: 'zip-damaged' },
  ];
}
