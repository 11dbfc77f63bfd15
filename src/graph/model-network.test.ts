import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { toyMobileNet } from '../testing/toy-model.ts';
import { asImageTrunk, towards } from './image-trunk.ts';
import { ModelNetwork } from './model-network.ts';
import type { OpenTrunk } from './trunk-network.ts';

beforeAll(() => tf.setBackend('cpu'));

const SIZE = 8;
const STRIDES = [2, 1, 1, 1, 1, 1] as const;
const network = () =>
  new ModelNetwork(
    asImageTrunk(toyMobileNet(SIZE, STRIDES), {
      inputSize: SIZE,
      ...towards([-1, 1]),
      featureAxes: 4,
    }),
  );
const pictures = (count: number) =>
  tf.randomUniform<tf.Rank.R4>([count, SIZE, SIZE, 3], 0, 255, 'float32', 4);
const FROZEN = { batchNorm: 'frozen' } as const;

function difference(a: tf.Tensor, b: tf.Tensor): number {
  return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] ?? NaN;
}

test('the blocks are those of the network, from pixels to pooled features', () => {
  const trunk = network();
  expect(trunk.blocks.map(({ name, kind, outputShape }) => [name, kind, outputShape])).toEqual([
    ['stem', 'stem', [4, 4, 4]],
    ['blocks.0', 'inverted-residual', [2, 2, 4]],
    ...[1, 2, 3, 4, 5].map((i) => [`blocks.${i}`, 'inverted-residual', [2, 2, 4]]),
    ['last', 'conv', [12]],
  ]);
  expect([trunk.inputSize, trunk.featureSize, trunk.cutShape(0)]).toEqual([SIZE, 12, [SIZE, SIZE, 3]]);
  expect(() => trunk.cutShape(9)).toThrow(RangeError);
  trunk.dispose();
});

test('running in parts, or open, is running as a whole', () => {
  const trunk = network();
  const x = pictures(2);
  const whole = trunk.run(x, 0, 8);
  for (let cut = 0; cut <= 8; cut++) {
    const below = trunk.run(x, 0, cut);
    expect(below.shape.slice(1)).toEqual(trunk.cutShape(cut));
    expect(difference(trunk.run(below, cut, 8), whole)).toBeLessThan(1e-6);
    const open = trunk.open(cut);
    expect(difference(open.forward(below, FROZEN), whole)).toBeLessThan(1e-6);
    open.dispose();
  }
});

/** A loss with a slope everywhere, of given weights of the open part. */
function lossOf(open: OpenTrunk, x: tf.Tensor): tf.Scalar {
  return tf.tidy(() => tf.sum(tf.sin(open.forward(x, FROZEN))));
}

test('gradients above the cut agree with finite differences', () => {
  const trunk = network();
  const below = trunk.run(pictures(2), 0, 6);
  const open = trunk.open(6);
  const names = open.parameters.map(({ name }) => name);
  expect(names.every((name) => name.startsWith('blocks.5') || name.startsWith('last'))).toBe(true);
  expect(open.parameters.filter(({ decay }) => decay).map(({ name }) => name)).toEqual(
    names.filter((name) => name.endsWith('weight')),
  );
  const variables = open.parameters.map(({ variable }) => variable);
  const { grads } = tf.variableGrads(() => lossOf(open, below), variables);
  for (const { name, variable } of open.parameters) {
    const values = variable.dataSync().slice();
    const at = Math.floor(values.length / 2);
    const shifted = (by: number) => {
      const moved = values.slice();
      moved[at] = (values[at] ?? 0) + by;
      tf.tidy(() => variable.assign(tf.tensor(moved, variable.shape)));
      return lossOf(open, below).dataSync()[0] ?? NaN;
    };
    const numeric = (shifted(1e-2) - shifted(-1e-2)) / 2e-2;
    shifted(0);
    const analytic = grads[variable.name]?.dataSync()[at] ?? NaN;
    expect(Math.abs(analytic - numeric), name).toBeLessThan(2e-2 * Math.max(0.1, Math.abs(numeric)));
  }
});

