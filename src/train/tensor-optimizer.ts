/**
 * @file The optimizers of `optimizer.ts` on tensors: parameters and state stay on the back-end, so that no gradient is
 * read back.
 */
import * as tf from '@tensorflow/tfjs-core';
import { adamWStep, type AdamWState } from '../runtime/kernels/adamw.ts';
import { sgdStep, type SgdState } from '../runtime/kernels/sgd.ts';
import {
  BETA1,
  BETA2,
  EPSILON,
  momentsOf,
  type OptimizerSettings,
  type OptimizerState,
  type ParameterGroup,
} from './optimizer.ts';

/** All parameters in one flat tensor, which a step replaces. Owns it and its state until {@link dispose}. */
export interface TensorOptimizer {
  readonly parameters: tf.Tensor1D;
  /** `gradientFactor` scales the gradients first (clipping), `factor` every learning rate (the schedule). */
  step(gradients: tf.Tensor1D, gradientFactor: number, factor: number): void;
  /** A copy, read back. */
  state(): Promise<OptimizerState>;
  /** Takes the place of the parameters and the state. @throws {EngineError} `project-damaged`: nothing is changed. */
  restore(parameters: Float32Array<ArrayBuffer>, state: OptimizerState): void;
  dispose(): void;
}

/**
 * @param parameters Taken over.
 * @param groups Follow one another and cover all parameters.
 */
export function createTensorOptimizer(
  settings: OptimizerSettings,
  groups: readonly ParameterGroup[],
  parameters: tf.Tensor1D,
): TensorOptimizer {
  return settings.optimizer === 'adamw'
    ? new TensorAdamW(groups, parameters, settings.weightDecay)
    : new TensorSgd(groups, parameters, settings);
}

class TensorAdamW implements TensorOptimizer {
  private tensors: AdamWState;
  private readonly groups: readonly ParameterGroup[];
  private readonly weightDecay: number;
  private steps = 0;

  constructor(groups: readonly ParameterGroup[], parameters: tf.Tensor1D, weightDecay: number) {
    this.groups = groups;
    this.weightDecay = weightDecay;
    this.tensors = { parameters, first: tf.zeros(parameters.shape), second: tf.zeros(parameters.shape) };
  }

  get parameters(): tf.Tensor1D {
    return this.tensors.parameters;
  }

  step(gradients: tf.Tensor1D, gradientFactor: number, factor: number): void {
    this.steps++;
    const ranges = this.groups.map(({ start, end, learningRate, decay }) => {
      const rate = learningRate * factor;
      const keep = decay ? 1 - rate * this.weightDecay : 1;
      return { start, end, keep, stepSize: rate / (1 - BETA1 ** this.steps) };
    });
    const rootCorrection = Math.sqrt(1 - BETA2 ** this.steps);
    this.tensors = adamWStep(this.tensors, gradients, ranges, {
      gradientFactor,
      beta1: BETA1,
      beta2: BETA2,
      rootCorrection,
      epsilon: EPSILON,
    });
  }

  async state(): Promise<OptimizerState> {
    const { steps } = this;
    return { steps, moments: await copies(this.tensors.first, this.tensors.second) };
  }

  restore(parameters: Float32Array<ArrayBuffer>, state: OptimizerState): void {
    const [first, second] = momentsOf(state, 2, parameters.length);
    this.dispose();
    this.tensors = {
      parameters: tf.tensor1d(parameters.slice()),
      first: tf.tensor1d(first?.slice() ?? []),
      second: tf.tensor1d(second?.slice() ?? []),
    };
    this.steps = state.steps;
  }

  dispose(): void {
    tf.dispose({ ...this.tensors });
  }
}

class TensorSgd implements TensorOptimizer {
  private tensors: SgdState;
  private steps = 0;
  private readonly groups: readonly ParameterGroup[];
  private readonly weightDecay: number;
  private readonly momentum: number;

  constructor(
    groups: readonly ParameterGroup[],
    parameters: tf.Tensor1D,
    { weightDecay, momentum }: OptimizerSettings,
  ) {
    this.groups = groups;
    this.tensors = { parameters, velocity: tf.zeros(parameters.shape) };
    this.weightDecay = weightDecay;
    this.momentum = momentum;
  }

  get parameters(): tf.Tensor1D {
    return this.tensors.parameters;
  }

  step(gradients: tf.Tensor1D, gradientFactor: number, factor: number): void {
    this.steps++;
    const ranges = this.groups.map(({ start, end, learningRate, decay }) => {
      return { start, end, rate: learningRate * factor, l2: decay ? this.weightDecay : 0 };
    });
    this.tensors = sgdStep(this.tensors, gradients, ranges, { gradientFactor, momentum: this.momentum });
  }

  async state(): Promise<OptimizerState> {
    const { steps } = this;
    return { steps, moments: await copies(this.tensors.velocity) };
  }

  restore(parameters: Float32Array<ArrayBuffer>, state: OptimizerState): void {
    const [velocity] = momentsOf(state, 1, parameters.length);
    this.dispose();
    this.tensors = {
      parameters: tf.tensor1d(parameters.slice()),
      velocity: tf.tensor1d(velocity?.slice() ?? []),
    };
    this.steps = state.steps;
  }

  dispose(): void {
    tf.dispose({ ...this.tensors });
  }
}

/** Values read back; a back-end may hand out its own array, so each is copied. */
function copies(...tensors: readonly tf.Tensor1D[]): Promise<Float32Array<ArrayBuffer>[]> {
  return Promise.all(tensors.map(async (one) => Float32Array.from(await one.data<'float32'>())));
}
