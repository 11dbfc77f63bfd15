import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Graph, Node, Parameter } from '../model/ir.ts';
import type { TensorValue } from '../ops/value.ts';
import { GraphExecutor } from './executor.ts';

beforeAll(() => tf.setBackend('cpu'));

const node = (op: string, inputs: string[], output: string): Node => ({
  name: `${op}-${output}`,
  op,
  inputs,
  outputs: [output],
  attributes: {},
});

const scale: Parameter = {
  name: 'scale',
  role: 'weight',
  dtype: 'float32',
  shape: [2],
  data: Float32Array.of(2, -3),
};

/** `tanh(x * scale) + x`. */
const graph: Graph = {
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
  outputs: ['y'],
  nodes: [
    node('Mul', ['x', 'scale'], 'product'),
    node('Tanh', ['product'], 'bent'),
    node('Add', ['bent', 'x'], 'y'),
  ],
  parameters: new Map([['scale', scale]]),
};

const feed = (tensor: tf.Tensor) => new Map([['x', { kind: 'tensor', dtype: 'float32', tensor } as const]]);

test('a run leaves its result and the uploaded parameters, and nothing after disposal', () => {
  const x = tf.tensor2d([[0.5, 0.25]]);
  const executor = new GraphExecutor(graph);
  const before = tf.memory().numTensors;
  const y = executor.run({ feeds: feed(x) }).get('y') as TensorValue;
  expect(y.tensor.dataSync()[0]).toBeCloseTo(Math.tanh(1) + 0.5, 6);
  expect(tf.memory().numTensors).toBe(before + 2);
  y.tensor.dispose();
  executor.dispose();
  expect(tf.memory().numTensors).toBe(before);
  x.dispose();
});

test('it starts at a value inside the graph and stops at another', () => {
  const executor = new GraphExecutor(graph);
  const product = { kind: 'tensor', dtype: 'float32', tensor: tf.tensor1d([1]) } as const;
  const results = executor.run({ feeds: new Map([['product', product]]), outputs: ['bent'] });
  expect((results.get('bent') as TensorValue).tensor.dataSync()[0]).toBeCloseTo(Math.tanh(1), 6);
  executor.dispose();
});

test('variables in place of parameters receive gradients', () => {
  const executor = new GraphExecutor(graph);
  const x = tf.tensor2d([[0.5, 0.25]]);
  const gradient = tf.grad((weight: tf.Tensor) => {
    const results = executor.run({ feeds: feed(x), parameters: () => weight });
    return tf.sum((results.get('y') as TensorValue).tensor);
  })(tf.tensor1d([2, -3]));
  const slope = (at: number, input: number) => input * (1 - Math.tanh(at) ** 2);
  const [first, second] = gradient.dataSync();
  expect(first).toBeCloseTo(slope(1, 0.5), 5);
  expect(second).toBeCloseTo(slope(-0.75, 0.25), 5);
});

test('the largest and the smallest of more numbers than a call may have arguments', () => {
  const data = Float64Array.from({ length: 300_000 }, (_, i) => (i === 123_456 ? 300_001 : -i));
  const executor = new GraphExecutor({
    inputs: [{ name: 'many', dtype: 'int64', shape: [data.length] }],
    outputs: ['most', 'least'],
    nodes: [node('ReduceMax', ['many'], 'most'), node('ReduceMin', ['many'], 'least')],
    parameters: new Map(),
  });
  const many = { kind: 'host', dtype: 'int64', shape: [data.length], data } as const;
  const results = executor.run({ feeds: new Map([['many', many]]) });
  expect(results.get('most')).toMatchObject({ kind: 'host', data: Float64Array.of(300_001) });
  expect(results.get('least')).toMatchObject({ kind: 'host', data: Float64Array.of(-299_999) });
  executor.dispose();
});
