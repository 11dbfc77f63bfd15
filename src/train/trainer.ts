/**
 * @file One training run, as an async generator of events that returns what was learned. It knows no storage and no
 * page: features come from an extractor, the arithmetic from a {@link Learner}, and a {@link TrainControl} says when
 * to pause or stop.
 */
import { assertNotAborted, EngineError } from '../core/errors.ts';
import { createRng, deriveSeed, shuffled } from '../core/rng.ts';
import type { EpochLog, RunStatus, TrainEvent } from '../core/run.ts';
import type { OpenPlan, TrainSettings } from '../core/train-settings.ts';
import { inverseFrequencyWeights } from './class-weights.ts';
import type { ClosedFormFit } from './closed-form.ts';
import { fitClosedForm } from './closed-form.ts';
import type { BestState } from './early-stop.ts';
import { NO_BEST, nextBest } from './early-stop.ts';
import { createEventQueue } from './event-queue.ts';
import type { FeatureExtractor, FeatureOptions, FeatureRequest } from './features.ts';
import { createHeadLearner } from './head-learner.ts';
import type { Example, Learner, TrainedWeights } from './learner.ts';
import { standardise } from './linear-head.ts';
import type { Meter } from './meter.ts';
import { createMeter } from './meter.ts';
import { createPacer, nextTask } from './pacing.ts';
import { scheduleFactor } from './schedule.ts';
import type { TrainControl } from './train-control.ts';
import { createTrunkLearner } from './trunk-learner.ts';

/** A picture of one side of the split. */
export interface LabelledSample {
  readonly id: string;
  readonly contentHash: string;
  /** Index of the class. */
  readonly label: number;
}

export interface TrainTask {
  readonly extractor: FeatureExtractor;
  readonly settings: TrainSettings;
  readonly classes: number;
  readonly train: readonly LabelledSample[];
  readonly validation: readonly LabelledSample[];
  readonly control: TrainControl;
  readonly signal: AbortSignal;
  /** Told of each epoch that is the best so far, with its weights; awaited. */
  readonly onBest?: (
    weights: TrainedWeights,
    epochs: readonly EpochLog[],
    bestEpoch: number,
  ) => Promise<void>;
}

/** What a run learned. */
export interface TrainOutcome {
  readonly status: Extract<RunStatus, 'done' | 'stopped' | 'early-stopped' | 'failed'>;
  /** Of the best epoch. */
  readonly weights: TrainedWeights;
  readonly epochs: readonly EpochLog[];
  readonly bestEpoch: number;
  /** Exactly the ids whose pictures moved a weight. */
  readonly seenIds: readonly string[];
  readonly trainableParameters: number;
  readonly seconds: { readonly features: number; readonly train: number };
  /** Why the run failed, if it did; the weights are of the best epoch before. */
  readonly failure: EngineError | null;
}

/** The cut that a plan means for a trunk of so many blocks. */
export function cutOf(plan: OpenPlan, blocks: number): number {
  switch (plan.kind) {
    case 'head':
      return blocks;
    case 'last':
      return Math.max(0, blocks - plan.blocks);
    case 'all':
      return 0;
  }
}

/**
 * Runs a plan: features, closed-form head (epoch 0), then epochs of steps.
 * @throws {EngineError} `cancelled` if the signal aborts: nothing is kept.
 */
export async function* trainModel(task: TrainTask): AsyncGenerator<TrainEvent, TrainOutcome> {
  const { extractor, settings, control, signal } = task;
  const cut = cutOf(settings.open, extractor.network.blocks.length);
  const startedMs = performance.now();
  yield { kind: 'stage', stage: 'features' };
  yield* featureStage(task, cut);
  yield { kind: 'stage', stage: 'head' };
  const fit = await fitHead(task);
  const featuresMs = performance.now() - startedMs;
  const learner = await createLearner(task, cut, fit);
  try {
    yield { kind: 'stage', stage: 'training' };
    // The closed-form head was fitted to all of them; every step adds what it saw, so that nothing else can be in it.
    const seenIds = new Set(task.train.map(({ id }) => id));
    const rest = yield* runEpochs(task, recording(learner, seenIds), control, signal);
    return {
      ...rest,
      seenIds: [...seenIds],
      trainableParameters: learner.trainableParameters,
      seconds: { features: featuresMs / 1000, train: (performance.now() - startedMs - featuresMs) / 1000 },
    };
  } finally {
    learner.dispose();
  }
}

/** The learner, noting the id of every example that a step saw. */
function recording(learner: Learner, seenIds: Set<string>): Learner {
  return {
    trainableParameters: learner.trainableParameters,
    shortSteps: learner.shortSteps,
    step: (batch, factor) => {
      for (const { request } of batch) seenIds.add(request.id);
      return learner.step(batch, factor);
    },
    evaluate: (examples) => learner.evaluate(examples),
    weights: () => learner.weights(),
    dispose: () => learner.dispose(),
  };
}

