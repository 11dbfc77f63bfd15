import { expect, test } from 'vitest';
import { readZip } from '../archive/read-zip.ts';
import { writeZip } from '../archive/write-zip.ts';
import { DEFAULT_SPLIT } from '../core/split.ts';
import { DEFAULT_TRAIN_SETTINGS } from '../core/train-settings.ts';
import { migrate } from './migrations.ts';
import { openProjectFile, withFreshRuns, writeProjectFile } from './project-file.ts';
import { parseProject, PROJECT_VERSION, type ProjectRecord, stringifyProject } from './project-record.ts';

const never = new AbortController().signal;
const hash = (digit: string) => digit.repeat(64);

const RECORD: ProjectRecord = {
  projectId: 'p1',
  settings: {
    name: '<b>"Fruit" 🍎</b>',
    task: 'image-classification',
    modelId: 'mobilenet-v3-small',
    backend: 'auto',
    train: DEFAULT_TRAIN_SETTINGS,
    split: DEFAULT_SPLIT,
  },
  dataset: {
    revision: 3,
    classes: [{ id: 'c1', name: 'apple' }],
    samples: new Map([
      [
        's1',
        {
          id: 's1',
          classId: 'c1',
          name: '../"quoted".jpg',
          width: 8,
          height: 8,
          contentHash: hash('a'),
          sourceHash: hash('b'),
          kind: 'picture' as const,
          source: 'file',
          addedAtMs: 1,
        },
      ],
    ]),
  },
  split: null,
  runs: [],
  reports: {},
  openings: [{ runId: 'r0', splitHash: hash('d'), atMs: 4 }],
  activeRunId: null,
  savedAtMs: 5,
};

const pack = () =>
  writeProjectFile(
    RECORD,
    [{ path: `pictures/${hash('a')}`, read: () => Promise.resolve(new Uint8Array([1, 2, 3, 4])) }],
    never,
    () => undefined,
  );

/** The same zip with one entry's text changed. */
async function tamper(file: Blob, path: string, change: (text: string) => string): Promise<Blob> {
  const sources = [];
  for await (const item of readZip(file, never)) {
    const bytes = await item.read();
    const changed = item.path === path ? new Blob([change(new TextDecoder().decode(bytes))]) : bytes;
    sources.push({ path: item.path, read: () => Promise.resolve(changed) });
  }
  return writeZip(sources, never);
}

async function open(file: Blob) {
  const { record, files } = await openProjectFile(file, never);
  return { record, contents: await Promise.all(files.map((entry) => entry.read())) };
}

test('a saved project opens as it was', async () => {
  const { record, contents } = await open(await pack());
  expect(record).toEqual(RECORD);
  expect(contents).toEqual([new Uint8Array([1, 2, 3, 4])]);
});

test('cut anywhere, it is damaged', async () => {
  const file = await pack();
  for (const part of [0, 0.1, 0.5, 0.9, 0.999]) {
    await expect(open(file.slice(0, Math.floor(file.size * part)))).rejects.toMatchObject({
      code: 'project-damaged',
    });
  }
});

test('a later version is refused, and says which', async () => {
  const file = await tamper(await pack(), 'project.json', (text) =>
    text.replace(`"version":${PROJECT_VERSION}`, '"version":99'),
  );
  await expect(open(file)).rejects.toMatchObject({
    code: 'project-newer',
    detail: { version: 99, present: PROJECT_VERSION },
  });
});

test.each([
  ['a length that lies', 'files.json', '"sizeBytes":4', '"sizeBytes":4000000000'],
  ['another hash', 'files.json', /"sha256":"../, '"sha256":"00'],
  ['a path that climbs', 'files.json', 'pictures/', '../../pictures/'],
  ['a picture that is not there', 'project.json', hash('a'), hash('c')],
  ['a sample of no class', 'project.json', '"classId":"c1"', '"classId":"c2"'],
  ['a size that is no size', 'project.json', '"width":8', '"width":1e308'],
  ['an id with a path in it', 'project.json', '"projectId":"p1"', '"projectId":"../p1"'],
  ['broken JSON', 'project.json', '{', '{{'],
])('%s is damage', async (_what, path, from, to) => {
  const file = await tamper(await pack(), path, (text) => text.replace(from, to));
  await expect(open(file)).rejects.toMatchObject({ code: 'project-damaged' });
});

test('runs whose ids are taken get fresh ones, in the record, the reports and the files', () => {
  const blob = (path: string) => ({ path, read: () => Promise.resolve(new Uint8Array([path.length])) });
  const files = [blob('runs/r1/weights.bin'), blob('runs/r2/weights.bin'), blob(`pictures/${hash('a')}`)];
  // Of a run and a report only the ids matter here.
  const runs = [{ id: 'r1' }, { id: 'r2' }] as unknown as ProjectRecord['runs'];
  const reports = { r1: { runId: 'r1' } } as unknown as ProjectRecord['reports'];
  const openings = ['r1', 'r0'].map((runId) => ({ runId, splitHash: 'a', atMs: 1 }));
  const record = { ...RECORD, runs, reports, openings, activeRunId: 'r1' };
  const fresh = withFreshRuns({ record, files }, new Set(['r1']));
  const [first, second] = fresh.record.runs.map(({ id }) => id);
  expect(first).not.toBe('r1');
  expect(second).toBe('r2');
  expect(fresh.record.activeRunId).toBe(first);
  expect(fresh.record.reports).toEqual({ [first!]: { runId: first } });
  // A run that is deleted still counts as one that looked.
  expect(fresh.record.openings.map(({ runId }) => runId)).toEqual([first, 'r0']);
  expect(fresh.files.map(({ path }) => path)).toEqual([
    `runs/${first}/weights.bin`,
    'runs/r2/weights.bin',
    `pictures/${hash('a')}`,
  ]);
});

test('picture bytes that changed are caught when read', async () => {
  const file = await tamper(await pack(), `pictures/${hash('a')}`, () => 'abcd');
  await expect(open(file)).rejects.toMatchObject({ code: 'project-damaged' });
});

test('unknown fields do not get in', () => {
  const text = stringifyProject(RECORD).replace('"revision"', '"script":"x","revision"');
  expect(parseProject(text)).toEqual(RECORD);
});

test('migrations run in order from the version of the record', () => {
  const steps = [
    (record: object) => ({ ...record, trail: 'one' }),
    (record: object) => ({ ...record, trail: `${(record as { trail?: string }).trail ?? ''} two` }),
  ];
  expect(migrate({ version: 1 }, steps)).toEqual({ version: 3, trail: 'one two' });
  expect(migrate({ version: 2 }, steps)).toEqual({ version: 3, trail: ' two' });
  expect(() => migrate({ version: 4 }, steps)).toThrow(
    expect.objectContaining({ code: 'project-newer' }) as Error,
  );
});
