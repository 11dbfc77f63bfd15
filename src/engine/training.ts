/** @file A run from the person's settings to a stored result. */
import type { ClassRecord } from '../core/dataset.ts';
import type { CallContext } from '../core/engine-api.ts';
import { EngineError, toErrorData } from '../core/errors.ts';
import type { EpochLog, RunStatus, RunSummary, TrainEvent } from '../core/run.ts';
import type { SplitRecord, SplitSide } from '../core/split.ts';
import type { TrainSettings } from '../core/train-settings.ts';
import { deleteCheckpoints, deleteOlderCheckpoint, writeCheckpoint } from '../persist/checkpoints.ts';
import { encodeCheckpoint, type StoredCheckpoint } from '../train/checkpoint-file.ts';
import type { TrainCheckpoint } from '../train/checkpoint.ts';
import type { TrainedWeights } from '../train/learner.ts';
import { decodeRun, encodeRun } from '../train/run-weights.ts';
import type { TrainControl } from '../train/train-control.ts';
import type { LabelledSample, TrainOutcome, TrainTask } from '../train/train-task.ts';
import { cutOf, trainModel } from '../train/trainer.ts';
import type { ComputeContext } from './model-room.ts';
import type { ProjectSession } from './project-session.ts';
import { findRun } from './run-models.ts';

/** The recorded sides with their labels, and the classes in the order of the outputs. */
export interface TrainingData {
  readonly split: SplitRecord;
  readonly classes: readonly ClassRecord[];
  readonly train: readonly LabelledSample[];
  readonly validation: readonly LabelledSample[];
  /** For the exam alone: no run learns from it or looks at it. */
  readonly test: readonly LabelledSample[];
}

/** At most this often is the best state stored beside the checkpoints: it is what answers if the run never goes on, ms. */
const BEST_EVERY_MS = 5000;

/**
 * The recorded split as labelled samples; pictures that have no side yet get one first.
 * Classes without a training picture have no output.
 * @throws {EngineError} `too-few-classes`, `too-few-samples`.
 */
export async function trainingData(
  session: ProjectSession,
  context: CallContext<'data.split'>,
): Promise<TrainingData> {
  const split = await currentSplit(session, context);
  const dataset = session.data.dataset();
  const labelled = (side: SplitSide, classes: readonly ClassRecord[]): LabelledSample[] => {
    const index = new Map(classes.map(({ id }, at) => [id, at]));
    return split[side].flatMap((id) => {
      const sample = dataset.samples.get(id);
      const label = sample === undefined ? undefined : index.get(sample.classId);
      return sample === undefined || label === undefined
        ? []
        : [{ id, contentHash: sample.contentHash, label }];
    });
  };
  const present = new Set(split.train.flatMap((id) => dataset.samples.get(id)?.classId ?? []));
  const classes = dataset.classes.filter(({ id }) => present.has(id));
  if (classes.length < 2) {
    throw new EngineError(
      'too-few-classes',
      `Two classes with pictures to learn from are needed, ${classes.length} came. Add pictures of another class.`,
      { classes: classes.length },
    );
  }
  return {
    split,
    classes,
    train: labelled('train', classes),
    validation: labelled('validation', classes),
    test: labelled('test', classes),
  };
}

/** The data of an exam. @throws {EngineError} as `trainingData`; `no-test-samples`. */
export async function examData(session: ProjectSession, signal: AbortSignal): Promise<TrainingData> {
  const data = await trainingData(session, { signal, emit: () => undefined });
  if (data.test.length > 0) return data;
  throw new EngineError('no-test-samples', 'Nothing is on the test side. Split again with a larger part.');
}

async function currentSplit(
  session: ProjectSession,
  context: CallContext<'data.split'>,
): Promise<SplitRecord> {
  const split = session.data.split();
  const dataset = session.data.dataset();
  if (dataset.samples.size === 0) {
    throw new EngineError('too-few-samples', 'There is no picture to learn from. Add some first.', {
      samples: 0,
    });
  }
  if (split !== null) {
    const placed = new Set([...split.train, ...split.validation, ...split.test]);
    if ([...dataset.samples.keys()].every((id) => placed.has(id))) return split;
  }
  return session.data.makeSplit({ settings: split?.settings ?? session.snapshot().settings.split }, context);
}

