/**
 * @file One training run, as an async generator of events that returns what was learned. It knows no storage and no
 * page: features come from an extractor, the arithmetic from a {@link Learner}, and a {@link TrainControl} says when
 * to pause or stop.
 */
import { EngineError } from '../core/errors.ts';
import type { TrainEvent } from '../core/run.ts';
import type { OpenPlan } from '../core/train-settings.ts';
import { randomWeights } from '../graph/random-weights.ts';
import type { WeightMap } from '../graph/trunk-network.ts';
import { inverseFrequencyWeights } from './class-weights.ts';
import type { ClosedFormFit } from './closed-form.ts';
import { fitClosedForm } from './closed-form.ts';
import { runEpochs } from './epochs.ts';
import { createEventQueue } from './event-queue.ts';
import { labelsOf, plainExample, plainRequest, rowKey, trainExamples } from './examples.ts';
import type { FeatureOptions } from './features.ts';
import { createHeadLearner } from './head-learner.ts';
import type { Example, Learner } from './learner.ts';
import { standardise } from './linear-head.ts';
import type { TrainOutcome, TrainTask } from './train-task.ts';
import { createTrunkLearner } from './trunk-learner.ts';

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
 * @throws {EngineError} `cancelled` if the signal aborts: nothing is kept. `stopped-early` if it is stopped before there
 * is a head.
 */
export async function* trainModel(task: TrainTask): AsyncGenerator<TrainEvent, TrainOutcome> {
  const { extractor, settings } = task;
  const cut = cutOf(settings.open, extractor.network.blocks.length);
  const startedMs = performance.now();
  yield { kind: 'stage', stage: 'features' };
  yield* featureStage(task, cut);
  yield { kind: 'stage', stage: 'head' };
  const fit = await startOf(task);
  const featuresMs = performance.now() - startedMs;
  // The closed-form head was fitted to all of them; every step adds what it saw, so that nothing else can be in it.
  const seenIds = new Set([
    ...task.train.map(({ id }) => id),
    ...(task.start?.seenIds ?? []),
    ...(task.checkpoint?.seenIds ?? []),
  ]);
  const learner = await createLearner(task, cut, fit);
  try {
    if (task.checkpoint) learner.restore(task.checkpoint.learner);
    yield { kind: 'stage', stage: 'training' };
    const { standardiser } = fit;
    const rest = yield* runEpochs({ task, learner: recording(learner, seenIds), standardiser, seenIds, cut });
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
    state: () => learner.state(),
    restore: (state) => learner.restore(state),
    dispose: () => learner.dispose(),
  };
}

const stoppedEarly = (): EngineError =>
  new EngineError('stopped-early', 'The run was stopped before it had learned anything.');

/** Computes everything that the run will read more than once. */
async function* featureStage(task: TrainTask, cut: number): AsyncGenerator<TrainEvent> {
  const { extractor, control, signal } = task;
  const examples = [...trainExamples(task, cut, null), ...task.validation.map(plainExample)];
  const requests = examples.map(({ request }) => request);
  const events = createEventQueue<TrainEvent>();
  const options: FeatureOptions = {
    signal,
    async gate() {
      if (control.state() === 'pause') {
        events.push({ kind: 'paused' });
        await control.gate(signal);
        events.push({ kind: 'resumed' });
      }
      if (control.state() === 'stop') throw stoppedEarly();
    },
  };
  const onProgress = (done: number, total: number): void => events.push({ kind: 'features', done, total });
  const fitted = beginsAtRandom(task) ? [] : task.train.map(plainRequest);
  const work = extractor
    .ensure(requests, cut, { ...options, onProgress })
    .then(() => extractor.ensure(fitted, extractor.network.blocks.length, options))
    .finally(events.end);
  yield* events.drain();
  await work;
}

/**
 * Where the head starts and how features are standardised. A run that goes on takes over what it was: a fit on features
 * computed anew could differ in the last digit.
 */
async function startOf(task: TrainTask): Promise<Pick<ClosedFormFit, 'head' | 'standardiser'>> {
  const { checkpoint, start } = task;
  if (checkpoint !== undefined)
    return { head: checkpoint.best.weights.head, standardiser: checkpoint.standardiser };
  const fit = beginsAtRandom(task) ? blankHead(task) : await fitHead(task);
  return start === undefined ? fit : { ...fit, head: start.weights.head };
}

const beginsAtRandom = ({ settings }: TrainTask): boolean => settings.begin === 'random';

/** Of features that mean nothing yet no head can be fitted: every class is equally likely. */
function blankHead({ extractor, classes }: TrainTask): Pick<ClosedFormFit, 'head' | 'standardiser'> {
  const { featureSize } = extractor.network;
  return {
    head: {
      featureSize,
      classes,
      weights: new Float32Array(featureSize * classes),
      bias: new Float32Array(classes),
    },
    standardiser: {
      mean: new Float32Array(featureSize),
      inverseDeviation: new Float32Array(featureSize).fill(1),
    },
  };
}

/** Where the opened part begins; `null`: as pre-trained. */
function trunkStart({ start, settings, extractor }: TrainTask): WeightMap | null {
  if (start !== undefined) return start.weights.trunk;
  const { definition } = extractor.network;
  return settings.begin === 'random' && definition !== undefined
    ? randomWeights(definition, settings.seed)
    : null;
}

async function fitHead({ extractor, train, classes, settings, signal }: TrainTask): Promise<ClosedFormFit> {
  const cut = extractor.network.blocks.length;
  const features = await extractor.read(train.map(plainRequest), cut, { signal });
  const { featureSize } = extractor.network;
  const data = { features, labels: labelsOf(train), featureSize, classes };
  return fitClosedForm(
    data,
    settings.classWeights,
    settings.open.kind === 'head' ? undefined : OPEN_TRUNK_SHRINKAGES,
  );
}

/**
 * A head that fits every training picture leaves the trunk nothing to learn from: its gradients are noise, which
 * AdamW scales up. Where the trunk is opened, training starts from a head with errors left.
 */
const OPEN_TRUNK_SHRINKAGES = [3, 10];

async function createLearner(
  task: TrainTask,
  cut: number,
  fit: Pick<ClosedFormFit, 'head' | 'standardiser'>,
): Promise<Learner> {
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
    const trunk = trunkStart(task);
    return createTrunkLearner({
      network,
      cut,
      head,
      standardiser,
      activations,
      classWeights,
      settings,
      ...(trunk && { trunk }),
    });
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
