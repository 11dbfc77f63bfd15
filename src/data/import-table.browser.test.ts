import { afterAll, beforeEach, expect, test } from 'vitest';
import { writeZip } from '../archive/write-zip.ts';
import type { CallContext, CallKind } from '../core/engine-api.ts';
import type { ImportFile } from '../core/project.ts';
import { DEFAULT_SPLIT } from '../core/split.ts';
import { createMemoryBlobs } from '../testing/memory-session.ts';
import { createDataService } from './create-data-service.ts';
import type { DataService } from './data-service.ts';
import { createDecodePool } from './decode/decode-pool.ts';

const pool = createDecodePool();
afterAll(() => pool.dispose());
let data: DataService;

beforeEach(() => {
  const records = new Map<string, Blob>();
  data = createDataService({
    pictures: {
      read: (path) => Promise.resolve(records.get(path) ?? null),
      write: (path, bytes) => {
        records.set(path, bytes instanceof Blob ? bytes : new Blob([bytes]));
        return Promise.resolve();
      },
    },
    keeper: { keepStep: () => Promise.resolve(), keepSplit: () => Promise.resolve() },
    pool,
    now: () => 1,
  });
});

function context<K extends CallKind>(): CallContext<K> {
  return { signal: new AbortController().signal, emit: () => undefined };
}

async function drawn(seed: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(24, 24);
  const context2d = canvas.getContext('2d')!;
  context2d.fillStyle = `rgb(${seed % 256} ${(seed * 7) % 256} 9)`;
  context2d.fillRect(0, 0, 24, 24);
  return canvas.convertToBlob({ type: 'image/png' });
}

const at = (path: string, content: BlobPart): ImportFile => ({
  path,
  file: new File([content], path.slice(path.lastIndexOf('/') + 1)),
});

function held() {
  const { classes, samples } = data.dataset();
  const names = new Map(classes.map(({ id, name }) => [id, name]));
  return [...samples.values()]
    .map(({ name, classId, given, group }) => [name, names.get(classId), given, group])
    .sort();
}

/** Previews, then imports as the preview says. */
async function take(files: ImportFile[]) {
  const preview = await data.preview({ files }, context<'data.preview'>());
  const { table } = preview;
  const report = await data.import(
    { files, ...(table !== null && { table: table.mapping }) },
    context<'data.import'>(),
  );
  return { preview, report };
}

const CSV =
  'file;label;split;patient\n1.png;cat;train;p\n2.png;cat;test;q\n3.png;dog;train;p\n4.png;;train;\n9.png;dog;;\n';

test('a table in the drop labels, splits and groups its pictures; what does not fit is said', async () => {
  const files = [at('d/labels.csv', CSV), at('d/notes.txt', 'Only words.\n')];
  for (let i = 1; i < 6; i++) files.push(at(`d/pictures/${i}.png`, await drawn(i)));
  const { preview, report } = await take(files);
  expect(preview.table).toMatchObject({
    ...{ name: 'labels.csv', format: 'csv', rows: 5, matched: 3 },
    mapping: { file: 0, label: 1, side: 2, group: 3 },
  });
  expect(preview.given).toEqual({ train: 2, validation: 0, test: 1 });
  expect(preview.classes.map(({ name, count }) => [name, count])).toEqual([
    ['cat', 2],
    ['dog', 1],
  ]);
  expect(held()).toEqual([
    ['1.png', 'cat', 'train', 'named p'],
    ['2.png', 'cat', 'test', 'named q'],
    ['3.png', 'dog', 'train', 'named p'],
  ]);
  const reasons = Object.fromEntries(report.rejected.map(({ name, error }) => [name, error.code]));
  expect(reasons).toEqual({
    'labels.csv:4': 'table-no-label',
    'labels.csv:5': 'table-file-missing',
    'd/pictures/4.png': 'table-not-listed',
    'd/pictures/5.png': 'table-not-listed',
    'd/notes.txt': 'file-not-a-picture',
  });
  const split = await data.makeSplit({ settings: DEFAULT_SPLIT }, context<'data.split'>());
  const nameOf = (id: string) => data.dataset().samples.get(id)?.name;
  expect(split.test.map(nameOf)).toEqual(['2.png']);
});

test('columns can be chosen otherwise; without a label column folders are the classes', async () => {
  const files = [
    at('cats/1.png', await drawn(1)),
    at('dogs/2.png', await drawn(2)),
    at('t.csv', 'a,b\n1.png,x\n2.png,x\n'),
  ];
  const guessed = await data.preview({ files }, context<'data.preview'>());
  expect(guessed.classes.map(({ name }) => name)).toEqual(['x']);
  const table = { file: 0, label: null, side: null, group: 1 };
  const chosen = await data.preview({ files, table }, context<'data.preview'>());
  expect(chosen.classes.map(({ name }) => name)).toEqual(['cats', 'dogs']);
  await data.import({ files, table }, context<'data.import'>());
  expect(held()).toEqual([
    ['1.png', 'cats', undefined, 'named x'],
    ['2.png', 'dogs', undefined, 'named x'],
  ]);
});