/** Computes everything that the run will read more than once. */
async function* featureStage(task: TrainTask, cut: number): AsyncGenerator<TrainEvent> {
  const { extractor, control, signal } = task;
  const examples = [...trainExamples(task, cut, null), ...task.validation.map(plainExample)];
  const requests = examples.map(({ request }) => request);
  const events = createEventQueue<TrainEvent>();
  const options: FeatureOptions = {
    signal,
    gate: () => control.gate(signal),
    onProgress: (done, total) => events.push({ kind: 'features', done, total }),
  };
  const work = extractor
    .ensure(requests, cut, options)
    .then(() => extractor.ensure(task.train.map(plainRequest), extractor.network.blocks.length, { signal }))
    .finally(events.end);
  yield* events.drain();
  await work;
}

async function fitHead({ extractor, train, classes, settings, signal }: TrainTask): Promise<ClosedFormFit> {
  const cut = extractor.network.blocks.length;
  const features = await extractor.read(train.map(plainRequest), cut, { signal });
  const { featureSize } = extractor.network;
  const data = { features, labels: labelsOf(train), featureSize, classes };
  return fitClosedForm(
    data,
    settings.classWeights,
    settings.open.kind === 'head' ? undefined : OPEN_TRUNK_RIDGES,
  );
}

/**
 * A head that fits every training picture leaves the trunk nothing to learn from: its gradients are noise, which
 * AdamW scales up. Where the trunk is opened, training starts from a head with errors left.
 */
const OPEN_TRUNK_RIDGES = [3, 10];

async function createLearner(task: TrainTask, cut: number, fit: ClosedFormFit): Promise<Learner> {
  const { extractor, settings, signal, classes } = task;
  const { head, standardiser } = fit;
  const classWeights = settings.classWeights
    ? inverseFrequencyWeights(labelsOf(task.train), classes)
    : new Float64Array(classes).fill(1);
  if (cut < extractor.network.blocks.length) {
    const activations = (examples: readonly Example[]): Promise<Float32Array> =>
      extractor.read(
        examples.map(({ request }) => request),
        cut,
        { signal },
      );
    const { network } = extractor;
    return createTrunkLearner({ network, cut, head, standardiser, activations, classWeights, settings });
  }
  const examples = [...trainExamples(task, cut, null), ...task.validation.map(plainExample)];
  const rows = await extractor.read(
    examples.map(({ request }) => request),
    cut,
    { signal },
  );
  const all = standardise(rows, standardiser);
  const size = head.featureSize;
  const index = new Map(examples.map(({ request }, row) => [rowKey(request), row]));
  const featuresOf = ({ request }: Example): Float32Array => {
    const row = index.get(rowKey(request)) ?? 0;
    return all.subarray(row * size, (row + 1) * size);
  };
  return createHeadLearner({ cut, head, standardiser, featuresOf, classWeights, settings });
}

type EpochsOutcome = Pick<TrainOutcome, 'status' | 'weights' | 'epochs' | 'bestEpoch' | 'failure'>;

async function* runEpochs(
  task: TrainTask,
  learner: Learner,
  control: TrainControl,
  signal: AbortSignal,
): AsyncGenerator<TrainEvent, EpochsOutcome> {
  const { settings, validation } = task;
  const checks = validation.map(plainExample);
  const rng = createRng(deriveSeed(settings.seed, 'order'));
  const batches = Math.ceil(task.train.length / settings.batchSize);
  const meter = createMeter(batches * settings.epochs);
  const epochs: EpochLog[] = [];
  let best: BestState = NO_BEST;
  let weights = await learner.weights();
  const cut = weights.cut;

  for (let epoch = 0; ; epoch++) {
    const startedMs = performance.now();
    let train = { loss: 0, accuracy: 0 };
    if (epoch === 0) train = await learner.evaluate(task.train.map(plainExample));
    else {
      const pass = yield* trainEpoch(task, learner, {
        epoch,
        cut,
        batches,
        meter,
        order: shuffled(task.train, rng),
      });
      if (pass.ended === 'failed')
        return { status: 'failed', weights, epochs, bestEpoch: best.bestEpoch, failure: pass.failure };
      if (pass.ended === 'stopped')
        return { status: 'stopped', weights, epochs, bestEpoch: best.bestEpoch, failure: null };
      train = pass;
    }
    const check = checks.length > 0 ? await learner.evaluate(checks) : null;
    assertNotAborted(signal);
    const log: EpochLog = {
      epoch,
      trainLoss: train.loss,
      trainAccuracy: train.accuracy,
      validationLoss: check?.loss ?? null,
      validationAccuracy: check?.accuracy ?? null,
      elapsedMs: performance.now() - startedMs,
    };
    epochs.push(log);
    // Without a validation side there is nothing honest to choose by: the last epoch counts.
    const decision = nextBest(best, epoch, check?.loss ?? -epoch, checks.length > 0 ? settings.patience : 0);
    best = decision.state;
    if (decision.improved) {
      weights = await learner.weights();
      await task.onBest?.(weights, epochs, best.bestEpoch);
    }
    yield { kind: 'epoch', log, bestEpoch: best.bestEpoch };
    const finished = { weights, epochs, bestEpoch: best.bestEpoch, failure: null };
    if (decision.stop) return { status: 'early-stopped', ...finished };
    if (epoch === settings.epochs) return { status: 'done', ...finished };
    if (control.state() === 'stop') return { status: 'stopped', ...finished };
  }
}

