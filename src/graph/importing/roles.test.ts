import { expect, test } from 'vitest';
import type { Graph, Node, Parameter } from '../model/ir.ts';
import { withRoles } from './roles.ts';

const parameter = (name: string, shape: number[]): [string, Parameter] => {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  return [name, { name, shape, data, dtype: 'float32', role: 'weight' }];
};

const node = (op: string, inputs: string[]): Node => ({
  name: op,
  op,
  inputs,
  outputs: [`${op}(${inputs.join()})`],
  attributes: {},
});

test.each([
  ['Mul', 'val_8', [], 'constant'],
  ['Exp', 'model.logit_scale', [], 'weight'],
  ['Add', 'head.bias', [1], 'bias'],
  ['Div', 'val_9', [1], 'constant'],
  ['Div', 'conv.original', [1, 1, 8], 'weight'],
  ['Gather', 'words', [10, 4], 'embedding'],
] as const)('%s reads %s %j: a %s', (op, name, shape, role) => {
  const inputs = op === 'Div' || op === 'Gather' || op === 'Exp' ? [name, 'x'] : ['x', name];
  const graph: Graph = {
    inputs: [{ name: 'x', dtype: 'float32', shape: [4] }],
    outputs: [],
    nodes: [node(op, inputs)],
    parameters: new Map([parameter(name, [...shape])]),
  };
  expect(withRoles(graph).parameters.get(name)?.role).toBe(role);
});