test('a zip with a table in it', async () => {
  const entries = [
    {
      path: 'set/data.jsonl',
      read: () =>
        Promise.resolve(new Blob(['{"image":"a.png","class":"Cat "}\n{"image":"b.png","class":"cat"}\n'])),
    },
    { path: 'set/images/a.png', read: () => drawn(1) },
    { path: 'set/images/b.png', read: () => drawn(2) },
  ];
  const zip = await writeZip(entries, new AbortController().signal);
  const { preview } = await take([at('set.zip', zip)]);
  expect(preview.table?.format).toBe('jsonl');
  expect(preview.classes).toEqual([{ name: 'Cat', count: 2, exists: false, spellings: ['cat'] }]);
  expect(held().map(([, label]) => label)).toEqual(['Cat', 'Cat']);
});

test('a table that cannot be read, or that names no picture, leaves the pictures to their folders', async () => {
  const pictures = [at('cats/1.png', await drawn(1)), at('dogs/2.png', await drawn(2))];
  const cases: [string, string, string][] = [
    ['x.json', '[{"file": "1.png"', 'table-json'],
    ['x.json', '{"a": 1}', 'table-shape'],
    ['x.csv', 'a,b\nu,v\nw,x\n', 'table-no-files'],
    ['x.csv', 'file,label\n1.png,c\0\n', 'table-binary'],
    ['x.csv', 'file,label\n1.png,a,b\n2.png,a,b,c\n1.png\n2.png,a,b\n', 'table-no-columns'],
  ];
  for (const [name, text, code] of cases) {
    const preview = await data.preview({ files: [...pictures, at(name, text)] }, context<'data.preview'>());
    expect([preview.table, preview.pictures, preview.rejected.map(({ error }) => error.code)]).toEqual([
      null,
      2,
      [code],
    ]);
  }
});

test('train and test folders keep their split; the same picture on both sides is a leak', async () => {
  const files = [
    at('d/train/cat/1.png', await drawn(1)),
    at('d/train/cat/2.png', await drawn(2)),
    at('d/train/dog/3.png', await drawn(3)),
    at('d/train/dog/4.png', await drawn(4)),
    at('d/test/cat/5.png', await drawn(5)),
    at('d/test/dog/copy.png', await drawn(3)),
  ];
  const { preview, report } = await take(files);
  expect(preview.given).toEqual({ train: 4, validation: 0, test: 2 });
  expect(data.dataset().classes.map(({ name }) => name)).toEqual(['cat', 'dog']);
  expect(report.rejected.map(({ error }) => [error.code, error.detail?.['leak']])).toEqual([
    ['file-duplicate', true],
  ]);
  for (const seed of [1, 2, 3]) {
    const settings = { ...DEFAULT_SPLIT, seed };
    const split = await data.makeSplit({ settings, fresh: true }, context<'data.split'>());
    expect(split.test.map((id) => data.dataset().samples.get(id)?.name)).toEqual(['5.png']);
  }
});

test('a project of Teachable Machine, and the samples of one of its classes', async () => {
  const project = await writeZip(
    [
      {
        path: 'manifest.json',
        read: () => Promise.resolve(new Blob(['{"type":"image","version":"2.4.5"}'])),
      },
      { path: 'Left hand-!-0.png', read: () => drawn(1) },
      { path: 'Left hand-!-1.png', read: () => drawn(2) },
      { path: 'Right-hand-!-0.png', read: () => drawn(3) },
    ],
    new AbortController().signal,
  );
  const { report } = await take([at('project.tm', project)]);
  expect(report.rejected).toEqual([]);
  expect(held().map(([name, label]) => [name, label])).toEqual([
    ['Left hand-!-0.png', 'Left hand'],
    ['Left hand-!-1.png', 'Left hand'],
    ['Right-hand-!-0.png', 'Right-hand'],
  ]);
  const samples = await writeZip([{ path: '0.png', read: () => drawn(9) }], new AbortController().signal);
  await take([at('Class 1-samples (1).zip', samples)]);
  expect(data.dataset().classes.at(-1)?.name).toBe('Class 1');
});

test('a table of texts whose lines are no rows is refused, and is no text itself', async () => {
  const keeper = { keepStep: () => Promise.resolve(), keepSplit: () => Promise.resolve() };
  const texts = createDataService({ pictures: createMemoryBlobs(), keeper, pool, kind: () => 'text' });
  const ragged = 'text,label\nWarm, kind, and long,good\nDull,bad\nSlow; loud, and grey,bad\n';
  const files = [at('reviews.csv', ragged), at('good/one.txt', 'A fine evening.')];
  const preview = await texts.preview({ files }, context<'data.preview'>());
  const report = await texts.import({ files }, context<'data.import'>());
  for (const { rejected } of [preview, report])
    expect(rejected.map(({ name, error }) => [name, error.code])).toEqual([
      ['reviews.csv', 'table-no-columns'],
    ]);
  expect([...texts.dataset().samples.values()].map(({ name }) => name)).toEqual(['one.txt']);
});
