import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { applyPatch, EMPTY_DATASET } from '../core/dataset.ts';
import type { JournalStep } from '../core/dataset.ts';
import type { CallContext, CallEvent, CallKind } from '../core/engine-api.ts';
import { EngineError } from '../core/errors.ts';
import type { ImportFile } from '../core/project.ts';
import { createDataService } from './create-data-service.ts';
import type { DataService } from './data-service.ts';
import { createDecodePool } from './decode/decode-pool.ts';
import { pictureFile } from './decode/fixtures.records.ts';

const pool = createDecodePool();
afterAll(() => pool.dispose());

/** A store and a journal in memory, which can be made to refuse. */
function createKept() {
  const records = new Map<string, Blob>();
  const kept = {
    records,
    /** What a reload would find. */
    state: EMPTY_DATASET,
    writesLeft: Infinity,
    pictures: {
      read: (path: string) => Promise.resolve(records.get(path) ?? null),
      write: (path: string, bytes: Uint8Array<ArrayBuffer> | Blob) => {
        if (kept.writesLeft-- <= 0) return Promise.reject(new EngineError('quota', 'The disk is full.'));
        records.set(path, bytes instanceof Blob ? bytes : new Blob([bytes]));
        return Promise.resolve();
      },
    },
    keeper: {
      keepStep: ({ patch }: JournalStep, revision: number) => {
        kept.state = applyPatch(kept.state, patch);
        expect(kept.state.revision).toBe(revision);
        return Promise.resolve();
      },
      keepSplit: () => Promise.resolve(),
    },
  };
  return kept;
}

let kept = createKept();
let data: DataService;

beforeEach(() => {
  kept = createKept();
  data = createDataService({ pictures: kept.pictures, keeper: kept.keeper, pool, now: () => 1 });
});

function context<K extends CallKind>(signal = new AbortController().signal) {
  const events: CallEvent<K>[] = [];
  return {
    signal,
    events,
    emit: (event: CallEvent<K>) => void events.push(event),
  } satisfies CallContext<K> & {
    events: CallEvent<K>[];
  };
}

/** A small distinct picture. */
async function drawn(seed: number, type = 'image/png'): Promise<Blob> {
  const canvas = new OffscreenCanvas(24, 24);
  const context2d = canvas.getContext('2d')!;
  context2d.fillStyle = `rgb(${seed % 256} ${(seed * 7) % 256} ${Math.floor(seed / 256)})`;
  context2d.fillRect(0, 0, 24, 24);
  return canvas.convertToBlob({ type });
}

const at = (path: string, content: Blob | File): ImportFile => ({
  path,
  file: new File([content], path.slice(path.lastIndexOf('/') + 1)),
});
const classNames = () => data.dataset().classes.map(({ name }) => name);
const perClass = () =>
  Object.fromEntries(
    data
      .dataset()
      .classes.map(({ id, name }) => [
        name,
        [...data.dataset().samples.values()].filter(({ classId }) => classId === id).length,
      ]),
  );
const codes = (rejected: readonly { name: string; error: { code: string } }[]) =>
  Object.fromEntries(rejected.map(({ name, error }) => [name, error.code]));

test('folders become classes; what is wrong is told file by file; the rest is in', async () => {
  const files = [
    at('pets/cats/1.jpg', await drawn(1)),
    at('pets/cats/2.jpg', await drawn(2)),
    at('pets/dogs/1.jpg', await drawn(3)),
    at('pets/dogs/again.png', await drawn(3)),
    at('pets/cats/stolen.png', await drawn(3)),
    at('pets/dogs/empty.jpg', new Blob([])),
    at('pets/dogs/text.jpg', new Blob(['only words'])),
    at('pets/dogs/cut.png', pictureFile('png').slice(0, 70)),
    at('pets/dogs/huge.png', pictureFile('pngHuge')),
    at('pets/dogs/film.gif', pictureFile('gifAnimated')),
    at('pets/cats/.DS_Store', new Blob(['x'])),
    at('__MACOSX/pets/cats/._1.jpg', new Blob(['x'])),
    at('pets/Thumbs.db', new Blob(['x'])),
    at('pets/loose.png', await drawn(9)),
  ];
  const told = context<'data.import'>();
  const report = await data.import({ files }, told);
  expect(perClass()).toEqual({ cats: 2, dogs: 2, '1': 1 });
  expect(report.accepted).toBe(5);
  expect(report.firstFrameOnly).toEqual(['film.gif']);
  expect(codes(report.rejected)).toEqual({
    'dogs/again.png': 'file-duplicate',
    'cats/stolen.png': 'file-duplicate',
    'dogs/empty.jpg': 'file-empty',
    'dogs/text.jpg': 'file-not-a-picture',
    'dogs/cut.png': 'file-truncated',
    'dogs/huge.png': 'file-too-large',
  });
  const detail = Object.fromEntries(report.rejected.map(({ name, error }) => [name, error.detail]));
  expect(detail['cats/stolen.png']).toEqual({ of: '1.jpg', className: 'dogs', sameClass: false });
  expect(detail['dogs/again.png']).toMatchObject({ sameClass: true });
  // The page's mirror, built from the events alone, is the same.
  let mirror = EMPTY_DATASET;
  for (const event of told.events) if (event.kind === 'change') mirror = applyPatch(mirror, event.patch);
  expect(mirror).toEqual(data.dataset());
  expect(kept.state).toEqual(data.dataset());
  expect(told.events.at(-1)).toEqual({ kind: 'progress', done: 11, total: 11 });
});

