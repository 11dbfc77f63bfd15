import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Node } from '../model/ir.ts';
import type { Value } from '../ops/value.ts';
import { hostInts } from '../ops/value.ts';
import { GraphExecutor } from './executor.ts';
import { disposeValue } from './values.ts';

beforeAll(() => tf.setBackend('cpu'));

const floats = (shape: number[]): Value => ({ kind: 'tensor', dtype: 'float32', tensor: tf.ones(shape) });
const whole = (values: number[]): Value => hostInts(values);

/** The elements of a result, made under a limit of `elements`. */
function made(op: string, inputs: Value[], elements: number, attributes: Node['attributes'] = {}): number {
  const names = inputs.map((_, i) => `x${i}`);
  const node: Node = { name: op, op, inputs: names, outputs: ['y'], attributes };
  const executor = new GraphExecutor({
    inputs: names.map((name) => ({ name, dtype: 'float32', shape: null })),
    outputs: ['y'],
    nodes: [node],
    parameters: new Map(),
  });
  const feeds = new Map(names.map((name, i) => [name, inputs[i] as Value]));
  const value = executor.run({ feeds, limits: { elements, turns: 1 } }).get('y');
  if (value?.kind !== 'tensor') throw new Error('no tensor');
  const { size } = value.tensor;
  disposeValue(value);
  return size;
}

test.each<[string, Value[], number, Node['attributes']?]>([
  ['Gather', [floats([50, 4]), whole([3, 1, 2])], 12],
  ['Gather', [floats([4, 50]), whole([3, 1])], 8, { axis: 1 }],
  ['Expand', [floats([4, 1, 1, 8]), whole([4, 1, 8, 8])], 256],
  ['MatMul', [floats([4, 3, 8, 2]), floats([4, 3, 2, 8])], 768],
  ['MatMul', [floats([4, 8, 2]), floats([2, 5])], 160],
  ['Tile', [floats([2, 3]), whole([2, 2])], 24],
])('%s is counted as what it makes: allowed at its size, refused below', (op, inputs, size, attributes) => {
  expect(made(op, inputs, size, attributes)).toBe(size);
  expect(() => made(op, inputs, size - 1, attributes)).toThrow(/more than/);
});
