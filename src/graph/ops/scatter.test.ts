import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Graph } from '../model/ir.ts';
import { GraphExecutor } from '../run/executor.ts';
import { hostValue, type Value } from './value.ts';

beforeAll(() => tf.setBackend('cpu'));

function scatterNd(reduction: string): GraphExecutor {
  const graph: Graph = {
    inputs: ['x', 'indices', 'updates'].map((name) => ({ name, dtype: 'float32', shape: null })),
    outputs: ['y'],
    nodes: [
      {
        name: 'scatter',
        op: 'ScatterND',
        inputs: ['x', 'indices', 'updates'],
        outputs: ['y'],
        attributes: { reduction },
      },
    ],
    parameters: new Map(),
  };
  return new GraphExecutor(graph);
}

const onDevice = (tensor: tf.Tensor): Value => ({ kind: 'tensor', dtype: 'float32', tensor });

function scattered(reduction: string, x: Value, places: readonly number[], updates: Value): tf.Tensor {
  const feeds = new Map([
    ['x', x],
    ['indices', hostValue([...places], [places.length, 1], 'int64')],
    ['updates', updates],
  ]);
  const y = scatterNd(reduction).run({ feeds }).get('y');
  if (y?.kind !== 'tensor') throw new Error('expected a tensor');
  return y.tensor;
}

test.each([
  ['mul', [2, 3, -770, 4]],
  ['max', [2, 3, 11, 4]],
  ['min', [2, 3, -1, 1]],
])('%s joins all that meet at one place', async (reduction, expected) => {
  const x = onDevice(tf.tensor1d([2, 3, 5, 4]));
  const updates = onDevice(tf.tensor1d([7, 11, 1, -1, 2]));
  const y = scattered(reduction, x, [2, 2, 3, -2, 2], updates);
  expect([...(await y.data())]).toEqual(expected);
});

test.each(['max', 'min'])(
  'of equals %s gives the gradient to what was there, then to the first',
  async (reduction) => {
    const [x, updates] = [tf.tensor1d([1, 1]), tf.tensor1d([1, 1])];
    const better = tf.tensor1d(reduction === 'max' ? [2, 2] : [0, 0]);
    const gradients = (given: tf.Tensor) =>
      tf.grads((a: tf.Tensor, b: tf.Tensor) => scattered(reduction, onDevice(a), [0, 0], onDevice(b)))([
        x,
        given,
      ]);
    const values = async (tensors: tf.Tensor[]) =>
      Promise.all(tensors.map(async (tensor) => [...(await tensor.data())]));
    expect(await values(gradients(updates))).toEqual([
      [1, 1],
      [0, 0],
    ]);
    expect(await values(gradients(better))).toEqual([
      [0, 1],
      [1, 0],
    ]);
  },
);

test('a place outside is refused', () => {
  const x = onDevice(tf.tensor1d([2, 3]));
  expect(() => scattered('mul', x, [2], onDevice(tf.tensor1d([1])))).toThrow('outside 2 elements');
});
