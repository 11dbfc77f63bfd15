import { afterAll, expect, test } from 'vitest';
import { hostilePictures, hostileZips } from '../testing/files/hostile.ts';
import { patternJpeg } from '../testing/files/pictures.ts';
import { crowdedZip, zipOf } from '../testing/files/zips.ts';
import { createMemoryBlobs } from '../testing/memory-session.ts';
import { createDataService } from './create-data-service.ts';
import { createDecodePool } from './decode/decode-pool.ts';

const pool = createDecodePool();
afterAll(() => pool.dispose());

const context = () => ({ signal: new AbortController().signal, emit: () => undefined });

function start() {
  const keeper = { keepStep: () => Promise.resolve(), keepSplit: () => Promise.resolve() };
  return createDataService({ pictures: createMemoryBlobs(), keeper, pool });
}

const dropped = (path: string, bytes: Uint8Array<ArrayBuffer>) => ({ path, file: new File([bytes], path) });

test('every hostile picture is refused with its code or taken, and none spoils the rest', async () => {
  const hostile = await hostilePictures();
  const data = start();
  const good = dropped('a/good.jpg', patternJpeg(0, 99));
  const files = [...hostile.map(({ name, bytes }) => dropped(`a/${name}`, bytes)), good];
  const { accepted, rejected } = await data.import({ files }, context());
  const seen = new Map(rejected.map(({ name, error }) => [name, error.code]));
  // "png-called.jpg" holds the whole of what "cut.png" was cut from, so nothing is a duplicate here.
  for (const { name, code } of hostile) expect([name, seen.get(`a/${name}`) ?? null]).toEqual([name, code]);
  expect(accepted).toBe(hostile.filter(({ code }) => code === null).length + 1);
});

test('every hostile zip is refused with its code', async () => {
  for (const { name, bytes, code } of await hostileZips()) {
    const { accepted, rejected } = await start().import({ files: [dropped(name, bytes)] }, context());
    expect([name, accepted, rejected.map(({ error }) => error.code)]).toEqual([name, 0, [code]]);
  }
});

test('a zip inside a zip is found by its content too', async () => {
  const inner = await zipOf([{ path: 'a/one.jpg', bytes: patternJpeg(0, 1) }]);
  const outer = await zipOf([
    { path: 'a/disguised.jpg', bytes: inner },
    { path: 'a/real.jpg', bytes: patternJpeg(0, 2) },
  ]);
  const { accepted, rejected } = await start().import({ files: [dropped('outer.zip', outer)] }, context());
  expect([accepted, rejected.map(({ error }) => error.code)]).toEqual([1, ['zip-nested']]);
});

test('a zip of folders, beside loose folders and junk', async () => {
  const data = start();
  const zip = await zipOf([
    { path: 'pets/cats/1.jpg', bytes: patternJpeg(0, 1) },
    { path: 'pets/dogs/1.jpg', bytes: patternJpeg(1, 1) },
    { path: '__MACOSX/pets/cats/._1.jpg', bytes: new Uint8Array([1]) },
    { path: 'pets/notes.txt', bytes: new Uint8Array([65, 66]) },
  ]);
  const flat = await zipOf([{ path: 'only.jpg', bytes: patternJpeg(2, 1) }]);
  const files = [
    dropped('pets.zip', zip),
    dropped('birds.zip', flat),
    dropped('more/cats/2.jpg', patternJpeg(0, 2)),
  ];
  const preview = await data.preview({ files }, context());
  expect(preview.classes.map(({ name, count }) => [name, count])).toEqual([
    ['cats', 2],
    ['dogs', 1],
    ['birds', 1],
  ]);
  const report = await data.import({ files }, context());
  expect(report.rejected.map(({ name, error }) => [name, error.code])).toEqual([
    ['pets/notes.txt', 'file-not-a-picture'],
  ]);
  const counts = data
    .dataset()
    .classes.map(({ id, name }) => [
      name,
      [...data.dataset().samples.values()].filter(({ classId }) => classId === id).length,
    ]);
  expect(counts).toEqual([
    ['cats', 2],
    ['dogs', 1],
    ['birds', 1],
  ]);
});

test('names that differ only by Unicode normalisation, case or white space are one class, and both files are kept', async () => {
  const data = start();
  const zip = await zipOf([
    { path: 'set/caf\u00e9/\u00fc.jpg', bytes: patternJpeg(0, 1) },
    { path: 'set/cafe\u0301/u\u0308.jpg', bytes: patternJpeg(0, 2) },
    { path: 'set/ Caf\u00e9 /3.jpg', bytes: patternJpeg(0, 3) },
    { path: 'set/tea/1.jpg', bytes: patternJpeg(1, 1) },
  ]);
  const files = [dropped('set.zip', zip)];
  const { classes } = await data.preview({ files }, context());
  expect(classes).toEqual([
    { name: 'caf\u00e9', count: 3, exists: false, spellings: ['cafe\u0301', ' Caf\u00e9 '] },
    { name: 'tea', count: 1, exists: false, spellings: [] },
  ]);
  const { accepted, rejected } = await data.import({ files }, context());
  expect([accepted, rejected]).toEqual([4, []]);
  expect(data.dataset().classes.map(({ name }) => name)).toEqual(['caf\u00e9', 'tea']);
  const names = [...data.dataset().samples.values()].map(({ name }) => name);
  expect(names.filter((name) => name === '\u00fc.jpg')).toHaveLength(2);
});

test('a zip of 100 000 entries is previewed in bounded time, each entry counted', async () => {
  const started = performance.now();
  const files = [dropped('many.zip', crowdedZip(100_000))];
  const { classes, rejected } = await start().preview({ files }, context());
  console.log(`100 000 entries previewed in ${(performance.now() - started).toFixed(0)} ms`);
  expect([classes.map(({ count }) => count), rejected.length]).toEqual([[50_000, 50_000], 0]);
  expect(performance.now() - started).toBeLessThan(60_000);
}, 70_000);

test('a saved project is known from a zip of pictures', async () => {
  const bytes = new TextEncoder().encode('{}');
  const zip = await zipOf([
    { path: 'project.json', bytes },
    { path: 'files.json', bytes },
  ]);
  expect((await start().preview({ files: [dropped('x.graft', zip)] }, context())).isProject).toBe(true);
});
