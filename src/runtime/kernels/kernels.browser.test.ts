import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import {
  convolutionGradients,
  depthwiseGradients,
  type Make,
  normal,
  PADS,
  sumOfSquares,
  worstError,
} from '../../testing/gradient-makers.ts';
import { openBackend } from '../backends.ts';
import {
  activation,
  activationGradient,
  biasedActivationGradient,
  channelScaleGradient,
  columnSums,
  hardSwish,
  hardSwishGradient,
  reluGradient,
  spreadOverPixels,
} from './elementwise.ts';
import { overlay } from './faster-kernels.ts';
import { kernelRunner } from './runner.ts';

beforeAll(async () => {
  expect(await openBackend('cpu')).toMatchObject({ status: 'open' });
  expect(await openBackend('wasm')).toMatchObject({ status: 'open' });
});

let before = 0;
async function compute(backend: 'wasm' | 'cpu', grads: Make): Promise<Float32Array[]> {
  await openBackend(backend);
  before = tf.memory().numTensors;
  const tensors = tf.tidy(() => grads(11));
  const values = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
  tf.dispose(tensors);
  return values;
}

async function expectSame(grads: Make) {
  const expected = await compute('cpu', grads);
  const actual = await compute('wasm', grads);
  expect(actual.length).toBe(expected.length);
  actual.forEach((values, i) => expect(worstError(values, expected[i]!)).toBeLessThan(1e-5));
}

afterEach(() => expect(tf.memory().numTensors).toBe(before));

const CASES = [1, 2, 3].flatMap((stride) =>
  [1, 3, 5].flatMap((kernel) => PADS.map((pad) => ({ stride, kernel, pad }))),
);

test.each(CASES)('gradients of a convolution: $kernel x $kernel, stride $stride, padding $pad', (given) =>
  expectSame(convolutionGradients(given)),
);

test.each(CASES.flatMap((given) => [1, 3].map((multiplier) => ({ ...given, multiplier }))))(
  'gradients of a depthwise convolution: $kernel x $kernel, stride $stride, padding $pad, multiplier $multiplier',
  (given) => expectSame(depthwiseGradients(given)),
);

test('the compiled kernels run on this back-end', async () => {
  await openBackend('wasm');
  before = tf.memory().numTensors;
  expect(kernelRunner(tf.backend())).toBeDefined();
});

test.each([1, 2])('a depthwise filter gradient in vectors, stride %i', async (stride) => {
  await expectSame((seed) => {
    const x = normal([3, 10, 11, 12], seed) as tf.Tensor4D;
    const filter = normal([5, 5, 12, 1], seed + 1) as tf.Tensor4D;
    const loss = (a: tf.Tensor, b: tf.Tensor) =>
      sumOfSquares(tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, 'same'));
    return tf.grads(loss)([x, filter]);
  });
});

// Sizes with whole vectors only, with a rest, and smaller than one vector.
test.each([64, 63, 3])('operations of one pass over %i channels', async (channels) => {
  await expectSame((seed) => {
    const x = tf.mul(normal([2, 3, 3, channels], seed), 4);
    const dy = normal([2, 3, 3, channels], seed + 1);
    return [
      hardSwish(x),
      hardSwishGradient(x, dy),
      reluGradient(x, dy, Infinity),
      reluGradient(x, dy, 6),
      columnSums(x),
      spreadOverPixels(normal([2, 1, 1, channels], seed), 3, 5, 0.25),
    ];
  });
});

test('hard-swish has the values of its definition', async () => {
  await openBackend('wasm');
  before = tf.memory().numTensors;
  const x = tf.tensor1d([-4, -3, -1.5, 0, 1, 3, 5, -2]);
  const [y, slope] = [hardSwish(x), tf.tidy(() => hardSwishGradient(x, tf.onesLike(x)))];
  const [values, slopes] = [y.dataSync(), slope.dataSync()];
  [0, 0, -0.375, 0, 2 / 3, 3, 5, -1 / 3].forEach((value, i) => expect(values[i]).toBeCloseTo(value, 6));
  [0, -0.5, 0, 0.5, 5 / 6, 1.5, 1, -1 / 6].forEach((value, i) => expect(slopes[i]).toBeCloseTo(value, 6));
  tf.dispose([x, y, slope]);
});

