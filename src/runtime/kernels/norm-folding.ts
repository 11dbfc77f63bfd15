/**
 * @file The small sums around a convolution that has the normalisation after it folded into its weights: one program each
 * on the GPU, where each operation costs more to start than to compute, and composed elsewhere. None has a gradient.
 */
import * as tf from '@tensorflow/tfjs-core';
import { columnSums } from './elementwise.ts';
import { isProvided } from './provided.ts';

const SCALE = 'GraftNormScale';
const SHIFT = 'GraftNormShift';
const SLOPE = 'GraftNormSlope';

/** BatchNormalization after a convolution, with statistics that do not change in this step. */
export interface FrozenNorm {
  readonly gamma: tf.Tensor;
  readonly beta: tf.Tensor;
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
  readonly epsilon: number;
}

/** `gamma / sqrt(variance + epsilon)`, `[O]`. The caller disposes the result. */
export function normScale({ gamma, variance, epsilon }: Omit<FrozenNorm, 'beta' | 'mean'>): tf.Tensor {
  if (isProvided(SCALE)) return run(SCALE, { gamma, variance }, { epsilon });
  return tf.tidy(() => tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon))));
}

/** What is added after the convolution: `beta - (mean - bias) * scale`, `[O]`. The caller disposes the result. */
export function normShift(
  { beta, mean }: Pick<FrozenNorm, 'beta' | 'mean'>,
  bias: tf.Tensor | null,
  scale: tf.Tensor,
): tf.Tensor {
  if (isProvided(SHIFT)) return run(SHIFT, { beta, mean, scale, ...(bias && { bias }) });
  return tf.tidy(() => tf.sub(beta, tf.mul(bias === null ? mean : tf.sub(mean, bias), scale)));
}

/** What the gradient of `gamma` is made of. */
export interface NormSlopes {
  /** The gradient with respect to the scaled weights, and the weights before: `[kh, kw, I, O]`. */
  readonly ofScaled: tf.Tensor;
  readonly weight: tf.Tensor;
  /** The sums of the gradient of the convolution's result, `[O]`. */
  readonly sums: tf.Tensor;
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
  readonly bias: tf.Tensor | null;
  readonly epsilon: number;
}

/**
 * The gradient of `gamma`: `(sum of ofScaled * weight - (mean - bias) * sums) / sqrt(variance + epsilon)`, `[O]`. The
 * caller disposes the result.
 */
export function normSlope(slopes: NormSlopes): tf.Tensor {
  const { ofScaled, weight, sums, mean, variance, bias, epsilon } = slopes;
  if (isProvided(SLOPE)) {
    return run(SLOPE, { ofScaled, weight, sums, mean, variance, ...(bias && { bias }) }, { epsilon });
  }
  return tf.tidy(() => {
    const ofWeights = columnSums(tf.mul(ofScaled, weight));
    const centre = bias === null ? mean : tf.sub(mean, bias);
    return tf.mul(tf.sub(ofWeights, tf.mul(centre, sums)), tf.rsqrt(tf.add(variance, epsilon)));
  });
}

function run(kernel: string, inputs: Record<string, tf.Tensor>, attrs: tf.NamedAttrMap = {}): tf.Tensor {
  return tf.engine().runKernel<tf.Tensor>(kernel, inputs, attrs);
}
