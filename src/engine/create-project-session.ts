import { EMPTY_DATASET, type JournalStep } from '../core/dataset.ts';
import { assertNotAborted, type ErrorData, EngineError, toErrorData } from '../core/errors.ts';
import { withOpening } from '../core/openings.ts';
import type { ProjectSettings, ProjectSnapshot } from '../core/project.ts';
import { DEFAULT_SPLIT } from '../core/split.ts';
import { type SampleKind, type TaskId, TASKS } from '../core/tasks.ts';
import { DEFAULT_TRAIN_SETTINGS } from '../core/train-settings.ts';
import type { DatasetKeeper, DataService, PictureStore } from '../data/data-service.ts';
import type { BlobStore } from '../persist/blob-store.ts';
import { keepCheckpointsOf } from '../persist/checkpoints.ts';
import { DAMAGED, keepRecord, keepStep, readKept } from '../persist/journal.ts';
import { ownFilePath, ownRecordPath, parseOwnModel } from '../persist/own-model-record.ts';
import { sweepOwnModels } from '../persist/own-model-store.ts';
import {
  blobPaths,
  openProjectFile,
  ownModelsOf,
  weightsPath,
  withFreshRuns,
  writeProjectFile,
} from '../persist/project-file.ts';
import type { ProjectRecord } from '../persist/project-record.ts';
import type { ProjectSession } from './project-session.ts';

export interface SessionParts {
  readonly store: BlobStore;
  readonly createData: (parts: {
    readonly pictures: PictureStore;
    readonly keeper: DatasetKeeper;
    readonly kind: () => SampleKind;
  }) => DataService;
  /** Refuses weights of a run that cannot be used. Those of a file that is opened are checked before anything changes. */
  readonly checkWeights?: (weights: Uint8Array<ArrayBuffer>) => Promise<unknown>;
  /** What the person should know of the store itself; told with the damages at opening. */
  readonly notices?: readonly ErrorData[];
}

/** Patches in the journal after which the record is written anew. */
const PATCHES_PER_RECORD = 100;

/** What a new project begins with. Its name is empty: the page shows its own word for "untitled". */
const firstSettings = (task: TaskId): ProjectSettings => ({
  name: '',
  task,
  modelId: TASKS[task].firstModel,
  backend: 'auto',
  train: DEFAULT_TRAIN_SETTINGS,
  split: DEFAULT_SPLIT,
});

/**
 * A session over a store. Writes happen one after another; each setter resolves when its change is on disk.
 * Owns: the data service it creates.
 */
export function createProjectSession({
  store,
  createData,
  checkWeights,
  notices = [],
}: SessionParts): ProjectSession {
  let damaged: readonly ErrorData[] = [];
  const shelf = createShelf(store, () => ({ dataset: data.dataset(), split: data.split() }));
  const data = createData({ pictures: unhurried(store), keeper: shelf.keeper, kind: shelf.kind });

  const snapshot = (): ProjectSnapshot => ({
    ...shelf.record(),
    storage: store.kind,
    damaged,
    undo: data.undoState(),
  });

  return {
    data,
    store,
    snapshot,
    async open() {
      const kept = await readKept(store);
      damaged = [...notices, ...kept.damaged];
      if (kept.record) {
        const pictured = await withPictures(store, kept.record);
        const present = await withWeights(store, pictured.record);
        damaged = [...damaged, ...pictured.damaged, ...present.damaged];
        data.replace(present.record.dataset, present.record.split, damaged.length === 0 ? kept.history : []);
        shelf.put(present.record);
      }
      const full = await unlessFull(shelf.keep());
      // Where something was damaged, at this visit or an earlier one, blobs that nothing names may be what is left of it.
      if (damaged.length === 0 && (await store.list(DAMAGED)).length === 0) {
        await sweep(store, shelf.record(), kept.history);
        await sweepOwnModels(store);
      }
      if (full !== null) damaged = [...damaged, full];
      return snapshot();
    },
    async create(task) {
      await shelf.replaceBy(emptyProject(task), data);
      damaged = [];
      await forgetDamaged(store);
      await sweep(store, shelf.record());
      return snapshot();
    },
    async configure(settings) {
      return { savedAtMs: await shelf.keep(() => ({ settings })) };
    },
    async save({ signal, emit }) {
      // On a full disk a file elsewhere is the way out.
      await unlessFull(shelf.keep());
      const now = shelf.record();
      const paths = [...blobPaths(now), ...(await ownModelPaths(store, now))];
      const blobs = paths.map((path) => ({ path, read: () => readBlob(store, path) }));
      return writeProjectFile(now, blobs, signal, emit);
    },
    async load(file, { signal, emit }) {
      // Nothing that is there is written over: pictures are named by content, so equal names are equal pictures, and
      // a run's id that is taken is changed. The record comes last and is the moment at which the project changes.
      const there = new Set([...(await store.list('pictures')), ...(await store.list('runs'))]);
      const taken = new Set([...there].map((path) => path.split('/')[1] ?? ''));
      const opened = withFreshRuns(await openProjectFile(file, signal), taken);
      for (const [index, source] of opened.files.entries()) {
        assertNotAborted(signal);
        if (!there.has(source.path)) {
          const bytes = await source.read();
          if (source.path.startsWith('runs/')) await checkWeights?.(bytes);
          await store.write(source.path, bytes);
        }
        emit({ done: index + 1, total: opened.files.length });
      }
      assertNotAborted(signal);
      await shelf.replaceBy(opened.record, data);
      damaged = [];
      await forgetDamaged(store);
      await sweep(store, shelf.record());
      return snapshot();
    },
    ...runMethods(store, shelf),
    dispose: () => {
      data.dispose();
    },
  };
}

