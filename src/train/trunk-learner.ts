import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../core/errors.ts';
import { nextTask } from '../core/pacing.ts';
import type { TrainSettings } from '../core/train-settings.ts';
import type { OpenTrunk, TrunkNetwork, WeightMap } from '../graph/trunk-network.ts';
import type { Example, Learner, LearnerState, Score, TrainedWeights } from './learner.ts';
import type { LinearHead, Standardiser } from './linear-head.ts';
import { foldStandardiser, scoreLogits, unfoldStandardiser } from './linear-head.ts';
import { clipFactor, type ParameterGroup } from './optimizer.ts';
import { createTensorOptimizer, type TensorOptimizer } from './tensor-optimizer.ts';

export interface TrunkLearnerOptions {
  readonly network: TrunkNetwork;
  readonly cut: number;
  /** Where training starts, on raw features of the pre-trained trunk. */
  readonly head: LinearHead;
  readonly standardiser: Standardiser;
  /** Values of the opened part to begin with; absent: as pre-trained. */
  readonly trunk?: WeightMap;
  /** Activations at the cut, one row per example. */
  readonly activations: (examples: readonly Example[]) => Promise<Float32Array>;
  readonly classWeights: ArrayLike<number>;
  readonly settings: TrainSettings;
}

/** A type, not an interface: `tf.tidy` wants an index signature. */
type StepTensors = { report: tf.Tensor1D; gradients: tf.Tensor1D };

interface Slot {
  readonly variable: tf.Variable;
  readonly start: number;
  readonly end: number;
}

/** Forward pass of examples that are only scored, at most so many at once. */
const SCORE_BATCH = 16;

/**
 * An open trunk with its head. Everything runs as tensors; a step reads back the loss, the logits and the norm of the
 * gradients. The optimizer works on one flat tensor, of which the variables are cut.
 * Owns: its variables, until {@link Learner.dispose}.
 */
export function createTrunkLearner(options: TrunkLearnerOptions): Learner {
  return new TrunkLearner(options);
}

class TrunkLearner implements Learner {
  readonly shortSteps = false;
  readonly trainableParameters: number;
  readonly #options: TrunkLearnerOptions;
  readonly #open: OpenTrunk;
  readonly #headWeights: tf.Variable<tf.Rank.R2>;
  readonly #headBias: tf.Variable<tf.Rank.R1>;
  readonly #mean: tf.Tensor1D;
  readonly #inverseDeviation: tf.Tensor1D;
  /** What was made so far, so that a constructor that fails half-way leaves nothing behind. */
  readonly #owned: { dispose(): void }[] = [];
  readonly #slots: readonly Slot[];
  readonly #optimizer: TensorOptimizer;
  readonly #classes: number;

