import { afterAll, describe, expect, test } from 'vitest';
import { readZip } from '../../archive/read-zip.ts';
import { DATA_FORMS } from '../../core/data-forms.ts';
import type { CallContext, CallKind } from '../../core/engine-api.ts';
import type { ImportFile } from '../../core/project.ts';
import { DEFAULT_SPLIT, type SplitSide } from '../../core/split.ts';
import type { SampleKind } from '../../core/tasks.ts';
import { patternJpeg } from '../../testing/files/pictures.ts';
import { createMemoryBlobs } from '../../testing/memory-session.ts';
import { createDataService } from '../create-data-service.ts';
import type { DataService } from '../data-service.ts';
import { createDecodePool } from '../decode/decode-pool.ts';
import { writeWav } from '../sound/wav.ts';

const pool = createDecodePool();
afterAll(() => pool.dispose());

function start(kind: SampleKind): DataService {
  const keeper = { keepStep: () => Promise.resolve(), keepSplit: () => Promise.resolve() };
  return createDataService({ pictures: createMemoryBlobs(), keeper, pool, kind: () => kind });
}

const context = <K extends CallKind>(): CallContext<K> => ({
  signal: new AbortController().signal,
  emit: () => undefined,
});

/** Labels that are no names of folders, and files that share one. */
const LABELS = ['cats', 'a "quoted", label', '=SUM(A1)', '猫🐈', 'train'];

function files(kind: SampleKind): ImportFile[] {
  return Array.from({ length: 30 }, (_, i) => {
    const bytes =
      kind === 'text'
        ? new TextEncoder().encode(`Text ${i}, "quoted", with = and 猫\nand a second line.`)
        : kind === 'picture'
          ? patternJpeg(i % LABELS.length, i)
          : writeWav({
              samples: Float32Array.from({ length: 1600 }, (_s, t) => Math.sin(t * (i + 1) * 0.01) / 2),
              rate: 16_000,
            });
    const ending = { picture: 'jpg', sound: 'wav', text: 'txt' }[kind];
    // Two files each of a name.
    return { path: `in/file ${i >> 1}.${ending}`, file: new File([bytes], `${i}.${ending}`) };
  });
}

async function filled(kind: SampleKind): Promise<DataService> {
  const data = start(kind);
  const all = files(kind);
  for (const [index, name] of LABELS.entries()) {
    const { patch } = await data.edit({ edit: { kind: 'add-class', name } }, context<'data.edit'>());
    const intoClass = patch.classes!.after.at(-1)!.id;
    const own = all.filter((_, i) => i % LABELS.length === index);
    await data.import({ files: own, intoClass }, context<'data.import'>());
  }
  const ids = [...data.dataset().samples.keys()];
  const groups = [
    [ids[0]!, ids[1]!],
    [ids[8]!, ids[9]!, ids[10]!],
  ];
  await data.edit({ edit: { kind: 'group-samples', groups } }, context<'data.edit'>());
  await data.makeSplit({ settings: DEFAULT_SPLIT }, context<'data.split'>());
  return data;
}

/** What makes two data sets the same: the bytes, their label, their side. */
function contents(data: DataService) {
  const { classes, samples } = data.dataset();
  const split = data.split()!;
  const sideOf = (id: string) =>
    (['train', 'validation', 'test'] as SplitSide[]).find((side) => split[side].includes(id));
  const names = new Map(classes.map(({ id, name }) => [id, name]));
  return [...samples.values()]
    .map(({ id, contentHash, classId }) => [contentHash, names.get(classId), sideOf(id)])
    .sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
}

/** Which samples are together, by their bytes. */
function groups(data: DataService) {
  const together = new Map<string, string[]>();
  for (const { group, contentHash } of data.dataset().samples.values())
    if (group !== undefined) together.set(group, [...(together.get(group) ?? []), contentHash]);
  return [...together.values()].map((hashes) => hashes.sort()).sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
}

describe.each<SampleKind>(['picture', 'sound', 'text'])('a data set of the kind %s', (kind) => {
  test.each(DATA_FORMS)('saved as %s imports as it was', async (form) => {
    const data = await filled(kind);
    const zip = await data.save({ form }, context<'data.save'>());
    const again = start(kind);
    const given = [{ path: 'saved.zip', file: new File([zip], 'saved.zip') }];
    const { table } = await again.preview({ files: given }, context<'data.preview'>());
    const { rejected } = await again.import(
      { files: given, ...(table && { table: table.mapping }) },
      context<'data.import'>(),
    );
    await again.makeSplit({ settings: DEFAULT_SPLIT }, context<'data.split'>());
    expect(rejected).toEqual([]);
    if (form === 'folders') {
      // What no folder may be called is written otherwise, and folders have no groups.
      const plain = contents(data).map(([hash, label, side]) => [hash, label!.replaceAll('"', '_'), side]);
      expect(contents(again)).toEqual(plain);
      return;
    }
    expect(contents(again)).toEqual(contents(data));
    expect(groups(again)).toEqual(groups(data));
  });
});

test('the paths of a zip are names that every file system takes, each once', async () => {
  const data = await filled('picture');
  const zip = await data.save({ form: 'folders' }, context<'data.save'>());
  const paths: string[] = [];
  for await (const { path, problem } of readZip(zip, new AbortController().signal)) {
    expect(problem).toBeNull();
    paths.push(path);
  }
  expect(paths).toHaveLength(30);
  expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(30);
  for (const path of paths)
    expect(path).toMatch(/^(?:train|validation|test)\/[^/\\:*?"<>|]+\/[^/\\:*?"<>|]+\.jpg$/);
});

test('nothing to save is said', async () => {
  await expect(start('picture').save({ form: 'csv' }, context<'data.save'>())).rejects.toMatchObject({
    code: 'too-few-samples',
  });
});
