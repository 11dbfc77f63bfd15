/** @file A run from the person's settings to a stored result. */
import type { ClassRecord } from '../core/dataset.ts';
import type { CallContext } from '../core/engine-api.ts';
import { EngineError } from '../core/errors.ts';
import type { EpochLog, RunStatus, RunSummary, TrainEvent } from '../core/run.ts';
import type { SplitRecord, SplitSide } from '../core/split.ts';
import type { TrainSettings } from '../core/train-settings.ts';
import type { TrainedWeights } from '../train/learner.ts';
import { encodeRun } from '../train/run-weights.ts';
import type { TrainControl } from '../train/train-control.ts';
import type { LabelledSample, TrainOutcome } from '../train/trainer.ts';
import { trainModel } from '../train/trainer.ts';
import type { ComputeContext } from './model-room.ts';
import type { ProjectSession } from './project-session.ts';

/** What a run learns from: both sides with their labels, and the classes in the order of the outputs. */
export interface TrainingData {
  readonly split: SplitRecord;
  readonly classes: readonly ClassRecord[];
  readonly train: readonly LabelledSample[];
  readonly validation: readonly LabelledSample[];
}

/** At least this often is the best state stored, so that a reload loses little, ms. */
const CHECKPOINT_EVERY_MS = 5000;

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
  return { split, classes, train: labelled('train', classes), validation: labelled('validation', classes) };
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
  readonly settings: TrainSettings;
  readonly compute: ComputeContext;
  readonly control: TrainControl;
  readonly emit: (event: TrainEvent) => void;
}

/**
 * Trains and stores. The best state so far is stored along the way as an interrupted run.
 * @throws {EngineError} `loss-not-finite`: the best state before is kept as a failed run (`detail.runId`).
 * `cancelled`: nothing is kept. `device-lost`: what was stored along the way stays, as interrupted.
 */
export async function executeRun(task: RunTask): Promise<RunSummary> {
  const { session, compute, control, emit } = task;
  const draft = draftRun(task);
  let storedMs = -Infinity;
  const onBest = async (
    weights: TrainedWeights,
    epochs: readonly EpochLog[],
    bestEpoch: number,
  ): Promise<void> => {
    if (performance.now() - storedMs < CHECKPOINT_EVERY_MS) return;
    const run = { ...draft, status: 'interrupted' as const, epochs: [...epochs], bestEpoch };
    await session.putRun(run, await encodeRun({ weights, seenIds: task.data.train.map(({ id }) => id) }));
    storedMs = performance.now();
  };
  const { extractor, signal } = compute;
  const { train, validation, classes } = task.data;
  const { settings } = task;
  try {
    const generator = trainModel({
      extractor,
      settings,
      classes: classes.length,
      train,
      validation,
      control,
      signal,
      onBest,
    });
    let step = await generator.next();
    for (; step.done !== true; step = await generator.next()) emit(step.value);
    emit({ kind: 'stage', stage: 'saving' });
    return await keep(task, draft, step.value);
  } catch (thrown) {
    const discarded = thrown instanceof EngineError && thrown.code === 'cancelled' && !isDeviceGone(task);
    if (discarded && storedMs > -Infinity) await session.deleteRun(draft.id);
    throw thrown;
  }
}

/** The signal of a computing call also aborts when the device goes; the caller's own did not abort then. */
function isDeviceGone({ compute }: RunTask): boolean {
  const reason: unknown = compute.signal.reason;
  return reason instanceof EngineError && reason.code === 'device-lost';
}

async function keep(task: RunTask, draft: RunSummary, outcome: TrainOutcome): Promise<RunSummary> {
  const { session } = task;
  const { status, epochs, bestEpoch, seconds, trainableParameters, weights, seenIds } = outcome;
  const run: RunSummary = {
    ...draft,
    status: status satisfies RunStatus,
    epochs,
    bestEpoch,
    seconds,
    trainableParameters,
  };
  await session.putRun(run, await encodeRun({ weights, seenIds }));
  if (outcome.failure !== null) {
    const { code, message, detail } = outcome.failure;
    throw new EngineError(code, message, { ...detail, runId: run.id });
  }
  await session.activateRun(run.id);
  return run;
}

function draftRun({ session, data, settings, compute }: RunTask): RunSummary {
  const { runs } = session.snapshot();
  const { trunk, device, modelId } = compute;
  const head = (trunk.featureSize + 1) * data.classes.length;
  return {
    id: crypto.randomUUID(),
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
