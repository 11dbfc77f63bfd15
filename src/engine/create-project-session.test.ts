import { expect, test, vi } from 'vitest';
import type { DatasetPatch, DatasetState, JournalStep } from '../core/dataset.ts';
import { EngineError } from '../core/errors.ts';
import type { EvaluationReport } from '../core/evaluation.ts';
import type { RunSummary } from '../core/run.ts';
import type { SplitRecord } from '../core/split.ts';
import { DEFAULT_TRAIN_SETTINGS } from '../core/train-settings.ts';
import type { DataService } from '../data/data-service.ts';
import { createDatasetHolder } from '../data/dataset-holder.ts';
import type { BlobStore } from '../persist/blob-store.ts';
import { createMemoryStore } from '../persist/memory-store.ts';
import { createProjectSession, type SessionParts } from './create-project-session.ts';

const context = { signal: new AbortController().signal, emit: () => undefined };

/** The part of a data service that a session talks to: a data set, and changes that are kept before they count. */
function createDataDouble({ keeper, pictures }: Parameters<SessionParts['createData']>[0]) {
  const holder = createDatasetHolder(
    (step, revision) => keeper.keepStep(step, revision),
    () => undefined,
  );
  let split: SplitRecord | null = null;
  const change = async (patch: DatasetPatch, mergeKey?: string) => {
    await holder.change(() => patch, mergeKey);
  };
  return {
    dataset: () => holder.state(),
    split: () => split,
    undoState: () => holder.undoState(),
    replace: (next: DatasetState, nextSplit: SplitRecord | null, history?: readonly JournalStep[]) => {
      holder.replace(next, history);
      split = nextSplit;
    },
    dispose: () => undefined,
    undo: () => holder.undo(),
    redo: () => holder.redo(),
    addClass: (id: string) => {
      const { classes } = holder.state();
      return change({
        kind: 'add-class',
        classes: { before: classes, after: [...classes, { id, name: id }] },
        samples: [],
      });
    },
    async addPicture(id: string, classId: string, mergeKey?: string) {
      const hash = `hash-${id}`;
      await pictures.write(`pictures/${hash}`, new TextEncoder().encode(id));
      const after = {
        id,
        classId,
        name: id,
        width: 4,
        height: 4,
        contentHash: hash,
        sourceHash: hash,
        kind: 'picture' as const,
        source: 'file' as const,
        addedAtMs: 1,
      };
      await change({ kind: 'add-samples', samples: [{ id, before: null, after }] }, mergeKey);
    },
  };
}

function start(store: BlobStore, parts: Pick<SessionParts, 'checkWeights'> = {}) {
  let double: ReturnType<typeof createDataDouble> | undefined;
  const session = createProjectSession({
    ...parts,
    store,
    createData(made) {
      double = createDataDouble(made);
      // The session uses no other member of the service.
      return double as unknown as DataService;
    },
  });
  return { session, data: double! };
}

const RUN: RunSummary = {
  id: 'run-1',
  number: 1,
  status: 'done',
  modelId: 'm',
  settings: DEFAULT_TRAIN_SETTINGS,
  splitHash: 'h',
  datasetRevision: 2,
  classes: [{ id: 'a', name: 'a' }],
  epochs: [],
  bestEpoch: 0,
  backend: 'cpu',
  trainableParameters: 1,
  totalParameters: 2,
  startedAtMs: 1,
  seconds: { features: 1, train: 1 },
};

const reportOf = (runId: string, splitHash: string): EvaluationReport => ({
  ...{ runId, side: 'test', splitHash, classIds: ['a'], total: 0, correct: 0, accuracy: 0 },
  ...{ accuracyInterval: { low: 0, high: 1 }, confusion: [], perClass: [], macroF1: 0, predictions: [] },
  evaluatedAtMs: 8,
});

async function filled(store: BlobStore) {
  const { session, data } = start(store);
  await session.open();
  await data.addClass('a');
  await data.addPicture('p1', 'a');
  await session.putRun(RUN, new Uint8Array([1, 2, 3]));
  return { session, data };
}

test('everything is there after a reload, whatever the record last held', async () => {
  const store = createMemoryStore();
  const { session, data } = await filled(store);
  await data.addPicture('p2', 'a');
  const again = await start(store).session.open();
  expect(again.dataset).toEqual(session.snapshot().dataset);
  expect([...again.dataset.samples.keys()]).toEqual(['p1', 'p2']);
  expect(again.runs).toEqual([RUN]);
  expect(again.projectId).toBe(session.snapshot().projectId);
});

