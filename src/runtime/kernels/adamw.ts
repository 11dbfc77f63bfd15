import * as tf from '@tensorflow/tfjs-core';
import { isFused, isProvided } from './provided.ts';
import { floatWord, runnerOf } from './runner.ts';
import { ADAMW } from './wasm/jobs.ts';
import { allocate, input, pointer, registerWasmKernel, type WasmKernelArgs } from './wasm-heap.ts';

const NAME = 'GraftAdamW';

/** What AdamW changes, one element per parameter. */
export interface AdamWState {
  readonly parameters: tf.Tensor1D;
  /** Running means of the gradient and of its square. Nothing else may share their data. */
  readonly first: tf.Tensor1D;
  readonly second: tf.Tensor1D;
}

/** A run of parameters with one learning rate and decay. */
export interface AdamWRange {
  readonly start: number;
  readonly end: number;
  /** What decoupled decay leaves of a parameter. */
  readonly keep: number;
  /** Learning rate over the correction of the first moment. */
  readonly stepSize: number;
}

export interface AdamWConstants {
  /** On the gradient, before anything else: clipping. */
  readonly gradientFactor: number;
  readonly beta1: number;
  readonly beta2: number;
  /** Root of the correction of the second moment. */
  readonly rootCorrection: number;
  readonly epsilon: number;
}

/**
 * One update of AdamW: one pass over the memory of the WASM back-end, three programs on the GPU, composed operations
 * elsewhere. Ranges follow one
 * another and cover all parameters.
 * Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019.
 * Owns: takes over the tensors of `state`; the caller owns those that it gives back.
 */
export function adamWStep(
  state: AdamWState,
  gradients: tf.Tensor1D,
  ranges: readonly AdamWRange[],
  constants: AdamWConstants,
): AdamWState {
  const { parameters, first, second } = state;
  const attrs = { ranges, constants } as unknown as tf.NamedAttrMap;
  if (isFused()) {
    const next = tf.engine().runKernel<tf.Tensor1D>(NAME, { parameters, first, second, gradients }, attrs);
    parameters.dispose();
    return { parameters: next, first, second };
  }
  if (isProvided(NAME)) {
    const next = tf.engine().runKernel<tf.Tensor[]>(NAME, { ...state, gradients }, attrs);
    tf.dispose([parameters, first, second]);
    const [p, m, v] = next as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
    return { parameters: p, first: m, second: v };
  }
  const parts = ranges.map((range) => tf.tidy(() => updated(state, gradients, range, constants)));
  const joined = ([0, 1, 2] as const).map((i) => tf.concat(parts.map((part) => part[i])));
  tf.dispose([parts.flat(), parameters, first, second]);
  const [p, m, v] = joined as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  return { parameters: p, first: m, second: v };
}

function updated(
  { parameters, first, second }: AdamWState,
  gradients: tf.Tensor1D,
  { start, end, keep, stepSize }: AdamWRange,
  { gradientFactor, beta1, beta2, rootCorrection, epsilon }: AdamWConstants,
): [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D] {
  const part = (tensor: tf.Tensor1D) => tf.slice(tensor, [start], [end - start]);
  const g = tf.mul(part(gradients), gradientFactor);
  const m = tf.add<tf.Tensor1D>(tf.mul(part(first), beta1), tf.mul(g, 1 - beta1));
  const v = tf.add<tf.Tensor1D>(tf.mul(part(second), beta2), tf.mul(tf.square(g), 1 - beta2));
  const denominator = tf.add(tf.div(tf.sqrt(v), rootCorrection), epsilon);
  const change = tf.div(tf.mul(m, stepSize), denominator);
  return [tf.sub<tf.Tensor1D>(tf.mul(part(parameters), keep), change), m, v];
}

export function registerAdamWKernel(): void {
  registerWasmKernel(NAME, update);
}

function update(args: WasmKernelArgs): tf.TensorInfo {
  const { backend } = args;
  const { ranges, constants } = args.attrs as unknown as {
    ranges: readonly AdamWRange[];
    constants: AdamWConstants;
  };
  const parameters = input(args, 'parameters');
  const out = allocate(backend, parameters.shape);
  const tensors = [parameters, ...['first', 'second', 'gradients'].map((name) => input(args, name)), out];
  const { gradientFactor, beta1, beta2, rootCorrection, epsilon } = constants;
  for (const { start, end, keep, stepSize } of ranges) {
    const floats = [
      gradientFactor,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      keep,
      stepSize,
      1 / rootCorrection,
      epsilon,
    ];
    runnerOf(backend).run({
      job: ADAMW,
      args: [
        ...tensors.map((tensor) => pointer(backend, tensor) + 4 * start),
        end - start,
        ...floats.map(floatWord),
      ],
      // The moments are changed in place: not to be done twice.
      chunks: end > start ? 1 : 0,
    });
  }
  return out;
}