test('batch mode normalises by the batch and follows it with a share of 0.1', async () => {
  const trunk = network();
  const x = pictures(3);
  const below = trunk.run(x, 0, 7);
  const open = trunk.open(7);
  const before = await open.weights();
  const product = tf.conv2d(
    below as tf.Tensor4D,
    tf.tensor4d(before.get('last.conv.weight')?.data ?? [], [1, 1, 4, 12]),
    1,
    'same',
  );
  const { mean, variance } = tf.moments(product, [0, 1, 2]);
  open.forward(below, { batchNorm: 'batch' });
  const after = await open.weights();
  for (const [name, seen] of [
    ['last.bn.mean', mean],
    // Unbiased, as PyTorch follows it: 12 pixels.
    ['last.bn.variance', tf.mul(variance, 12 / 11)],
  ] as const) {
    const old = tf.tensor(toyMobileNet(SIZE, STRIDES).parameters.get(name)?.data as Float32Array);
    const expected = tf.add(tf.mul(old, 0.9), tf.mul(seen, 0.1));
    expect(difference(tf.tensor(after.get(name)?.data ?? []), expected)).toBeLessThan(1e-5);
  }
  expect(after.get('last.bn.gamma')).toEqual(before.get('last.bn.gamma'));
});

test('new weights make another network, and restoring undoes a change', async () => {
  const trunk = network();
  const x = pictures(1);
  const open = trunk.open(2);
  const first = await open.weights();
  for (const { variable } of open.parameters) tf.tidy(() => variable.assign(tf.mul(variable, 1.5)));
  const tuned = trunk.withWeights(await open.weights());
  const below = trunk.run(x, 0, 2);
  // Weights are half as large again, and so values grow from layer to layer: compared with the largest.
  const grown = tuned.run(x, 0, 8);
  const largest = tf.max(tf.abs(grown)).dataSync()[0] ?? NaN;
  expect(difference(grown, open.forward(below, FROZEN)) / largest).toBeLessThan(1e-6);
  open.restore(first);
  expect(difference(trunk.run(x, 0, 8), open.forward(below, FROZEN))).toBeLessThan(1e-6);
  const wrong = new Map([['last.bn.gamma', { shape: [3], data: new Float32Array(3) }]]);
  expect(() => trunk.withWeights(wrong)).toThrow(expect.objectContaining({ code: 'project-damaged' }));
});

test('training steps leave no tensors', () => {
  const x = pictures(2);
  const before = tf.memory().numTensors;
  const trunk = network();
  const open = trunk.open(1);
  const variables = open.parameters.map(({ variable }) => variable);
  const step = (batchNorm: 'frozen' | 'batch') => {
    tf.tidy(() => {
      const below = trunk.run(x, 0, 1);
      const { grads } = tf.variableGrads(() => tf.sum(open.forward(below, { batchNorm })), variables);
      for (const variable of variables) {
        variable.assign(tf.sub(variable, tf.mul(grads[variable.name] as tf.Tensor, 1e-3)));
      }
    });
  };
  step('frozen');
  step('batch');
  const after = tf.memory().numTensors;
  for (let i = 0; i < 5; i++) step(i % 2 === 0 ? 'frozen' : 'batch');
  expect(tf.memory().numTensors).toBe(after);
  open.dispose();
  trunk.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('a network with channels first is fed and pooled along its own axes', () => {
  const inner = toyMobileNet(SIZE, [1]);
  const turn = (from: string, to: string, perm: number[]) => ({
    name: to,
    op: 'Transpose',
    inputs: [from],
    outputs: [to],
    attributes: { perm },
  });
  const graph = {
    ...inner,
    inputs: [{ name: 'nchw', dtype: 'float32' as const, shape: [null, 3, SIZE, SIZE] }],
    outputs: ['out'],
    nodes: [
      turn('nchw', 'x', [0, 2, 3, 1]),
      ...inner.nodes,
      turn(inner.outputs[0] ?? '', 'out', [0, 3, 1, 2]),
    ],
  };
  const frame = { inputSize: SIZE, ...towards([0, 1]), featureAxes: 4 };
  const first = new ModelNetwork(asImageTrunk(graph, { ...frame, channelsFirst: true }));
  const last = new ModelNetwork(asImageTrunk(inner, frame));
  const x = pictures(2);
  expect(difference(first.run(x, 0, first.blocks.length), last.run(x, 0, last.blocks.length))).toBeLessThan(
    1e-6,
  );
});