test('a gradient of a gather adds the rows that were taken more than once', async () => {
  await expectSame((seed) => {
    const table = normal([6, 4], seed);
    const ids = tf.tensor1d([0, 5, 2, 2, 0, 2], 'int32');
    return [tf.grad((t: tf.Tensor) => sumOfSquares(tf.gather(t, ids)))(table)];
  });
});

test.each([64, 63, 3])(
  'activations with the gradient of the bias before them, %i channels',
  async (channels) => {
    await expectSame((seed) => {
      const x = tf.mul(normal([3, 40, 11, channels], seed), 4);
      const dy = normal([3, 40, 11, channels], seed + 1);
      return (['relu', 'relu6', 'hard-swish', 'hard-sigmoid'] as const).flatMap((kind) => [
        activation(x, kind),
        activationGradient(x, dy, kind),
        ...biasedActivationGradient(x, dy, kind),
      ]);
    });
  },
);

test.each([16, 7])('gradients of squeeze and excite, %i channels', async (channels) => {
  await expectSame((seed) => [
    ...channelScaleGradient(
      normal([2, 5, 4, channels], seed),
      normal([2, 1, 1, channels], seed + 1),
      normal([2, 5, 4, channels], seed + 2),
    ),
  ]);
});

// Larger and smaller operand, both ways round: same, a row, a column, channels of a picture, a scalar, both broadcast.
test.each([
  [
    [3, 5, 7],
    [3, 5, 7],
  ],
  [[3, 5, 7], [7]],
  [
    [3, 5, 8],
    [5, 8],
  ],
  [
    [3, 5, 7],
    [3, 5, 1],
  ],
  [
    [2, 4, 5, 9],
    [2, 1, 1, 9],
  ],
  [[3, 5, 7], []],
  [
    [3, 1, 7],
    [1, 5, 1],
  ],
  [[4, 3], [3]],
  [[70, 700], [700]],
  [[50_000], [50_000]],
  [[0, 4], [4]],
])('sums, differences, products and their gradients: %j with %j', async (large, small) => {
  await expectSame((seed) => {
    const [a, b] = [normal(large, seed), normal(small, seed + 1)];
    const values = [tf.add(a, b), tf.sub(a, b), tf.sub(b, a), tf.mul(a, b), tf.mul(b, a)];
    const weighted = (x: tf.Tensor, y: tf.Tensor): tf.Scalar => tf.sum(tf.mul(tf.mul(x, y), x));
    return [...values, ...tf.grads(weighted)([a, b])];
  });
});

test('an overlay is found only where the smaller operand is repeated in one place', () => {
  expect(overlay([2, 3, 4], [2, 1, 4])).toMatchObject({ outer: 2, middle: 3, inner: 4, shared: false });
  expect(overlay([2, 3, 4], [3, 4])).toMatchObject({ outer: 1, middle: 2, inner: 12, shared: true });
  expect(overlay([2, 3, 4], [2, 3, 1])).toMatchObject({ outer: 6, inner: 4, splat: true });
  expect(overlay([2, 3, 4], [1, 3, 1])).toBeNull();
  expect(overlay([2, 1, 4], [2, 3, 4])).toBeNull();
});

test('clamps, sums over leading axes and means of pictures', async () => {
  await expectSame((seed) => {
    const x = tf.mul<tf.Tensor4D>(normal([2, 6, 5, 10], seed), 5);
    const pool = (y: tf.Tensor) => sumOfSquares(tf.avgPool(y as tf.Tensor4D, [6, 5], 1, 'valid'));
    return [
      tf.relu(x),
      tf.relu6(x),
      tf.sum(x, 0),
      tf.sum(x, [0, 1, 2]),
      tf.sum(x, [0, 1, 2], true),
      tf.sum(x, 3),
      tf.sum(x, [1, 2]),
      tf.avgPool(x, [6, 5], 1, 'valid'),
      tf.grad((y: tf.Tensor) => sumOfSquares(tf.relu(y)))(x),
      tf.grad((y: tf.Tensor) => sumOfSquares(tf.relu6(y)))(x),
      tf.grad(pool)(x),
    ];
  });
});