/** Why nothing could be kept, if the disk is full: what is there can be looked at and saved elsewhere all the same. */
async function unlessFull(keeping: Promise<unknown>): Promise<ErrorData | null> {
  try {
    await keeping;
    return null;
  } catch (thrown) {
    if (thrown instanceof EngineError && thrown.code === 'quota') return toErrorData(thrown);
    throw thrown;
  }
}

/** What was set aside is kept until the person begins anew. */
async function forgetDamaged(store: BlobStore): Promise<void> {
  for (const path of await store.list(DAMAGED)) await store.delete(path);
}

/** For what is many and of which nothing else tells. */
function unhurried(store: BlobStore): PictureStore {
  return {
    read: (path) => store.read(path),
    write: (path, bytes) => store.write(path, bytes, { flush: false }),
  };
}

type RunMethods = Pick<
  ProjectSession,
  'putRun' | 'readRunWeights' | 'deleteRun' | 'putReport' | 'activateRun' | 'flush'
>;

function runMethods(store: BlobStore, shelf: Shelf): RunMethods {
  return {
    async putRun(run, weights) {
      if (weights) await shelf.inTurn(() => store.write(weightsPath(run.id), weights));
      await shelf.keep(({ runs }) => ({
        runs: [...runs.filter(({ id }) => id !== run.id), run].sort((a, b) => a.number - b.number),
      }));
    },
    readRunWeights: (runId) => readBlob(store, weightsPath(runId)),
    async deleteRun(runId) {
      await shelf.keep(({ runs, reports, activeRunId }) => ({
        runs: runs.filter(({ id }) => id !== runId),
        reports: Object.fromEntries(Object.entries(reports).filter(([id]) => id !== runId)),
        activeRunId: activeRunId === runId ? null : activeRunId,
      }));
      await shelf.inTurn(() => store.delete(weightsPath(runId)));
    },
    async putReport(report) {
      await shelf.keep(({ reports, openings }) => ({
        reports: { ...reports, [report.runId]: report },
        openings: withOpening(openings, report),
      }));
    },
    async activateRun(activeRunId) {
      await shelf.keep(() => ({ activeRunId }));
    },
    async flush() {
      await shelf.keep();
    },
  };
}

/** Everything of the record but what the data service holds. */
type Shelved = Omit<ProjectRecord, 'dataset' | 'split'>;

/** The part of the project that is not the data set, and the one queue through which everything is written. */
interface Shelf {
  readonly keeper: DatasetKeeper;
  record(): ProjectRecord;
  /** Takes over what was read. Writes nothing. */
  put(shelved: Shelved): void;
  /** Changes the shelf once the change is on disk. Resolves to the time of saving, ms. */
  keep(change?: (shelved: Shelved) => Partial<Shelved>): Promise<number>;
  /** What the samples of the project are. */
  readonly kind: () => SampleKind;
  /** Makes another project the kept one, whole or not at all. */
  replaceBy(record: ProjectRecord, data: DataService): Promise<void>;
  /** Runs writes in the order in which they were asked for; one that fails does not stop the next. */
  inTurn<T>(write: () => Promise<T>): Promise<T>;
}

function createShelf(store: BlobStore, fromData: () => Pick<ProjectRecord, 'dataset' | 'split'>): Shelf {
  let shelved: Shelved = emptyProject();
  let patchesSinceRecord = 0;
  let queue: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(write: () => Promise<T>): Promise<T> => {
    const turn = queue.then(write, write);
    queue = turn.catch(() => undefined);
    return turn;
  };
  const record = (): ProjectRecord => ({ ...shelved, ...fromData() });
  const keep = (change: (shelved: Shelved) => Partial<Shelved> = () => ({})) =>
    inTurn(async () => {
      const savedAtMs = Date.now();
      const next: Shelved = { ...shelved, ...change(shelved), savedAtMs };
      await keepRecord(store, { ...next, ...fromData() });
      shelved = next;
      patchesSinceRecord = 0;
      return savedAtMs;
    });

  return {
    record,
    kind: () => TASKS[shelved.settings.task].sample,
    keep,
    inTurn,
    put: (next) => {
      shelved = toShelved(next);
    },
    replaceBy: (next, data) =>
      inTurn(async () => {
        // A revision above the present one: patches of the project that is left, even one still on its way to the
        // journal, are then older than the record and never replayed on it.
        const revision = Math.max(next.dataset.revision, data.dataset().revision + 1);
        const dataset = { ...next.dataset, revision };
        await keepRecord(store, { ...next, dataset }, true);
        shelved = toShelved(next);
        data.replace(dataset, next.split);
      }),
    keeper: {
      async keepStep(step, revision) {
        await inTurn(() => keepStep(store, step, revision));
        // Not awaited: the patch is safe already, the record only shortens the journal.
        if (++patchesSinceRecord >= PATCHES_PER_RECORD) keep().catch(() => undefined);
      },
      async keepSplit(split) {
        await inTurn(() => keepRecord(store, { ...record(), split }));
      },
    },
  };
}

