/**
 * @file Small computations whose results are known from the CPU back-end. A driver that gets them wrong would train
 * garbage without a word; one that computes in half precision overflows or loses the small values here.
 */
import * as tf from '@tensorflow/tfjs-core';

export interface SelfTestCase {
  readonly name: string;
  /** The caller disposes the result. */
  readonly compute: () => tf.Tensor;
}

/** Largest relative error that counts as correct. float32 stays below 1e-4 here, half precision is above 1e-3. */
export const SELF_TEST_TOLERANCE = 5e-4;

/** Deterministic values in -1..1, the same on every back-end. */
function wave(shape: number[], step: number): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * step + 0.3)),
    shape,
  );
}

const image = () => wave([2, 9, 9, 8], 0.37) as tf.Tensor4D;
const squaredSum = (y: tf.Tensor): tf.Scalar => tf.sum(tf.square(y));

export const SELF_TESTS: readonly SelfTestCase[] = [
  {
    name: 'convolution',
    compute: () =>
      tf.fused.conv2d({
        x: image(),
        filter: wave([3, 3, 8, 12], 0.71) as tf.Tensor4D,
        strides: 2,
        pad: 'same',
        bias: wave([12], 1.1),
        activation: 'relu6',
      }),
  },
  {
    name: 'depthwise convolution',
    compute: () => tf.depthwiseConv2d(image(), wave([5, 5, 8, 1], 0.53) as tf.Tensor4D, 1, 'same'),
  },
  {
    // Sums of thousands of millions: far above the 65504 of half precision.
    name: 'large matrix product',
    compute: () => tf.matMul(tf.mul(wave([24, 300], 0.013), 4000), tf.mul(wave([300, 20], 0.017), 4000)),
  },
  {
    // Products near 1e-12, which half precision flushes to zero.
    name: 'small matrix product',
    compute: () => tf.matMul(tf.mul(wave([8, 64], 0.19), 1e-6), tf.mul(wave([64, 8], 0.23), 1e-6)),
  },
  { name: 'reduction', compute: () => tf.mean(tf.add(wave([3, 5000], 0.001), 100), 1) },
  {
    // Large logits: NaN unless the maximum is subtracted first.
    name: 'softmax',
    compute: () => tf.softmax(tf.mul(wave([4, 10], 0.9), 400)),
  },
  {
    name: 'gradient of a convolution',
    compute: () => {
      const loss = (filter: tf.Tensor) =>
        squaredSum(tf.relu(tf.conv2d(image(), filter as tf.Tensor4D, 2, 'same')));
      return tf.grad(loss)(wave([3, 3, 8, 6], 0.61));
    },
  },
  {
    name: 'gradient of the filter of a depthwise convolution',
    compute: () => {
      const loss = (filter: tf.Tensor) =>
        squaredSum(tf.depthwiseConv2d(image(), filter as tf.Tensor4D, 2, 'same'));
      return tf.grad(loss)(wave([3, 3, 8, 1], 0.43));
    },
  },
  {
    name: 'gradient of a depthwise convolution',
    compute: () => {
      const loss = (x: tf.Tensor) =>
        squaredSum(tf.depthwiseConv2d(x as tf.Tensor4D, wave([3, 3, 8, 1], 0.43) as tf.Tensor4D, 2, 'same'));
      return tf.grad(loss)(image());
    },
  },
];

/** The result of a case on the active back-end. */
export async function computeCase({ compute }: SelfTestCase): Promise<Float32Array> {
  const tensor = tf.tidy(compute);
  try {
    return await tensor.data<'float32'>();
  } finally {
    tensor.dispose();
  }
}

/** Largest difference, relative to the largest expected value. Infinity where a value is not finite. */
export function worstRelativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let scale = 0;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((actual[i] as number) - (expected[i] as number));
    if (!Number.isFinite(difference)) return Infinity;
    worst = Math.max(worst, difference);
    scale = Math.max(scale, Math.abs(expected[i] as number));
  }
  return scale === 0 ? worst : worst / scale;
}
