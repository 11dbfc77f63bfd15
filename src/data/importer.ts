/** @file The path of every new picture: checked and encoded in the pool, stored, then told in batches. */
import type { ClassId, ClassRecord, DatasetState, SampleId, SampleRecord } from '../core/dataset.ts';
import type { DatasetChange, Progress } from '../core/engine-api.ts';
import { EngineError, isAbortError, toErrorData } from '../core/errors.ts';
import type { ImportReport, Rejection } from '../core/project.ts';
import type { SplitSide } from '../core/split.ts';
import type { SampleKind } from '../core/tasks.ts';
import type { DatasetHolder } from './dataset-holder.ts';
import type { StoredPicture } from './decode/jobs.ts';
import { classKey, cleanFileName, uniqueClassName } from './names.ts';

/** A picture on its way in. */
export interface Incoming {
  /** Path as it was dropped. */
  readonly path: string;
  /** The class: one that exists, or a name (empty: a class of its own for what has no folder). */
  readonly target: { readonly classId: ClassId } | { readonly label: string };
  readonly source: SampleRecord['source'];
  readonly group?: string;
  /** The side of the split that it came with. */
  readonly given?: SplitSide;
  /** Checks, encodes and stores. @throws {EngineError} what is wrong with the file; `quota`. */
  prepare(signal: AbortSignal): Promise<StoredPicture>;
}

export type ImportEvent =
  | ({ readonly kind: 'progress' } & Progress)
  | ({ readonly kind: 'change' } & DatasetChange)
  | ({ readonly kind: 'rejected' } & Rejection);

/** What arrives from a source of pictures: pictures, refusals, and how many there will be as far as is known. */
export type Arrival =
  | { readonly incoming: Incoming; readonly total: number }
  | { readonly rejection: Rejection; readonly total: number };

export type Arrivals = AsyncIterable<Arrival> | Iterable<Arrival>;

export interface ImporterOptions {
  readonly holder: DatasetHolder;
  readonly now: () => number;
  /** What the samples are. */
  readonly kind: SampleKind;
  /** Pictures prepared at once. */
  readonly window: number;
  /** Aborted when the project is left: what is pending then belongs nowhere. */
  readonly projectSignal: AbortSignal;
}

/**
 * A change is told after so many pictures or so much time, whichever is first. Each costs the page a new layout of the
 * grids and the store a file: told six times a second, a third of the time of an import went there.
 */
const BATCH_SIZE = 100;
const BATCH_MS = 800;

interface Prepared {
  readonly incoming: Incoming;
  readonly picture: StoredPicture;
}

/**
 * Takes pictures in, in the order in which they arrive. What was told as a change is kept, whatever happens then.
 * @throws {EngineError} `cancelled`, `quota`; pictures taken before stay.
 */
export async function importAll(
  arrivals: Arrivals,
  { holder, now, kind, window, projectSignal }: ImporterOptions,
  emit: (event: ImportEvent) => void,
  signal: AbortSignal,
): Promise<ImportReport> {
  const mergeKey = crypto.randomUUID();
  const rejected: Rejection[] = [];
  const firstFrameOnly: string[] = [];
  const metadata = { pictures: 0, places: 0 };
  const classes = new Map<string, ClassId>();
  let pending: Prepared[] = [];
  let lastTold = performance.now();
  let accepted = 0;
  let done = 0;
  let total = 0;

  const reject = (rejection: Rejection) => {
    rejected.push(rejection);
    emit({ kind: 'rejected', ...rejection });
  };
  const tell = async () => {
    const batch = pending;
    pending = [];
    lastTold = performance.now();
    if (batch.length > 0 && !projectSignal.aborted) {
      const duplicates: Rejection[] = [];
      const change = await holder.change((state) => {
        const plan = planBatch(batch, state, { holder, kind, made: classes, addedAtMs: now() });
        duplicates.push(...plan.duplicates);
        return plan.patch;
      }, mergeKey);
      accepted += change.patch.samples.length;
      if (change.patch.samples.length > 0) emit({ kind: 'change', ...change });
      duplicates.forEach(reject);
    }
    emit({ kind: 'progress', done, total });
  };
  const take = async (incoming: Incoming, result: PromiseSettledResult<StoredPicture>) => {
    done++;
    if (result.status === 'fulfilled') {
      pending.push({ incoming, picture: result.value });
      if (result.value.firstFrameOnly) firstFrameOnly.push(cleanFileName(incoming.path));
      if (result.value.metadata !== 'none') metadata.pictures++;
      if (result.value.metadata === 'place') metadata.places++;
    } else {
      const error = toErrorData(result.reason);
      if (error.code === 'quota' || isAbortError(result.reason)) throw result.reason;
      reject({ name: shown(incoming.path), error });
    }
    if (pending.length >= BATCH_SIZE || performance.now() - lastTold > BATCH_MS) await tell();
  };

  const stop = new AbortController();
  const ended = AbortSignal.any([signal, projectSignal, stop.signal]);
  const queue: { incoming: Incoming; result: Promise<PromiseSettledResult<StoredPicture>> }[] = [];
  const takeFirst = async () => {
    const first = queue.shift();
    if (first !== undefined) await take(first.incoming, await first.result);
  };
  try {
    for await (const arrival of arrivals) {
      if (ended.aborted) throw new EngineError('cancelled', 'The import was cancelled.');
      total = arrival.total;
      if ('rejection' in arrival) {
        reject(arrival.rejection);
        continue;
      }
      const { incoming } = arrival;
      queue.push({ incoming, result: settled(incoming.prepare(ended)) });
      if (queue.length > window) await takeFirst();
    }
    while (queue.length > 0) await takeFirst();
    await tell();
  } catch (thrown) {
    stop.abort();
    await tell();
    throw thrown;
  }
  return { accepted, rejected, firstFrameOnly, metadata };
}

