/** @file What tests of kernels share, whatever the back-end: seeded inputs, and gradients of convolutions at all paddings. */
import * as tf from '@tensorflow/tfjs-core';

/** Makes results from a seed; whoever calls disposes them, and tidies up the rest. */
export type Make = (seed: number) => tf.Tensor[];

export type Pad = 'same' | 'valid' | [[number, number], [number, number], [number, number], [number, number]];
export const PADS: readonly Pad[] = [
  'same',
  'valid',
  [
    [0, 0],
    [1, 2],
    [2, 1],
    [0, 0],
  ],
];

export const normal = (shape: number[], seed: number) =>
  tf.randomNormal<tf.Rank>(shape, 0, 1, 'float32', seed);

export const sumOfSquares = (y: tf.Tensor): tf.Scalar => tf.sum(tf.square(y));

/** Largest difference relative to the largest expected value; infinite where the lengths differ. */
export function worstError(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Infinity;
  const scale = Math.max(1e-6, ...expected.map(Math.abs));
  return Math.max(...actual.map((value, i) => Math.abs(value - (expected[i] ?? NaN)))) / scale;
}

interface Convolution {
  readonly kernel: number;
  readonly stride: number;
  readonly pad: Pad;
}

/** Gradients by input and filter. */
export function convolutionGradients({ kernel, stride, pad }: Convolution): Make {
  return (seed) => {
    const x = normal([2, 9, 7, 3], seed);
    const filter = normal([kernel, kernel, 3, 5], seed + 1);
    const loss = (a: tf.Tensor, b: tf.Tensor) =>
      sumOfSquares(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad));
    return tf.grads(loss)([x, filter]);
  };
}

/** The same of a depthwise convolution. */
export function depthwiseGradients({
  kernel,
  stride,
  pad,
  multiplier,
}: Convolution & { readonly multiplier: number }): Make {
  return (seed) => {
    const x = normal([2, 8, 9, 5], seed);
    const filter = normal([kernel, kernel, 5, multiplier], seed + 1);
    const loss = (a: tf.Tensor, b: tf.Tensor) =>
      sumOfSquares(tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad));
    return tf.grads(loss)([x, filter]);
  };
}
