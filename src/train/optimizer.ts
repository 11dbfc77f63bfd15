/**
 * @file AdamW and SGD with momentum on one flat array of all parameters, for the head alone; `tensor-optimizer.ts` does
 * the same for an open trunk.
 */
import { EngineError } from '../core/errors.ts';
import type { TrainSettings } from '../core/train-settings.ts';

/** A run of parameters with one learning rate. */
export interface ParameterGroup {
  /** Range in the flat array: `start` inclusive, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** Learning rate at factor 1. */
  readonly learningRate: number;
  /** False for biases and BatchNorm parameters. */
  readonly decay: boolean;
}

/** What an optimizer remembers between steps, exactly: with it and the parameters the next step is the same step. */
export interface OptimizerState {
  /** Steps done. */
  readonly steps: number;
  /** AdamW: running means of the gradient and of its square; SGD: the velocity. One element per parameter. */
  readonly moments: readonly Float32Array<ArrayBuffer>[];
}

/** Changes parameters in place by their gradients; `factor` scales every learning rate (the schedule). */
export interface Optimizer {
  step(parameters: Float32Array, gradients: Float32Array, factor: number): void;
  /** A copy. */
  state(): OptimizerState;
  /** @throws {EngineError} `project-damaged` if the state is of another optimizer. */
  restore(state: OptimizerState): void;
}

export type OptimizerSettings = Pick<TrainSettings, 'optimizer' | 'weightDecay' | 'momentum'>;

/** The optimizer of a run, with state for the parameters that the groups cover. */
export function createOptimizer(settings: OptimizerSettings, groups: readonly ParameterGroup[]): Optimizer {
  const size = groups.reduce((end, group) => Math.max(end, group.end), 0);
  return settings.optimizer === 'adamw'
    ? createAdamW(groups, size, settings.weightDecay)
    : createSgd(groups, size, settings.weightDecay, settings.momentum);
}

export const BETA1 = 0.9;
export const BETA2 = 0.999;
export const EPSILON = 1e-8;

/** Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019; constants as in PyTorch. */
function createAdamW(groups: readonly ParameterGroup[], size: number, weightDecay: number): Optimizer {
  const first = new Float32Array(size);
  const second = new Float32Array(size);
  let steps = 0;
  return {
    state: () => ({ steps, moments: [first.slice(), second.slice()] }),
    restore(state) {
      const [m, v] = momentsOf(state, 2, size);
      first.set(m ?? []);
      second.set(v ?? []);
      ({ steps } = state);
    },
    step(parameters, gradients, factor) {
      steps++;
      const correction1 = 1 - BETA1 ** steps;
      const rootCorrection2 = Math.sqrt(1 - BETA2 ** steps);
      for (const { start, end, learningRate, decay } of groups) {
        const rate = learningRate * factor;
        const keep = decay ? 1 - rate * weightDecay : 1;
        const stepSize = rate / correction1;
        for (let i = start; i < end; i++) {
          const g = gradients[i] ?? 0;
          const m = BETA1 * (first[i] ?? 0) + (1 - BETA1) * g;
          const v = BETA2 * (second[i] ?? 0) + (1 - BETA2) * g * g;
          first[i] = m;
          second[i] = v;
          const denominator = Math.sqrt(v) / rootCorrection2 + EPSILON;
          parameters[i] = (parameters[i] ?? 0) * keep - (stepSize * m) / denominator;
        }
      }
    },
  };
}

/** Source: Sutskever et al., 2013, in PyTorch's form: the first step takes the gradient itself as its velocity. */
function createSgd(
  groups: readonly ParameterGroup[],
  size: number,
  weightDecay: number,
  momentum: number,
): Optimizer {
  const velocity = new Float32Array(size);
  let steps = 0;
  return {
    state: () => ({ steps, moments: [velocity.slice()] }),
    restore(state) {
      const [v] = momentsOf(state, 1, size);
      velocity.set(v ?? []);
      ({ steps } = state);
    },
    step(parameters, gradients, factor) {
      steps++;
      for (const { start, end, learningRate, decay } of groups) {
        const rate = learningRate * factor;
        const l2 = decay ? weightDecay : 0;
        for (let i = start; i < end; i++) {
          const p = parameters[i] ?? 0;
          const v = momentum * (velocity[i] ?? 0) + (gradients[i] ?? 0) + l2 * p;
          velocity[i] = v;
          parameters[i] = p - rate * v;
        }
      }
    },
  };
}

/** The moments of a state. @throws {EngineError} `project-damaged` if there are not `count` of `size` numbers. */
export function momentsOf(
  { moments }: OptimizerState,
  count: number,
  size: number,
): readonly Float32Array<ArrayBuffer>[] {
  if (moments.length !== count || moments.some(({ length }) => length !== size)) {
    throw new EngineError('project-damaged', 'The checkpoint is of another optimizer or another plan.', {
      what: 'checkpoint',
    });
  }
  return moments;
}

/**
 * Scales gradients down in place so that their global norm is at most `limit` (0: never), and returns the norm that
 * they had. Not finite if a gradient is not. Source: Pascanu et al., 2013.
 */
export function clipByGlobalNorm(gradients: Float32Array, limit: number): number {
  let sum = 0;
  for (const g of gradients) sum += g * g;
  const norm = Math.sqrt(sum);
  const scale = clipFactor(norm, limit);
  if (scale < 1) {
    for (let i = 0; i < gradients.length; i++) gradients[i] = (gradients[i] ?? 0) * scale;
  }
  return norm;
}

/** What gradients of a norm are multiplied by, so that it is at most `limit` (0: never clipped). */
export function clipFactor(norm: number, limit: number): number {
  return limit > 0 && norm > limit ? limit / norm : 1;
}
