import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { Graph, Node } from '../model/ir.ts';
import { GraphExecutor } from '../run/executor.ts';
import type { TensorValue } from './value.ts';

const node = (op: string, inputs: string[], output: string): Node => ({
  name: op,
  op,
  inputs,
  outputs: [output],
  attributes: {},
});

test('a gradient passes a rounded activation, but not where it was cut off', async () => {
  await tf.setBackend('cpu');
  const graph: Graph = {
    inputs: [{ name: 'x', dtype: 'float32', shape: [4] }],
    outputs: ['y'],
    nodes: [
      node('QuantizeLinear', ['x', 'scale', 'zero'], 'codes'),
      node('DequantizeLinear', ['codes', 'scale', 'zero'], 'y'),
    ],
    parameters: new Map([
      ['scale', { name: 'scale', role: 'constant', dtype: 'float32', shape: [], data: Float32Array.of(0.5) }],
      ['zero', { name: 'zero', role: 'constant', dtype: 'int8', shape: [], data: Int8Array.of(0) }],
    ]),
  };
  const executor = new GraphExecutor(graph);
  const run = (tensor: tf.Tensor) => {
    const feeds = new Map([['x', { kind: 'tensor', dtype: 'float32', tensor } as const]]);
    return (executor.run({ feeds }).get('y') as TensorValue).tensor;
  };
  const x = tf.tensor1d([0.3, -1.1, 100, -100]);
  const weights = tf.tensor1d([1, 2, 3, 4]);
  expect([...run(x).dataSync()]).toEqual([0.5, -1, 63.5, -64]);
  const slope = tf.grad((value) => tf.sum(tf.mul(run(value), weights)))(x);
  expect([...slope.dataSync()]).toEqual([1, 2, 0, 0]);
  executor.dispose();
});