test('looks at the test set are counted across reloads, and those of deleted runs too; a new project has none', async () => {
  const store = createMemoryStore();
  const { session } = await filled(store);
  const result = reportOf(RUN.id, 'h');
  await session.putReport(result);
  await session.putReport({ ...result, evaluatedAtMs: 9 });
  await session.putReport({ ...result, side: 'validation', splitHash: 'i' });
  await session.deleteRun(RUN.id);
  const again = start(store).session;
  expect(await again.open()).toMatchObject({
    reports: {},
    openings: [{ runId: RUN.id, splitHash: 'h', atMs: 8 }],
  });
  expect((await again.create()).openings).toEqual([]);
});

test('what was done can be taken back after a reload, with its pictures; not a day later', async () => {
  const store = createMemoryStore();
  const { data } = await filled(store);
  await data.addPicture('p2', 'a', 'import');
  await data.addPicture('p3', 'a', 'import');
  await data.undo();
  const pictures = () => store.list('pictures');

  const second = start(store);
  expect((await second.session.open()).undo).toEqual({ undo: 'add-samples', redo: 'add-samples' });
  expect(await pictures()).toHaveLength(3);
  await second.data.redo();
  expect([...second.data.dataset().samples.keys()]).toEqual(['p1', 'p2', 'p3']);
  await second.data.undo();
  await second.data.undo();
  await second.data.undo();
  expect(second.data.dataset().classes).toEqual([]);

  const third = start(store);
  expect((await third.session.open()).undo).toEqual({ undo: null, redo: 'add-class' });
  for (let i = 0; i < 3; i++) await third.data.redo();
  expect([...third.data.dataset().samples.keys()]).toEqual(['p1', 'p2', 'p3']);
  await third.data.undo();

  vi.useFakeTimers({ now: Date.now() + 25 * 3600 * 1000, toFake: ['Date'] });
  try {
    const later = start(store);
    expect((await later.session.open()).undo).toEqual({ undo: null, redo: null });
    expect(await pictures()).toHaveLength(1);
  } finally {
    vi.useRealTimers();
  }
});

test('another project takes nothing back of the one before', async () => {
  const store = createMemoryStore();
  const { session, data } = await filled(store);
  expect((await session.create('image-classification')).undo.undo).toBeNull();
  await data.addClass('b');
  const again = start(store);
  expect((await again.session.open()).undo).toEqual({ undo: 'add-class', redo: null });
  await again.data.undo();
  expect(again.data.undoState()).toEqual({ undo: null, redo: 'add-class' });
  expect(await store.list('pictures')).toEqual([]);
});

test('a step whose beginning is not kept any more is not taken back by half', async () => {
  const store = createMemoryStore();
  const { session, data } = await filled(store);
  for (let i = 0; i < 300; i++) await data.addPicture(`many-${i}`, 'a', 'import');
  await session.flush();
  const again = start(store);
  expect((await again.session.open()).undo).toEqual({ undo: null, redo: null });
  expect(again.data.dataset().samples.size).toBe(301);
});

test('the journal is shortened and holds the last changes only', async () => {
  const store = createMemoryStore();
  const { session, data } = await filled(store);
  for (let i = 0; i < 600; i++) await data.addPicture(`x${i}`, 'a');
  await session.flush();
  expect(await store.list('project/journal')).toHaveLength(256);
  expect((await start(store).session.open()).dataset.samples.size).toBe(601);
});

test('a saved project opens elsewhere as it was', async () => {
  const { session } = await filled(createMemoryStore());
  const file = await session.save(context);
  const { session: other } = start(createMemoryStore());
  await other.open();
  const opened = await other.load(file, context);
  // What can be taken back is not in the file.
  const undo = { undo: null, redo: null };
  expect({ ...opened, savedAtMs: 0 }).toEqual({ ...session.snapshot(), savedAtMs: 0, undo });
  expect(new Uint8Array(await (await other.readRunWeights('run-1')).arrayBuffer())).toEqual(
    new Uint8Array([1, 2, 3]),
  );
});

