import type { TrainSettings } from '../core/train-settings.ts';
import type { Example, Learner, Score } from './learner.ts';
import type { LinearHead, Standardiser } from './linear-head.ts';
import {
  argmax,
  foldStandardiser,
  headLogits,
  scoreLogits,
  softmaxRows,
  unfoldStandardiser,
} from './linear-head.ts';
import { clipByGlobalNorm, createOptimizer } from './optimizer.ts';

export interface HeadLearnerOptions {
  /** The cut after the last block. */
  readonly cut: number;
  /** Where training starts, on raw features. */
  readonly head: LinearHead;
  readonly standardiser: Standardiser;
  /** Standardised features of an example. The learner does not change the array. */
  readonly featuresOf: (example: Example) => Float32Array;
  readonly classWeights: ArrayLike<number>;
  readonly settings: TrainSettings;
}

/**
 * Softmax regression on cached features, in plain arithmetic: for a few hundred features one step is far cheaper
 * than the first tensor operation of it would be. Gradient: `x^T (softmax(logits) - onehot)`, weighted per class.
 */
export function createHeadLearner(options: HeadLearnerOptions): Learner {
  const { standardiser, featuresOf, classWeights, settings } = options;
  const { featureSize, classes } = options.head;
  const start = unfoldStandardiser(options.head, standardiser);
  const biasStart = featureSize * classes;
  const parameters = new Float32Array(biasStart + classes);
  parameters.set(start.weights);
  parameters.set(start.bias, biasStart);
  const gradients = new Float32Array(parameters.length);
  const learningRate = settings.headLearningRate;
  const optimizer = createOptimizer(settings, [
    { start: 0, end: biasStart, learningRate, decay: true },
    { start: biasStart, end: parameters.length, learningRate, decay: false },
  ]);
  // Views: they follow the parameters.
  const current: LinearHead = {
    featureSize,
    classes,
    weights: parameters.subarray(0, biasStart),
    bias: parameters.subarray(biasStart),
  };
  const gather = (examples: readonly Example[]): Float32Array => {
    const rows = new Float32Array(examples.length * featureSize);
    examples.forEach((example, row) => rows.set(featuresOf(example), row * featureSize));
    return rows;
  };

  function step(batch: readonly Example[], factor: number): Score {
    const features = gather(batch);
    const probabilities = softmaxRows(headLogits(current, features, batch.length), classes);
    const totalWeight = batch.reduce((sum, { label }) => sum + (classWeights[label] ?? 0), 0);
    let loss = 0;
    let correct = 0;
    gradients.fill(0);
    for (const [row, { label }] of batch.entries()) {
      const delta = probabilities.subarray(row * classes, (row + 1) * classes);
      const weight = (classWeights[label] ?? 0) / totalWeight;
      // Not below the smallest float: a certain mistake is dear, not infinite.
      loss -= weight * Math.log(Math.max(delta[label] ?? 0, 1e-38));
      if (Number.isNaN(delta[label])) loss = NaN;
      if (argmax(delta) === label) correct++;
      delta[label] = (delta[label] ?? 0) - 1;
      for (let c = 0; c < classes; c++) delta[c] = (delta[c] ?? 0) * weight;
      addOuter(gradients, features, row * featureSize, featureSize, delta);
      for (let c = 0; c < classes; c++)
        gradients[biasStart + c] = (gradients[biasStart + c] ?? 0) + (delta[c] ?? 0);
    }
    const norm = clipByGlobalNorm(gradients, settings.clipNorm);
    if (Number.isFinite(loss) && Number.isFinite(norm)) optimizer.step(parameters, gradients, factor);
    return { loss: Number.isFinite(norm) ? loss : NaN, accuracy: correct / batch.length };
  }

  return {
    trainableParameters: parameters.length,
    shortSteps: true,
    step: (batch, factor) => Promise.resolve(step(batch, factor)),
    evaluate: (examples) => {
      const logits = headLogits(current, gather(examples), examples.length);
      return Promise.resolve(
        scoreLogits(
          logits,
          examples.map(({ label }) => label),
          classes,
        ),
      );
    },
    weights: () =>
      Promise.resolve({ head: foldStandardiser(current, standardiser), cut: options.cut, trunk: null }),
    state: () =>
      Promise.resolve({
        parameters: parameters.slice(),
        optimizer: optimizer.state(),
        statistics: new Map(),
      }),
    restore(state) {
      optimizer.restore(state.optimizer);
      parameters.set(state.parameters);
    },
    dispose: () => undefined,
  };
}

/** `target[i, c] += features[at + i] * delta[c]`. */
function addOuter(
  target: Float32Array,
  features: Float32Array,
  at: number,
  size: number,
  delta: Float32Array,
): void {
  const classes = delta.length;
  for (let i = 0; i < size; i++) {
    const x = features[at + i] ?? 0;
    for (let c = 0, to = i * classes; c < classes; c++, to++)
      target[to] = (target[to] ?? 0) + x * (delta[c] ?? 0);
  }
}