test('hostile names stay text, and two files of one name are two samples', async () => {
  const names = [
    `"><img src=x onerror=1>.png`,
    '🐈‍⬛ émoji.png',
    `${'n'.repeat(300)}.png`,
    '..',
    'same.png',
    'same.png',
  ];
  const files = await Promise.all(
    names.map(async (name, i) => ({ path: `a/../<b>/${name}`, file: new File([await drawn(i)], name) })),
  );
  await data.import({ files }, context());
  const samples = [...data.dataset().samples.values()];
  expect(samples.map(({ name }) => name)).toEqual([
    `"><img src=x onerror=1>.png`,
    '🐈‍⬛ émoji.png',
    `${'n'.repeat(99)}…${'n'.repeat(16)}.png`,
    '..',
    'same.png',
    'same.png',
  ]);
  expect(classNames()).toEqual(['<b>']);
  expect([...kept.records.keys()].every((path) => /^pictures\/[0-9a-f]{64}$/u.test(path))).toBe(true);
});

test('200 classes', async () => {
  const files = await Promise.all(
    Array.from({ length: 200 }, async (_, i) => at(`c${i}/x.png`, await drawn(i))),
  );
  const report = await data.import({ files }, context());
  expect(report.accepted).toBe(200);
  expect(classNames()).toEqual(Array.from({ length: 200 }, (_, i) => `c${i}`));
});

test('cancelling answers at once and keeps what was told', async () => {
  const files = await Promise.all(
    Array.from({ length: 300 }, async (_, i) => at(`a/${i}.png`, await drawn(i))),
  );
  const controller = new AbortController();
  const told = context<'data.import'>(controller.signal);
  let abortedAt = 0;
  const emit = (event: CallEvent<'data.import'>) => {
    told.emit(event);
    if (event.kind === 'change' && abortedAt === 0) {
      abortedAt = performance.now();
      controller.abort();
    }
  };
  await expect(data.import({ files }, { signal: controller.signal, emit })).rejects.toMatchObject({
    code: 'cancelled',
  });
  expect(performance.now() - abortedAt).toBeLessThan(200);
  const { size } = data.dataset().samples;
  expect(size).toBeGreaterThan(0);
  expect(size).toBeLessThan(300);
  expect(kept.state).toEqual(data.dataset());
  for (const { contentHash } of data.dataset().samples.values()) {
    expect(kept.records.has(`pictures/${contentHash}`)).toBe(true);
  }
});

test('a full disk stops the import with its code; what was taken is whole', async () => {
  kept.writesLeft = 40;
  const files = await Promise.all(
    Array.from({ length: 100 }, async (_, i) => at(`a/${i}.png`, await drawn(i))),
  );
  await expect(data.import({ files }, context())).rejects.toMatchObject({ code: 'quota' });
  expect(data.dataset().samples.size).toBe(40);
  expect(kept.state).toEqual(data.dataset());
});

test('an import is one undo step; leaving the project ends it', async () => {
  const files = await Promise.all(
    Array.from({ length: 60 }, async (_, i) => at(`a/${i}.png`, await drawn(i))),
  );
  await data.import({ files }, context());
  expect(data.undoState()).toEqual({ undo: 'add-samples', redo: null });
  const undone = await data.undo({}, context());
  expect([data.dataset().samples.size, classNames(), undone?.undo.redo]).toEqual([0, [], 'add-samples']);
  await data.redo({}, context());
  expect(data.dataset().samples.size).toBe(60);
  const importing = data.import({ files: files.map(({ file }, i) => ({ path: `b/${i}`, file })) }, context());
  data.replace(EMPTY_DATASET, null);
  await expect(importing).rejects.toMatchObject({ code: 'cancelled' });
  expect(data.dataset()).toEqual(EMPTY_DATASET);
});