  constructor(options: TrunkLearnerOptions) {
    const { network, cut, standardiser, settings } = options;
    const { featureSize, classes } = options.head;
    this.#options = options;
    this.#classes = classes;
    const owned = <T extends { dispose(): void }>(made: T): T => {
      this.#owned.push(made);
      return made;
    };
    try {
      this.#open = owned(network.open(cut, { tuning: settings.tuning, seed: settings.seed }));
      if (options.trunk) this.#open.restore(options.trunk);
      const start = unfoldStandardiser(options.head, standardiser);
      this.#headWeights = owned(variableOf(tf.tensor2d(start.weights, [featureSize, classes])));
      this.#headBias = owned(variableOf(tf.tensor1d(start.bias)));
      this.#mean = owned(tf.tensor1d(standardiser.mean));
      this.#inverseDeviation = owned(tf.tensor1d(standardiser.inverseDeviation));
      const { slots, groups, size } = layOut([
        ...this.#open.parameters.map((one) => ({ ...one, learningRate: settings.trunkLearningRate })),
        { variable: this.#headWeights, decay: true, learningRate: settings.headLearningRate },
        { variable: this.#headBias, decay: false, learningRate: settings.headLearningRate },
      ]);
      this.#slots = slots;
      const parameters = tf.tidy(() =>
        tf.concat(slots.map(({ variable }) => tf.reshape(variable, [variable.size]))),
      );
      this.#optimizer = owned(createTensorOptimizer(settings, groups, parameters as tf.Tensor1D));
      this.trainableParameters = size;
    } catch (thrown) {
      this.dispose();
      throw thrown;
    }
  }

  async step(batch: readonly Example[], factor: number): Promise<Score> {
    const { activations, settings } = this.#options;
    const rows = await activations(batch);
    const { report, gradients } = tf.tidy(() => this.#lossLogitsGradients(rows, batch));
    try {
      const values = await report.data<'float32'>();
      const loss = values[0] ?? NaN;
      const norm = Math.sqrt(values[1] ?? NaN);
      const { accuracy } = scoreLogits(values.subarray(2), labelsOf(batch), this.#classes);
      if (!Number.isFinite(loss) || !Number.isFinite(norm)) return { loss: NaN, accuracy };
      this.#optimizer.step(gradients, clipFactor(norm, settings.clipNorm), factor);
      store(this.#slots, this.#optimizer.parameters);
      return { loss, accuracy };
    } finally {
      tf.dispose([report, gradients]);
    }
  }

  async evaluate(examples: readonly Example[]): Promise<Score> {
    const logits = new Float32Array(examples.length * this.#classes);
    for (let from = 0; from < examples.length; from += SCORE_BATCH) {
      const batch = examples.slice(from, from + SCORE_BATCH);
      const rows = await this.#options.activations(batch);
      const output = tf.tidy(() => this.#logits(this.#input(rows, batch.length), 'frozen'));
      logits.set(await output.data<'float32'>(), from * this.#classes);
      output.dispose();
      await nextTask();
    }
    return scoreLogits(logits, labelsOf(examples), this.#classes);
  }

  async weights(): Promise<TrainedWeights> {
    const { head, cut, standardiser } = this.#options;
    const weights = Float32Array.from(await this.#headWeights.data<'float32'>());
    const bias = Float32Array.from(await this.#headBias.data<'float32'>());
    return {
      head: foldStandardiser(
        { featureSize: head.featureSize, classes: head.classes, weights, bias },
        standardiser,
      ),
      cut,
      trunk: await this.#open.weights(),
    };
  }

  async state(): Promise<LearnerState> {
    const learning = new Set(this.#open.parameters.map(({ name }) => name));
    const changed: WeightMap = await this.#open.weights();
    return {
      parameters: Float32Array.from(await this.#optimizer.parameters.data<'float32'>()),
      optimizer: await this.#optimizer.state(),
      statistics: new Map([...changed].filter(([name]) => !learning.has(name))),
    };
  }

  restore({ parameters, optimizer, statistics }: LearnerState): void {
    if (parameters.length !== this.trainableParameters) {
      throw new EngineError('project-damaged', 'The checkpoint is of another plan.', { what: 'checkpoint' });
    }
    this.#optimizer.restore(parameters, optimizer);
    store(this.#slots, this.#optimizer.parameters);
    // Only what follows the batches: weights of adapters leave the trunk scaled, and would lose digits on the way back.
    this.#open.restore(statistics);
  }

  dispose(): void {
    for (const made of this.#owned.splice(0)) made.dispose();
  }

  #input(rows: Float32Array, count: number): tf.Tensor {
    const { network, cut } = this.#options;
    return tf.tensor(rows, [count, ...network.cutShape(cut)]);
  }

  #logits(input: tf.Tensor, batchNorm: 'frozen' | 'batch'): tf.Tensor2D {
    const features = this.#open.forward(input, { batchNorm });
    const standard = tf.mul<tf.Tensor2D>(tf.sub(features, this.#mean), this.#inverseDeviation); // [B, F]
    return tf.add(tf.matMul(standard, this.#headWeights), this.#headBias); // [B, C]
  }

  /**
   * What is read back: the loss, the squared norm of all gradients, the logits `[B * C]`; and what stays: every gradient,
   * flat, in the order of the slots.
   */
  #lossLogitsGradients(rows: Float32Array, batch: readonly Example[]): StepTensors {
    const { classWeights, settings } = this.#options;
    const input = this.#input(rows, batch.length);
    const targets = weightedTargets(batch, classWeights, this.#classes);
    const logits: tf.Tensor[] = [];
    const { value, grads } = tf.variableGrads(
      () => {
        const output = this.#logits(input, settings.freezeBatchNorm ? 'frozen' : 'batch');
        logits.push(tf.keep(output));
        return tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(output))));
      },
      this.#slots.map(({ variable }) => variable),
    );
    const parts = this.#slots.map(({ variable, start, end }) => {
      const gradient = (grads as Partial<typeof grads>)[variable.name];
      return gradient ? tf.reshape(gradient, [end - start]) : tf.zeros([end - start]);
    });
    const gradients = tf.concat(parts as tf.Tensor1D[]);
    const scalars = [value, tf.sum(tf.square(gradients))].map((one) => tf.reshape(one, [1]));
    const report = tf.concat([
      ...scalars,
      ...logits.map((one) => tf.reshape(one, [one.size])),
    ] as tf.Tensor1D[]);
    tf.dispose(logits);
    return { report, gradients };
  }
}

const labelsOf = (examples: readonly Example[]): number[] => examples.map(({ label }) => label);

/** A variable that takes over a tensor's value; the tensor is disposed. */
function variableOf<R extends tf.Rank>(value: tf.Tensor<R>): tf.Variable<R> {
  const variable = tf.variable(value);
  value.dispose();
  return variable;
}

/** Places every variable in one flat array, those of one kind side by side: they share a group. */
function layOut(variables: readonly { variable: tf.Variable; decay: boolean; learningRate: number }[]) {
  const sorted = [...variables].sort(
    (a, b) => a.learningRate - b.learningRate || Number(a.decay) - Number(b.decay),
  );
  const slots: Slot[] = [];
  const groups: ParameterGroup[] = [];
  let size = 0;
  for (const { variable, decay, learningRate } of sorted) {
    const end = size + variable.size;
    slots.push({ variable, start: size, end });
    const last = groups.at(-1);
    if (last?.decay === decay && last.learningRate === learningRate)
      groups[groups.length - 1] = { ...last, end };
    else groups.push({ start: size, end, decay, learningRate });
    size = end;
  }
  return { slots, groups, size };
}

/** One-hot rows times the class weight, divided by the batch's total weight. Shape: `[B, C]`. */
function weightedTargets(
  batch: readonly Example[],
  classWeights: ArrayLike<number>,
  classes: number,
): tf.Tensor2D {
  const total = batch.reduce((sum, { label }) => sum + (classWeights[label] ?? 0), 0);
  const values = new Float32Array(batch.length * classes);
  batch.forEach(({ label }, row) => (values[row * classes + label] = (classWeights[label] ?? 0) / total));
  return tf.tensor2d(values, [batch.length, classes]);
}

function store(slots: readonly Slot[], parameters: tf.Tensor1D): void {
  tf.tidy(() => {
    for (const { variable, start, end } of slots) {
      variable.assign(tf.reshape(tf.slice(parameters, [start], [end - start]), variable.shape));
    }
  });
}
