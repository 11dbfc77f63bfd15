import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, test } from 'vitest';
import {
  convolutionGradients,
  depthwiseGradients,
  type Make,
  normal,
  PADS,
  sumOfSquares,
  worstError,
} from '../../../testing/gradient-makers.ts';
import { openBackend } from '../../backends.ts';
import { activation, activationGradient, biasedActivationGradient } from '../elementwise.ts';
import { normScale, normShift, normSlope } from '../norm-folding.ts';
import { partsOfProduct, rowsAtOnce } from './conv-gradients.ts';

const BACKENDS = ['webgl', 'webgpu'] as const;

async function compute(backend: 'cpu' | (typeof BACKENDS)[number], make: Make): Promise<Float32Array[]> {
  expect(await openBackend(backend)).toMatchObject({ status: 'open' });
  const before = tf.memory();
  const tensors = tf.tidy(() => make(11));
  const values = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
  tf.dispose(tensors);
  const after = tf.memory();
  expect(after.numTensors).toBe(before.numTensors);
  expect(after.numDataBuffers).toBe(before.numDataBuffers);
  return values;
}

/** Each on its own, so that a back-end that is not there fails its own test only. */
async function expectSame(make: Make) {
  const expected = await compute('cpu', make);
  for (const backend of BACKENDS) {
    const actual = await compute(backend, make);
    expect(actual.length).toBe(expected.length);
    actual.forEach((values, i) =>
      expect(worstError(values, expected[i]!), `${backend}, result ${i}`).toBeLessThan(2e-5),
    );
  }
}

afterAll(() => openBackend('cpu'));

test.each([
  { kernel: 1, stride: 1 },
  { kernel: 1, stride: 2 },
  { kernel: 3, stride: 1 },
  { kernel: 5, stride: 2 },
  { kernel: 3, stride: 3 },
])('gradients of a convolution: $kernel x $kernel, stride $stride', async (given) => {
  for (const pad of PADS) await expectSame(convolutionGradients({ ...given, pad }));
});

test.each([
  { kernel: 3, stride: 1, multiplier: 1 },
  { kernel: 5, stride: 2, multiplier: 1 },
  { kernel: 3, stride: 2, multiplier: 3 },
  { kernel: 1, stride: 1, multiplier: 2 },
])(
  'gradients of a depthwise convolution: $kernel x $kernel, stride $stride, multiplier $multiplier',
  async (given) => {
    for (const pad of PADS) await expectSame(depthwiseGradients({ ...given, pad }));
  },
);

test('gradients whose sums are cut into parts', async () => {
  await expectSame((seed) => {
    const x = normal([2, 40, 40, 4], seed) as tf.Tensor4D;
    const across = (filter: tf.Tensor) => sumOfSquares(tf.conv2d(x, filter as tf.Tensor4D, [2, 1], 'same'));
    const each = (filter: tf.Tensor) => sumOfSquares(tf.depthwiseConv2d(x, filter as tf.Tensor4D, 1, 'same'));
    return [
      tf.grad(across)(normal([3, 3, 4, 4], seed + 1)),
      tf.grad(each)(normal([3, 3, 4, 1], seed + 2)),
      tf.grad((filter: tf.Tensor) => sumOfSquares(tf.conv2d(x, filter as tf.Tensor4D, 1, 'same')))(
        normal([1, 1, 4, 8], seed + 3),
      ),
    ];
  });
});

test('sums over leading axes, from one pass to three', async () => {
  await expectSame((seed) => [
    ...[1, 63, 256, 257, 700, 5000, 20_000].map((rows) => tf.sum(normal([rows, 3], seed), 0)),
    tf.sum(normal([2, 5, 3, 4], seed), [0, 1, 2]),
    tf.sum(normal([2, 5, 3, 4], seed), [0, 1], true),
    tf.sum(normal([2, 5, 3, 4], seed), [0, 2]),
    tf.sum(normal([4, 3], seed), [-2]),
    tf.sum(tf.cast(normal([4, 3], seed), 'int32'), 0),
  ]);
});

// Channels in whole groups of four, and not.
test.each([8, 7])('activations and their slopes, %i channels', async (channels) => {
  await expectSame((seed) => {
    const x = tf.mul(normal([2, 5, 3, channels], seed), 4);
    const dy = normal([2, 5, 3, channels], seed + 1);
    return (['relu', 'relu6', 'hard-swish', 'hard-sigmoid'] as const).flatMap((kind) => [
      activation(x, kind),
      activationGradient(x, dy, kind),
      ...biasedActivationGradient(x, dy, kind),
      // What a packed result holds beside its elements must not count.
      tf.matMul(
        tf.reshape(activation(x, kind), [30, channels]),
        tf.reshape(activationGradient(x, dy, kind), [30, channels]),
        true,
      ),
    ]);
  });
});