function toShelved({
  projectId,
  settings,
  runs,
  reports,
  openings,
  activeRunId,
  savedAtMs,
}: Shelved): Shelved {
  return { projectId, settings, runs, reports, openings, activeRunId, savedAtMs };
}

function emptyProject(task: TaskId = 'image-classification'): ProjectRecord {
  return {
    projectId: crypto.randomUUID(),
    settings: firstSettings(task),
    dataset: EMPTY_DATASET,
    split: null,
    runs: [],
    reports: {},
    openings: [],
    activeRunId: null,
    savedAtMs: null,
  };
}

/** Own models of a project, so that it opens elsewhere. One that has been erased here cannot be taken along. */
async function ownModelPaths(store: BlobStore, record: ProjectRecord): Promise<string[]> {
  const paths = new Set<string>();
  for (const id of ownModelsOf(record)) {
    const blob = await store.read(ownRecordPath(id));
    if (blob === null) continue;
    paths.add(ownRecordPath(id));
    for (const file of (await parseOwnModel(await blob.text())).files) paths.add(ownFilePath(file.sha256));
  }
  return [...paths];
}

async function readBlob(store: BlobStore, path: string): Promise<Blob> {
  const blob = await store.read(path);
  if (!blob) throw new EngineError('not-found', `${path} is not in the store any more.`, { what: path });
  return blob;
}

/** Samples whose pictures are gone are left out, so that nothing later stumbles over them; the others stay. */
async function withPictures(
  store: BlobStore,
  record: ProjectRecord,
): Promise<{ record: ProjectRecord; damaged: ErrorData[] }> {
  const there = new Set(await store.list('pictures'));
  const samples = new Map(record.dataset.samples);
  const lost = [...samples.values()].filter(({ contentHash }) => !there.has(`pictures/${contentHash}`));
  if (lost.length === 0) return { record, damaged: [] };
  for (const { id } of lost) samples.delete(id);
  const names = lost.slice(0, 3).map(({ name }) => name);
  const message = `${lost.length} pictures are gone, among them ${names.join(', ')}.`;
  return {
    record: { ...record, dataset: { ...record.dataset, samples } },
    damaged: [{ code: 'pictures-gone', message, detail: { what: names.join(', '), count: lost.length } }],
  };
}

/** Runs whose weights are gone are set aside by name; the others stay. */
async function withWeights(
  store: BlobStore,
  record: ProjectRecord,
): Promise<{ record: ProjectRecord; damaged: ErrorData[] }> {
  const there = new Set(await store.list('runs'));
  const lost = record.runs.filter(({ id }) => !there.has(weightsPath(id)));
  if (lost.length === 0) return { record, damaged: [] };
  const runs = record.runs.filter((run) => !lost.includes(run));
  const activeRunId = runs.some(({ id }) => id === record.activeRunId) ? record.activeRunId : null;
  return {
    record: { ...record, runs, activeRunId },
    damaged: lost.map(({ number }) => ({
      code: 'run-gone',
      message: `The weights of run ${number} are gone.`,
      detail: { run: number },
    })),
  };
}

/** Deletes the blobs that no record names: pictures whose deletion can no longer be undone, runs of old projects. */
async function sweep(
  store: BlobStore,
  record: ProjectRecord,
  history: readonly JournalStep[] = [],
): Promise<void> {
  const named = new Set(blobPaths(record));
  for (const { patch } of history)
    for (const { before, after } of patch.samples)
      for (const sample of [before, after]) if (sample !== null) named.add(`pictures/${sample.contentHash}`);
  for (const folder of ['pictures', 'runs', 'thumbnails']) {
    for (const path of await store.list(folder)) {
      const picture = path.replace(/^thumbnails\//, 'pictures/');
      if (!named.has(picture)) await store.delete(path);
    }
  }
  const unfinished = record.runs.filter(({ status }) => status === 'interrupted');
  await keepCheckpointsOf(
    store,
    unfinished.map(({ id }) => id),
  );
}