export interface RunTask {
  readonly session: ProjectSession;
  readonly data: TrainingData;
  /** What the run computes with: those of the person, with a smaller batch after a rescue. */
  readonly settings: TrainSettings;
  readonly compute: ComputeContext;
  readonly control: TrainControl;
  readonly emit: (event: TrainEvent) => void;
  /** As it is, or will be, in the project. */
  readonly draft: RunSummary;
  /** Where it goes on; `null`: it begins. */
  readonly from: StoredCheckpoint | null;
  /** What an earlier run learned, where it begins; `null`: with the pre-trained weights. */
  readonly start: NonNullable<TrainTask['start']> | null;
}

/**
 * Trains and stores. Along the way the run is kept as an interrupted one, with its best state and with checkpoints from
 * which it can go on.
 * @throws {EngineError} `loss-not-finite`: the best state before is kept as a failed run (`detail.runId`).
 * `cancelled`: nothing is kept. `device-lost`: what was stored along the way stays, as interrupted.
 */
export async function executeRun(task: RunTask): Promise<RunSummary> {
  const { session, compute, control, emit, settings, draft, from, start } = task;
  const keeper = new RunKeeper(task);
  const { extractor, signal } = compute;
  const { train, validation, classes } = task.data;
  try {
    const generator = trainModel({
      extractor,
      settings,
      classes: classes.length,
      train,
      validation,
      control,
      signal,
      ...(from && { checkpoint: from.checkpoint }),
      ...(start && { start }),
      onBest: (weights, epochs, bestEpoch) => keeper.best(weights, epochs, bestEpoch),
      onCheckpoint: (checkpoint) => keeper.checkpoint(checkpoint),
    });
    let step = await generator.next();
    for (; step.done !== true; step = await generator.next()) emit(step.value);
    emit({ kind: 'stage', stage: 'saving' });
    return await keep(task, step.value, keeper);
  } catch (thrown) {
    const discarded = thrown instanceof EngineError && thrown.code === 'cancelled' && !isDeviceGone(task);
    if (discarded) {
      if (session.snapshot().runs.some(({ id }) => id === draft.id)) await session.deleteRun(draft.id);
      await deleteCheckpoints(session.store, draft.id);
    }
    throw thrown;
  }
}

/** Keeps what a run that is cut off leaves: its best state so far, and where to go on. A full disk does not end a run. */
class RunKeeper {
  readonly #task: RunTask;
  #storedMs = -Infinity;
  #sequence: number;
  #told = false;

  constructor(task: RunTask) {
    this.#task = task;
    this.#sequence = task.from?.sequence ?? 0;
  }

  async best(weights: TrainedWeights, epochs: readonly EpochLog[], bestEpoch: number): Promise<void> {
    if (performance.now() - this.#storedMs < BEST_EVERY_MS) return;
    await this.#orTell(() => this.#putRun(weights, epochs, bestEpoch, trainIds(this.#task)));
  }

  async checkpoint(checkpoint: TrainCheckpoint): Promise<void> {
    const { session, draft, settings } = this.#task;
    const { best, epochs, seenIds } = checkpoint;
    await this.#orTell(async () => {
      // The first one brings the run into the project: a checkpoint of a run that nobody knows could not go on.
      if (this.#storedMs === -Infinity)
        await this.#putRun(best.weights, epochs, best.state.bestEpoch, seenIds);
      const sequence = this.#sequence + 1;
      const { batchSize } = settings;
      const bytes = await encodeCheckpoint({ sequence, savedAtMs: Date.now(), batchSize, checkpoint });
      await writeCheckpoint(session.store, draft.id, sequence, bytes);
      this.#sequence = sequence;
    });
  }

  /** Gives up the checkpoint before the latest. */
  async makeRoom(): Promise<void> {
    await deleteOlderCheckpoint(this.#task.session.store, this.#task.draft.id, this.#sequence);
  }

  async #putRun(
    weights: TrainedWeights,
    epochs: readonly EpochLog[],
    bestEpoch: number,
    seenIds: readonly string[],
  ): Promise<void> {
    const { session, draft } = this.#task;
    const run = {
      ...draft,
      status: 'interrupted' as const,
      epochs: [...epochs],
      bestEpoch: Math.max(0, bestEpoch),
    };
    await session.putRun(run, await encodeRun({ weights, seenIds }));
    this.#storedMs = performance.now();
  }