test('a project with a run of the same id that fails to open leaves the weights of that run alone', async () => {
  const store = createMemoryStore();
  const { session } = await filled(store);
  const { session: other } = start(createMemoryStore());
  await other.open();
  await other.putRun(RUN, new Uint8Array([9, 9, 9]));
  const file = await other.save(context);
  const write = store.write.bind(store);
  store.write = (path, bytes) =>
    path === 'project/record.json'
      ? Promise.reject(new DOMException('full', 'QuotaExceededError'))
      : write(path, bytes);
  await expect(session.load(file, context)).rejects.toMatchObject({ name: 'QuotaExceededError' });
  store.write = write;
  const weights = async () => new Uint8Array(await (await session.readRunWeights('run-1')).arrayBuffer());
  expect(await weights()).toEqual(new Uint8Array([1, 2, 3]));
  const [opened] = (await session.load(file, context)).runs;
  const loaded = await session.readRunWeights(opened!.id);
  expect(new Uint8Array(await loaded.arrayBuffer())).toEqual(new Uint8Array([9, 9, 9]));
});

test('a project whose weights cannot be used changes nothing', async () => {
  const { session } = await filled(createMemoryStore());
  const file = await session.save(context);
  const store = createMemoryStore();
  const checkWeights = () => Promise.reject(new EngineError('project-damaged', 'No weights.'));
  const { session: other, data } = start(store, { checkWeights });
  await other.open();
  await data.addClass('mine');
  const before = other.snapshot();
  await expect(other.load(file, context)).rejects.toMatchObject({ code: 'project-damaged' });
  expect(other.snapshot()).toEqual(before);
  expect((await start(store).session.open()).dataset).toEqual(before.dataset);
});

test('a damaged project file changes nothing', async () => {
  const store = createMemoryStore();
  const { session } = await filled(store);
  const before = session.snapshot();
  const file = await session.save(context);
  await expect(session.load(file.slice(0, file.size - 40), context)).rejects.toMatchObject({
    code: 'project-damaged',
  });
  expect((await start(store).session.open()).dataset).toEqual(before.dataset);
});

test('a damaged record is set aside and named', async () => {
  const store = createMemoryStore();
  await filled(store);
  await store.write('project/record.json', new Blob(['{"version":1,']));
  const { damaged, dataset } = await start(store).session.open();
  expect(damaged.map(({ code }) => code)).toEqual(['project-damaged']);
  expect(dataset.samples.size).toBe(0);
  expect(await store.list('damaged')).toContain('damaged/project/record.json');
  expect(await store.read('pictures/hash-p1')).not.toBeNull();
});

test('a run whose weights are gone is named; the rest opens', async () => {
  const store = createMemoryStore();
  await filled(store);
  await store.deleteAll('runs');
  const { damaged, runs, dataset } = await start(store).session.open();
  expect(damaged.map(({ code }) => code)).toEqual(['run-gone']);
  expect(runs).toEqual([]);
  expect(dataset.samples.size).toBe(1);
});

test('a write that fails leaves the project as it was', async () => {
  const store = createMemoryStore();
  const { session } = await filled(store);
  const write = store.write.bind(store);
  store.write = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  await expect(session.activateRun('run-1')).rejects.toMatchObject({ name: 'QuotaExceededError' });
  store.write = write;
  expect(session.snapshot().activeRunId).toBeNull();
  expect((await start(store).session.open()).dataset.samples.size).toBe(1);
});

test('a full disk is told at opening; everything on it is there and can be saved as a file', async () => {
  const store = createMemoryStore();
  await filled(store);
  const write = store.write.bind(store);
  store.write = () => Promise.reject(new EngineError('quota', 'No room left.'));
  const { session } = start(store);
  const { damaged, dataset, runs } = await session.open();
  expect(damaged.map(({ code }) => code)).toEqual(['quota']);
  expect((await session.save(context)).size).toBeGreaterThan(100);
  expect([dataset.samples.size, runs.length]).toEqual([1, 1]);
  store.write = write;
  expect((await start(store).session.open()).damaged).toEqual([]);
});

test('pictures that nothing names any more are swept at the next opening', async () => {
  const store = createMemoryStore();
  await filled(store);
  await store.write('pictures/orphan', new Uint8Array(1));
  await start(store).session.open();
  expect(await store.list('pictures')).toEqual(['pictures/hash-p1']);
});