test.each([true, false])('what a folded normalisation needs, bias: %s', async (biased) => {
  await expectSame((seed) => {
    const vector = (i: number) => normal([6], seed + i);
    const bias = biased ? vector(1) : null;
    const [gamma, beta, mean, sums] = [2, 3, 4, 5].map(vector) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const variance = tf.abs(vector(6));
    const epsilon = 1e-3;
    const [ofScaled, weight] = [normal([3, 3, 8, 6], seed + 7), normal([3, 3, 8, 6], seed + 8)];
    const scale = normScale({ gamma, variance, epsilon });
    return [
      scale,
      normShift({ beta, mean }, bias, scale),
      normSlope({ ofScaled, weight, sums, mean, variance, bias, epsilon }),
    ];
  });
});

test.each(BACKENDS)('memory of the GPU is given back, %s', async (backend) => {
  const used = async () => {
    await compute(backend, (seed) => {
      const x = normal([2, 20, 20, 4], seed) as tf.Tensor4D;
      const loss = (filter: tf.Tensor, depth: tf.Tensor) => {
        const y = tf.depthwiseConv2d(
          tf.conv2d(x, filter as tf.Tensor4D, 1, 'same'),
          depth as tf.Tensor4D,
          1,
          'same',
        );
        return sumOfSquares(y);
      };
      const filters = [normal([1, 1, 4, 8], seed + 1), normal([3, 3, 8, 1], seed + 2)];
      return [...tf.grads(loss)(filters), activationGradient(x, x, 'hard-swish')];
    });
    return (tf.memory() as tf.MemoryInfo & { numBytesInGPU: number }).numBytesInGPU;
  };
  await used();
  const once = await used();
  for (let i = 0; i < 3; i++) await used();
  expect(await used()).toBe(once);
});

// What tfjs calls the gradient of a dilated depthwise convolution ignores the dilation: this is the definition, on cpu.
test('the filter gradient of a dilated depthwise convolution', async () => {
  const attrs = { strides: [1, 1], dilations: [2, 2], pad: 'same', dimRoundingMode: 'floor' };
  const run = (seed: number) => {
    const x = normal([1, 7, 6, 2], seed) as tf.Tensor4D;
    const dy = normal([1, 7, 6, 4], seed + 1) as tf.Tensor4D;
    return { x, dy };
  };
  const taps = await compute('cpu', (seed) => {
    const { x, dy } = run(seed);
    // The loss is linear in the filter: its slope by an element is its value where that element alone is one.
    return Array.from({ length: 36 }, (_, i) => {
      const filter = tf.reshape<tf.Rank.R4>(tf.oneHot(tf.tensor1d([i], 'int32'), 36), [3, 3, 2, 2]);
      const y = tf.depthwiseConv2d(x, tf.cast(filter, 'float32'), 1, 'same', 'NHWC', 2);
      return tf.sum(tf.mul(y, dy));
    });
  });
  for (const backend of BACKENDS) {
    const [slopes] = await compute(backend, (seed) => [
      tf.engine().runKernel<tf.Tensor>('DepthwiseConv2dNativeBackpropFilter', run(seed), {
        ...attrs,
        filterShape: [3, 3, 2, 2],
      }),
    ]);
    taps.forEach(([value], i) => expect(slopes![i], `${backend}, ${i}`).toBeCloseTo(value!, 4));
  }
});

test('parts are equal, enough for the GPU, and not too short', () => {
  const pixels = 16 * 112 * 112;
  expect(pixels % partsOfProduct(pixels, 16 * 16)).toBe(0);
  expect(partsOfProduct(pixels, 16 * 16)).toBeGreaterThan(250);
  expect(partsOfProduct(16 * 49, 576 * 96)).toBe(1);
  expect(partsOfProduct(7 * 11 * 13, 4)).toBe(13);
  expect(rowsAtOnce(16 * 112, 112, 144)).toBe(2);
  expect(rowsAtOnce(16 * 7, 7, 14_400)).toBe(37);
  // A large filter has fewer parts than its loops would want.
  expect((16 * 7) / rowsAtOnce(16 * 7, 7, 9 * 512 * 512)).toBe(1);
});
