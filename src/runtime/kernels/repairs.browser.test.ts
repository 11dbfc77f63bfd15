import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { BackendName } from '../../core/device.ts';
import { openBackend } from '../backends.ts';

async function compute(backend: BackendName, run: () => tf.Tensor[]): Promise<Float32Array[]> {
  expect(await openBackend(backend)).toMatchObject({ status: 'open' });
  // Memory that a kernel forgets to clear shall not be zero by chance.
  for (const size of [24, 72, 100, 162, 200, 400]) tf.fill([size], 1e8).dispose();
  const before = tf.memory().numTensors;
  const tensors = tf.tidy(run);
  const values = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
  tf.dispose(tensors);
  expect(tf.memory().numTensors).toBe(before);
  return values;
}

async function expectAsOnCpu(backend: BackendName, run: () => tf.Tensor[]) {
  const expected = await compute('cpu', run);
  const actual = await compute(backend, run);
  actual.forEach((values, i) =>
    values.forEach((value, at) =>
      expect(value, `result ${i}, element ${at}`).toBeCloseTo(expected[i]![at]!, 3),
    ),
  );
}

const normal = (shape: number[], seed: number) => tf.randomNormal<tf.Rank>(shape, 0, 1, 'float32', seed);
const volume = (seed: number) => normal([2, 5, 4, 6, 2], seed) as tf.Tensor5D;
const squaredSum = (y: tf.Tensor): tf.Scalar => tf.sum(tf.square(y));

test.each([
  { strides: 1, pad: 'valid' },
  { strides: 2, pad: 'same' },
] as const)(
  'gradients of a convolution over three axes on wasm, $pad, step $strides',
  async ({ strides, pad }) => {
    await expectAsOnCpu('wasm', () =>
      tf.grads((x: tf.Tensor, filter: tf.Tensor) =>
        squaredSum(tf.conv3d(x as tf.Tensor5D, filter as tf.Tensor5D, strides, pad)),
      )([volume(3), normal([3, 2, 3, 2, 3], 4)]),
    );
  },
);

test.each(['maxPool3d', 'avgPool3d'] as const)('%s on wasm, and its gradient, below zero', async (pool) => {
  await expectAsOnCpu('wasm', () => {
    const x = tf.sub(volume(5), 10);
    const run = (a: tf.Tensor) => tf[pool](a as tf.Tensor5D, 2, [2, 1, 2], 'same');
    return [run(x), tf.grad((a: tf.Tensor) => squaredSum(run(a)))(x)];
  });
});

test.each<[string, number[], [number, number], [number, number], 'same' | 'valid']>([
  ['halving', [2, 6, 8, 3], [2, 2], [2, 2], 'valid'],
  ['overlapping, of odd sizes', [1, 7, 5, 2], [3, 3], [2, 2], 'same'],
  ['along one axis', [1, 3, 8, 5], [1, 2], [1, 2], 'valid'],
])('the gradient of maxima over two axes on wasm, below zero: %s', async (_, shape, size, strides, pad) => {
  await expectAsOnCpu('wasm', () => {
    const run = (a: tf.Tensor) => tf.maxPool(a as tf.Tensor4D, size, strides, pad);
    return [0, 10].map((below) =>
      tf.grad((a: tf.Tensor) => squaredSum(run(a)))(tf.sub(normal(shape, 7), below)),
    );
  });
});

test('integers survive casts and transposes on webgpu', async () => {
  await expectAsOnCpu('webgpu', () => {
    const whole = tf.cast(tf.mul(tf.range(0, 24, 1, 'float32'), 3), 'int32');
    const turned = tf.transpose(tf.reshape(whole, [2, 3, 4]), [2, 0, 1]);
    const floats = tf.transpose(tf.cast(turned, 'float32'), [1, 0, 2]);
    return [
      turned,
      floats,
      tf.prod(
        tf.tensor2d([
          [2, 3],
          [4, 5],
        ]),
        1,
        true,
      ),
    ];
  });
});

test('sums from the end, of axes of several lengths, on webgpu', async () => {
  await expectAsOnCpu('webgpu', () =>
    [4, 7, 3].map((length) => tf.cumsum(tf.range(1, length + 1, 1, 'float32'), 0, true, true)),
  );
});

test('slices on wasm, of each rank and type', async () => {
  await expectAsOnCpu('wasm', () => {
    const numbers = tf.range(0, 2 * 3 * 40 * 5 * 2, 1, 'float32');
    const cut = (shape: number[], begin: number[], size: number[]) =>
      tf.slice(tf.reshape(numbers, shape), begin, size);
    const whole = tf.cast(tf.range(0, 24, 1, 'float32'), 'int32');
    return [
      cut([2400], [30], [70]),
      cut([2400], [0], [2400]),
      cut([60, 40], [2, 3], [58, 37]),
      cut([60, 40], [2, 0], [3, 40]),
      cut([60, 40], [2, 3], [3, 2]),
      cut([6, 40, 10], [1, 39, 0], [5, 1, 10]),
      cut([6, 40, 10], [1, 3, 4], [2, 30, 0]),
      cut([2, 3, 40, 10], [1, 0, 2, 0], [1, 3, 30, 10]),
      cut([2, 3, 40, 5, 2], [0, 1, 2, 3, 1], [2, 2, 30, 2, 1]),
      tf.slice(tf.reshape(whole, [4, 6]), [1, 2], [2, 3]),
      tf.cast(tf.slice(tf.tensor1d([1, 0, 1, 1], 'bool'), [1], [2]), 'float32'),
    ];
  });
});