test('a preview reads heads, names classes and says which exist', async () => {
  await data.edit({ edit: { kind: 'add-class', name: 'Cats' } }, context());
  const files = [
    at('cats/1.jpg', await drawn(1)),
    at('dogs/1.jpg', await drawn(2)),
    at('dogs/no.jpg', new Blob(['words'])),
  ];
  const preview = await data.preview({ files }, context());
  expect(preview.classes).toEqual([
    { name: 'cats', count: 1, exists: true, spellings: [] },
    { name: 'dogs', count: 1, exists: false, spellings: [] },
  ]);
  expect(codes(preview.rejected)).toEqual({ 'dogs/no.jpg': 'file-not-a-picture' });
  expect(preview.isProject).toBe(false);
  expect(data.dataset().samples.size).toBe(0);
});

test('camera frames of one burst share a group and one undo step', async () => {
  await data.edit({ edit: { kind: 'add-class', name: 'me' } }, context());
  const classId = data.dataset().classes[0]!.id;
  const capture = async (burst: string) => {
    const frame = await createImageBitmap(await drawn(5));
    return data.capture({ classId, frame, burst }, context());
  };
  await capture('one');
  await capture('one');
  const last = await capture('two');
  expect(last.patch.samples[0]?.after).toMatchObject({ source: 'camera', width: 24, height: 24, classId });
  expect(new Set([...data.dataset().samples.values()].map(({ group }) => group)).size).toBe(2);
  await data.undo({}, context());
  expect(data.dataset().samples.size).toBe(2);
  await data.undo({}, context());
  expect(data.dataset().samples.size).toBe(0);
});

test('thumbnails, pictures, pixels and variants of a sample', async () => {
  await data.import({ files: [at('a/1.jpg', pictureFile('jpeg'))] }, context());
  const [id] = [...data.dataset().samples.keys()];
  const [thumbnail, gone] = await data.thumbnails({ ids: [id!, 'gone'] }, context());
  expect([thumbnail?.type, gone]).toEqual(['image/jpeg', null]);
  expect((await data.picture({ id: id! }, context())).size).toBeGreaterThan(100);
  const pixels = await data.pixels.pixels(id!, 8);
  expect(pixels).toHaveLength(8 * 8 * 3);
  expect(Math.abs(pixels[0]! - 200)).toBeLessThan(15);
  // A newcomer's pixels come with its import, once, and equal what the store gives afterwards.
  await data.import({ files: [at('a/2.jpg', pictureFile('jpegProgressive'))] }, context());
  const second = [...data.dataset().samples.keys()].find((other) => other !== id);
  const run = vi.spyOn(pool, 'run');
  const handed = await data.pixels.pixels(second!, 8);
  expect(run).not.toHaveBeenCalled();
  expect(await data.pixels.pixels(second!, 8)).toEqual(handed);
  expect(run).toHaveBeenCalledOnce();
  run.mockRestore();
  const augmentation = { flip: true, crop: 0.2, rotateDegrees: 10, colour: 0.2, variants: 2 };
  const variants = await data.augmentPreview({ id: id!, augmentation, seed: 1, count: 3 }, context());
  expect(variants.map(({ width, height }) => [width, height])).toEqual(Array(3).fill([224, 224]));
  await expect(data.pixels.pixels('gone', 8)).rejects.toMatchObject({ code: 'not-found' });
});

test('the sample set: four classes, glyphs stay together, the second time nothing is added', async () => {
  const names = ['animals', 'food', 'vehicles', 'faces'] as const;
  const started = performance.now();
  const report = await data.sampleSet({ set: 'emoji', classNames: names }, context());
  console.log(`sample set: ${report.accepted} pictures in ${(performance.now() - started).toFixed(0)} ms`);
  expect(report.rejected).toEqual([]);
  expect(classNames()).toEqual(names);
  for (const count of Object.values(perClass())) expect(count).toBeGreaterThanOrEqual(120);
  const split = await data.makeSplit({ settings: { validation: 0.15, test: 0.15, seed: 7 } }, context());
  const groupOf = (id: string) => data.dataset().samples.get(id)!.group!;
  const train = new Set(split.train.map(groupOf));
  expect(split.test.some((id) => train.has(groupOf(id)))).toBe(false);
  expect((await data.sampleSet({ set: 'emoji', classNames: names }, context())).accepted).toBe(0);
});