test('a clone outlives what it was cloned from', async () => {
  await openBackend('wasm');
  before = tf.memory().numTensors;
  const x = tf.tensor1d([1, 2, 3]);
  const clone = tf.clone(x);
  const other = tf.cast(x, 'float32');
  const whole = tf.cast(x, 'int32');
  x.dispose();
  expect([...clone.dataSync(), ...other.dataSync(), ...whole.dataSync()]).toEqual([
    1, 2, 3, 1, 2, 3, 1, 2, 3,
  ]);
  tf.dispose([clone, other, whole]);
});

// Sizes around the tile of 6 x 8, blocks of 48 and 256, and a depth that is cut into parts.
test.each([
  [1, 1, 1],
  [7, 9, 5],
  [6, 8, 300],
  [50, 3, 17],
  [5, 270, 261],
  [20, 12, 3000],
])('products of %i x %i, depth %i, in every transposition', async (rows, columns, depth) => {
  await expectSame((seed) =>
    [false, true].flatMap((ta) =>
      [false, true].flatMap((tb) => {
        const shapes = (batch: number[]) =>
          [
            [...batch, ...(ta ? [depth, rows] : [rows, depth])],
            [...batch, ...(tb ? [columns, depth] : [depth, columns])],
          ] as const;
        const [a, b] = shapes([]);
        const [stack, other] = shapes([2]);
        return [
          tf.matMul(normal([...a], seed), normal([...b], seed + 1), ta, tb),
          tf.matMul(normal([...stack], seed), normal([...other], seed + 1), ta, tb),
          tf.matMul(normal([...stack], seed), normal([1, ...b], seed + 1), ta, tb),
        ];
      }),
    ),
  );
});

// tfjs's own CPU kernels ignore dilation here, so the reference is the definition of the derivative.
test('gradients of a dilated depthwise convolution agree with finite differences', async () => {
  await openBackend('wasm');
  before = tf.memory().numTensors;
  const shape = [1, 7, 6, 2] as [number, number, number, number];
  const filterShape = [3, 3, 2, 2] as [number, number, number, number];
  const x = Float32Array.from({ length: 84 }, (_, i) => Math.sin(i * 1.3));
  const filter = Float32Array.from({ length: 36 }, (_, i) => Math.cos(i * 0.7));
  const attrs = { strides: [1, 1], dilations: [2, 2], pad: 'same', dimRoundingMode: 'floor' };
  const lossOf = (xs: Float32Array, fs: Float32Array) =>
    tf.tidy(() => {
      const y = tf.depthwiseConv2d(
        tf.tensor4d(xs, shape),
        tf.tensor4d(fs, filterShape),
        1,
        'same',
        'NHWC',
        2,
      );
      return tf.sum(y).dataSync<'float32'>()[0]!;
    });
  const run = (kernel: string, inputs: Record<string, tf.Tensor>, extra: object) =>
    tf.tidy(() =>
      tf
        .engine()
        .runKernel<tf.Tensor>(kernel, inputs, { ...attrs, ...extra })
        .dataSync<'float32'>(),
    );
  const ones = tf.ones([1, 7, 6, 4]);
  const xTensor = tf.tensor4d(x, shape);
  const filterTensor = tf.tensor4d(filter, filterShape);
  const dx = run(
    'DepthwiseConv2dNativeBackpropInput',
    { dy: ones, filter: filterTensor },
    { inputShape: shape },
  );
  const dw = run('DepthwiseConv2dNativeBackpropFilter', { x: xTensor, dy: ones }, { filterShape });
  tf.dispose([ones, xTensor, filterTensor]);
  const difference = (values: Float32Array, i: number, loss: () => number) => {
    const kept = values[i]!;
    values[i] = kept + 0.5;
    const above = loss();
    values[i] = kept - 0.5;
    const below = loss();
    values[i] = kept;
    return above - below; // The loss is linear in each of the two, so the step may be large.
  };
  for (let i = 0; i < x.length; i += 5)
    expect(dx[i]).toBeCloseTo(
      difference(x, i, () => lossOf(x, filter)),
      4,
    );
  for (let i = 0; i < filter.length; i += 5) {
    expect(dw[i]).toBeCloseTo(
      difference(filter, i, () => lossOf(x, filter)),
      4,
    );
  }
});