interface EpochContext {
  readonly epoch: number;
  readonly cut: number;
  readonly batches: number;
  readonly meter: Meter;
  readonly order: readonly LabelledSample[];
}

type PassOutcome =
  | { readonly ended: 'complete'; readonly loss: number; readonly accuracy: number }
  | { readonly ended: 'stopped' }
  | { readonly ended: 'failed'; readonly failure: EngineError };

async function* trainEpoch(
  task: TrainTask,
  learner: Learner,
  { epoch, cut, batches, meter, order }: EpochContext,
): AsyncGenerator<TrainEvent, PassOutcome> {
  const { settings, control, signal } = task;
  const examples = trainExamples({ ...task, train: order }, cut, epoch);
  const total = batches * settings.epochs;
  const pace = createPacer();
  let loss = 0;
  let accuracy = 0;
  for (let batch = 0; batch < batches; batch++) {
    await (learner.shortSteps ? pace() : nextTask());
    assertNotAborted(signal);
    if (control.state() === 'pause') {
      yield { kind: 'paused' };
      await control.gate(signal);
      yield { kind: 'resumed' };
    }
    if (control.state() === 'stop') return { ended: 'stopped' };
    const part = examples.slice(batch * settings.batchSize, (batch + 1) * settings.batchSize);
    const step = (epoch - 1) * batches + batch;
    const score = await learner.step(part, scheduleFactor(step, total, settings.warmup));
    if (!Number.isFinite(score.loss))
      return { ended: 'failed', failure: lossNotFinite(settings, epoch, batch) };
    loss += (score.loss * part.length) / examples.length;
    accuracy += (score.accuracy * part.length) / examples.length;
    const rate = meter.tick(step + 1);
    if (rate !== null) yield { kind: 'batch', epoch, batch: batch + 1, batches, loss: score.loss, ...rate };
  }
  return { ended: 'complete', loss, accuracy };
}

function lossNotFinite(
  { open, headLearningRate, trunkLearningRate }: TrainSettings,
  epoch: number,
  batch: number,
): EngineError {
  const rate = open.kind === 'head' ? headLearningRate : Math.max(headLearningRate, trunkLearningRate);
  return new EngineError(
    'loss-not-finite',
    `The loss was no longer a number in epoch ${epoch}, step ${batch + 1}: the learning rate ${rate} is too large ` +
      `for these pictures. The best state before is kept. Try a tenth of it.`,
    { epoch, batch: batch + 1, learningRate: rate, suggestedLearningRate: rate / 10 },
  );
}

/**
 * The examples of one epoch (`null`: every one that any epoch may ask for, for the cache). With a frozen part, a
 * fixed number of variants is drawn per picture and the epochs take turns; with nothing frozen each epoch draws anew.
 */
function trainExamples(
  { train, settings }: Pick<TrainTask, 'train' | 'settings'>,
  cut: number,
  epoch: number | null,
): Example[] {
  const { augmentation, seed } = settings;
  const versions = augmentation.variants + 1;
  const variantOf = (id: string, version: number) => ({
    augmentation,
    seed: deriveSeed(seed, `${id}/${version}`),
  });
  if (augmentation.variants === 0) return train.map(plainExample);
  if (cut === 0) {
    if (epoch === null) return train.map(plainExample);
    return train.map((one) => ({
      label: one.label,
      request: { ...plainRequest(one), variant: variantOf(one.id, epoch), fleeting: true },
    }));
  }
  const example = (one: LabelledSample, version: number): Example => ({
    label: one.label,
    request:
      version === 0 ? plainRequest(one) : { ...plainRequest(one), variant: variantOf(one.id, version) },
  });
  if (epoch !== null) return train.map((one) => example(one, (epoch + deriveSeed(seed, one.id)) % versions));
  return train.flatMap((one) => Array.from({ length: versions }, (_, version) => example(one, version)));
}

const plainRequest = ({ id, contentHash }: LabelledSample): FeatureRequest => ({ id, contentHash });
const plainExample = (one: LabelledSample): Example => ({ request: plainRequest(one), label: one.label });
const labelsOf = (samples: readonly LabelledSample[]): number[] => samples.map(({ label }) => label);
const rowKey = ({ id, variant }: FeatureRequest): string => `${id}/${variant?.seed ?? ''}`;