interface BatchContext {
  readonly holder: DatasetHolder;
  readonly kind: SampleKind;
  /** Classes that this import has met or made. */
  readonly made: Map<string, ClassId>;
  readonly addedAtMs: number;
}

/** The patch of a batch: new samples, and the classes that they need. Pure but for the ids of new classes. */
function planBatch(
  batch: readonly Prepared[],
  state: DatasetState,
  { holder, kind, made, addedAtMs }: BatchContext,
) {
  const classes: ClassRecord[] = [...state.classes];
  const samples = new Map<SampleId, SampleRecord>();
  const sources = new Map<string, SampleRecord>();
  const duplicates: Rejection[] = [];
  for (const { incoming, picture } of batch) {
    const twin = holder.bySource(picture.sourceHash) ?? sources.get(picture.sourceHash);
    if (twin !== undefined) {
      const className = classes.find(({ id }) => id === twin.classId)?.name ?? '';
      duplicates.push(duplicate(incoming, twin, className));
      continue;
    }
    const classId = findOrAddClass(incoming.target, classes, made);
    const id = holder.freeId(picture.sourceHash, new Set(samples.keys()));
    const { width, height, contentHash, sourceHash } = picture;
    const sample: SampleRecord = {
      ...{ id, classId, kind, name: cleanFileName(incoming.path), width, height, contentHash, sourceHash },
      ...(incoming.group !== undefined && { group: incoming.group }),
      ...(incoming.given !== undefined && { given: incoming.given }),
      ...{ source: incoming.source, addedAtMs },
    };
    samples.set(id, sample);
    sources.set(sourceHash, sample);
  }
  const added = [...samples.values()];
  return {
    duplicates,
    patch: {
      kind: 'add-samples' as const,
      ...(classes.length > state.classes.length && { classes: { before: state.classes, after: classes } }),
      samples: added.map((after) => ({ id: after.id, before: null, after })),
    },
  };
}

/** The class of a target in the classes of the moment; one that was deleted meanwhile is made again. */
function findOrAddClass(
  target: Incoming['target'],
  classes: ClassRecord[],
  made: Map<string, ClassId>,
): ClassId {
  if ('classId' in target) {
    if (classes.some(({ id }) => id === target.classId)) return target.classId;
    throw new EngineError('not-found', 'The class for these pictures has been deleted.');
  }
  const key = classKey(target.label);
  const known = made.get(key);
  // Made by this import: keeps its pictures together even if it was renamed in the meantime.
  if (known !== undefined && classes.some(({ id }) => id === known)) return known;
  const existing = key === '' ? undefined : classes.find(({ name }) => classKey(name) === key);
  const names = classes.map(({ name }) => name);
  const found = existing ?? { id: crypto.randomUUID(), name: uniqueClassName(target.label, names) };
  if (existing === undefined) classes.push(found);
  made.set(key, found.id);
  return found.id;
}

function duplicate({ path, target, given }: Incoming, twin: SampleRecord, className: string): Rejection {
  const sameClass =
    'classId' in target ? target.classId === twin.classId : classKey(target.label) === classKey(className);
  // The same picture on two sides of a split that came with the data: what is asked would have been learned.
  const leak = given !== undefined && twin.given !== undefined && given !== twin.given;
  const detail = { of: twin.name, className, sameClass, ...(leak && { leak }) };
  const message = `The same picture is here already: ${twin.name}.`;
  return { name: shown(path), error: { code: 'file-duplicate', message, detail } };
}

/** A path as it may be listed: bounded, on one line. */
function shown(path: string): string {
  const folder = path.includes('/') ? `${cleanFileName(path.slice(0, path.lastIndexOf('/')))}/` : '';
  return `${folder}${cleanFileName(path)}`;
}

async function settled<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [result] = await Promise.allSettled([promise]);
  return result;
}