  async #orTell(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (thrown) {
      if (this.#told) return;
      this.#told = true;
      this.#task.emit({ kind: 'unkept', error: toErrorData(thrown) });
    }
  }
}

const trainIds = ({ data }: RunTask): string[] => data.train.map(({ id }) => id);

/** The signal of a computing call also aborts when the device goes; the caller's own did not abort then. */
function isDeviceGone({ compute }: RunTask): boolean {
  const reason: unknown = compute.signal.reason;
  return reason instanceof EngineError && reason.code === 'device-lost';
}

/**
 * Keeps the result, then lets the checkpoints go. A disk too full for it keeps the latest checkpoint instead, from which
 * the run can go on once there is room.
 */
async function keep(task: RunTask, outcome: TrainOutcome, keeper: RunKeeper): Promise<RunSummary> {
  const { session, compute, draft } = task;
  const { status, epochs, bestEpoch, seconds, trainableParameters, weights, seenIds } = outcome;
  const run: RunSummary = {
    ...draft,
    status: status satisfies RunStatus,
    epochs,
    bestEpoch,
    seconds,
    trainableParameters,
    backend: compute.device.backend,
  };
  const bytes = await encodeRun({ weights, seenIds });
  try {
    await session.putRun(run, bytes);
  } catch (thrown) {
    if (!(thrown instanceof EngineError && thrown.code === 'quota')) throw thrown;
    // A checkpoint is several times as large as the result.
    await keeper.makeRoom();
    await session.putRun(run, bytes);
  }
  await deleteCheckpoints(session.store, run.id);
  if (outcome.failure !== null) {
    const { code, message, detail } = outcome.failure;
    throw new EngineError(code, message, { ...detail, runId: run.id });
  }
  await session.activateRun(run.id);
  return run;
}

/**
 * What an earlier run learned, for a run that begins there.
 * @throws {EngineError} `not-found`; `not-ready` if model, depth, tuning or classes are others: its weights would not fit.
 */
export async function earlierWeights(
  session: ProjectSession,
  runId: string,
  { settings, data, compute }: Pick<RunTask, 'settings' | 'data' | 'compute'>,
): Promise<NonNullable<TrainTask['start']>> {
  const run = findRun(session, runId);
  const blocks = compute.trunk.blocks.length;
  const alike =
    run.modelId === compute.modelId &&
    cutOf(run.settings.open, blocks) === cutOf(settings.open, blocks) &&
    JSON.stringify(run.settings.tuning) === JSON.stringify(settings.tuning) &&
    run.classes.length === data.classes.length &&
    run.classes.every(({ id }, at) => id === data.classes[at]?.id);
  if (!alike) {
    throw new EngineError(
      'not-ready',
      `Run ${run.number} has another model, depth or other classes, so its weights do not fit. Teach afresh.`,
      { run: run.number },
    );
  }
  const blob = await session.readRunWeights(runId);
  return decodeRun(new Uint8Array(await blob.arrayBuffer()));
}

/** A run as it will be in the project: all but what it learns. */
export function draftRun(
  runId: string,
  { session, data, settings, compute }: Pick<RunTask, 'session' | 'data' | 'settings' | 'compute'>,
): RunSummary {
  const { runs } = session.snapshot();
  const { trunk, device, modelId } = compute;
  const head = (trunk.featureSize + 1) * data.classes.length;
  return {
    id: runId,
    number: runs.reduce((largest, { number }) => Math.max(largest, number), 0) + 1,
    status: 'interrupted',
    modelId,
    settings,
    splitHash: data.split.hash,
    datasetRevision: session.data.dataset().revision,
    classes: data.classes,
    epochs: [],
    bestEpoch: 0,
    backend: device.backend,
    trainableParameters: head,
    totalParameters: trunk.blocks.reduce((sum, { parameters }) => sum + parameters, 0) + head,
    startedAtMs: Date.now(),
    seconds: { features: 0, train: 0 },
  };
}
