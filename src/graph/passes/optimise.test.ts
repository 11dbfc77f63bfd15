import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { toyMobileNet } from '../../testing/toy-model.ts';
import type { Attributes, Graph, Node, Parameter } from '../model/ir.ts';
import type { TensorValue } from '../ops/value.ts';
import { GraphExecutor } from '../run/executor.ts';
import { optimised } from './optimise.ts';

beforeAll(() => tf.setBackend('cpu'));

const rng = createRng(11);

/** Rows `output: op input input`. Inputs in capitals are weights of the given shapes, numbers are constants. */
function graph(
  shape: number[],
  rows: readonly string[],
  weights: Readonly<Record<string, number[]>> = {},
  attributes: Readonly<Record<string, Attributes>> = {},
): Graph {
  const parameters = new Map<string, Parameter>();
  const add = (name: string, parameter: Omit<Parameter, 'name'>) =>
    parameters.set(name, { ...parameter, name });
  for (const [name, own] of Object.entries(weights)) {
    const data = Float32Array.from({ length: own.reduce((a, b) => a * b, 1) }, () => rng.next() + 0.1);
    add(name, { role: 'weight', dtype: 'float32', shape: own, data });
  }
  const nodes = rows.map((row): Node => {
    const [output = '', op = '', ...inputs] = row.split(/[: ]+/);
    for (const name of inputs) {
      if (name === 'LAST')
        add(name, { role: 'constant', dtype: 'int64', shape: [1], data: BigInt64Array.of(-1n) });
      else if (/^[\d.]+$/.test(name)) {
        add(name, { role: 'constant', dtype: 'float32', shape: [], data: Float32Array.of(Number(name)) });
      }
    }
    return { name: output, op, inputs, outputs: [output], attributes: attributes[output] ?? {} };
  });
  const last = nodes[nodes.length - 1]?.outputs[0] ?? '';
  return { inputs: [{ name: 'x', dtype: 'float32', shape }], outputs: [last], nodes, parameters };
}

const opsOf = ({ nodes }: Graph) => nodes.map(({ op }) => op);

function results(g: Graph, x: tf.Tensor, outputs = g.outputs): Float32Array[] {
  const executor = new GraphExecutor(g);
  const feeds = new Map([['x', { kind: 'tensor', dtype: 'float32', tensor: x } as const]]);
  const values = executor.run({ feeds, outputs });
  return outputs.map((name) => (values.get(name) as TensorValue).tensor.dataSync<'float32'>());
}

/** The optimised graph, which computes the same as the one given. */
function expectSame(g: Graph, options: Parameters<typeof optimised>[1] = {}, outputs = g.outputs): Graph {
  const better = optimised(g, options);
  const shape = (g.inputs[0]?.shape ?? []).map((size) => (typeof size === 'number' ? size : 2));
  const count = shape.reduce((a, b) => a * b, 1);
  const x = tf.tensor(
    Float32Array.from({ length: count }, () => 8 * rng.next() - 4),
    shape,
  );
  const [expected, actual] = [results(g, x, outputs), results(better, x, outputs)];
  expected.forEach((values, i) => {
    const scale = Math.max(1, ...values.map(Math.abs));
    values.forEach((value, j) =>
      expect(Math.abs(value - (actual[i]?.[j] ?? NaN)) / scale).toBeLessThan(1e-5),
    );
  });
  return better;
}

/** Nodes that run each time: not those that depend on parameters alone. */
const running = (g: Graph) => {
  const dependent = new Set(['x']);
  return g.nodes.filter(({ inputs, outputs }) => {
    const runs = inputs.some((name) => name !== null && dependent.has(name));
    if (runs) for (const name of outputs) dependent.add(name);
    return runs;
  });
};

test.each<[string, string[], string[]]>([
  ['HardSwish', ['a: Add x 3', 'b: Clip a 0 6', 'c: Div b 6', 'y: Mul x c'], ['HardSwish']],
  ['HardSwish', ['a: Add x 3', 'b: Clip a 0 6', 'c: Mul x b', 'y: Div c 6'], ['HardSwish']],
  ['HardSigmoid', ['a: Add x 3', 'b: Clip a 0 6', 'y: Div b 6'], ['HardSigmoid']],
  ['SiLU', ['a: Sigmoid x', 'y: Mul a x'], ['Swish']],
  ['Gelu', ['a: Div x 1.4142135381698608', 'b: Erf a', 'c: Add b 1', 'd: Mul x c', 'y: Mul d 0.5'], ['Gelu']],
  ['Gelu', ['h: Mul x 0.5', 'a: Mul x 0.70710677', 'b: Erf a', 'c: Add 1 b', 'y: Mul h c'], ['Gelu']],
  [
    'Gelu by tanh',
    [
      'p: Pow x 3',
      'q: Mul p 0.044715',
      'r: Add x q',
      's: Mul r 0.7978845608',
      't: Tanh s',
      'u: Add t 1',
      'h: Mul x 0.5',
      'y: Mul h u',
    ],
    ['Gelu'],
  ],
])('%s written out becomes one operation', (_, rows, ops) => {
  expect(opsOf(expectSame(graph([3, 5], rows)))).toEqual(ops);
});

test('a product with the gate of another value is none', () => {
  expect(opsOf(expectSame(graph([3, 5], ['z: Neg x', 'a: Sigmoid z', 'y: Mul a x'])))).toEqual([
    'Neg',
    'Sigmoid',
    'Mul',
  ]);
});

test('LayerNormalization written out becomes one operation', () => {
  const rows = [
    'm: ReduceMean x LAST',
    'd: Sub x m',
    's: Pow d 2',
    'v: ReduceMean s LAST',
    'e: Add v 0.00001',
    'r: Sqrt e',
    'n: Div d r',
    'g: Mul n GAMMA',
    'y: Add g BETA',
  ];
  const g = graph([2, 3, 6], rows, { GAMMA: [6], BETA: [6] });
  expect(opsOf(expectSame(g))).toEqual(['LayerNormalization']);
  expect(opsOf(expectSame(g, { variables: new Set(['GAMMA']) }))).toEqual(['LayerNormalization']);
});

const NORM = { G: [4], B: [4], M: [4], V: [4] };

test.each<[string, string[], Record<string, number[]>, Attributes, string[]]>([
  ['Conv', ['c: Conv x W'], { W: [3, 3, 3, 4] }, { pads: [1, 1, 1, 1] }, ['Conv']],
  ['Conv, biased and strided', ['c: Conv x W C'], { W: [3, 3, 3, 4], C: [4] }, { strides: [2, 2] }, ['Conv']],
  [
    'ConvTranspose',
    ['c: ConvTranspose x W'],
    { W: [2, 2, 4, 3] },
    { strides: [2, 2] },
    ['ConvTranspose', 'Clip'],
  ],
  ['MatMul', ['c: MatMul x W'], { W: [3, 4] }, {}, ['MatMul', 'Add', 'Clip']],
])('%s takes the normalisation and the activation after it', (_, rows, weights, attributes, ops) => {
  const g = graph(
    [2, 5, 5, 3],
    [...rows, 'n: BatchNormalization c G B M V', 'y: Clip n 0 6'],
    { ...weights, ...NORM },
    { c: attributes },
  );
  expect(running(expectSame(g)).map(({ op }) => op)).toEqual(ops);
});

test('with trained weights one operation folds, and a value that is kept stays', () => {
  const rows = ['c: Conv x W', 'n: BatchNormalization c G B M V', 'y: Relu n'];
  const g = graph([1, 4, 4, 3], rows, { W: [1, 1, 3, 4], ...NORM });
  const trained = expectSame(g, { variables: new Set(['W', 'G']) });
  expect(opsOf(trained)).toEqual(['graft:ConvBatchNormalization']);
  const cut = expectSame(g, { keep: ['n'] }, ['n', 'y']);
  expect(running(cut).map(({ op }) => op)).toEqual(['Conv', 'Relu']);
});

test.each<[string, string[]]>([
  ['constants', []],
  ['variables', ['W', 'G']],
])('a normalisation whose scale is computed behind the convolution is right (%s)', (_, variables) => {
  const rows = ['c: Conv x W', 'k: Abs G', 'n: BatchNormalization c k B M V', 'y: Relu n'];
  expectSame(graph([1, 4, 4, 3], rows, { W: [1, 1, 3, 4], ...NORM }), { variables: new Set(variables) });
});

test('a function is not recognised across a value that is kept: the network runs from there', () => {
  const rows = ['a: Add x 3', 'b: Clip a 0 6', 'y: Div b 6'];
  const better = optimised(graph([2, 3], rows), { keep: ['a'] });
  const a = { kind: 'tensor', dtype: 'float32', tensor: tf.tensor([[1, 2, 9]]) } as const;
  const { tensor } = new GraphExecutor(better).run({ feeds: new Map([['a', a]]) }).get('y') as TensorValue;
  expect([...tensor.dataSync()].map((value) => Math.round(6 * value))).toEqual([1, 2, 6]);
});

test('factors wait for the next convolution', () => {
  const rows = [
    's: Mul x S',
    'a: Add s A',
    'c: Conv a W C',
    'h: HardSigmoid c',
    'p: GlobalAveragePool h',
    'm: Mul c p',
    'y: Conv m U',
  ];
  const g = graph(
    [2, 5, 5, 3],
    rows,
    { S: [3], A: [3], W: [1, 1, 3, 4], C: [4], U: [3, 3, 4, 2] },
    { h: { alpha: 1 / 6, beta: 0.5 }, y: { pads: [1, 1, 1, 1] } },
  );
  const constants = new Map(
    [...g.parameters].map(([name, p]) => [name, { ...p, role: 'constant' as const }]),
  );
  const better = expectSame({ ...g, parameters: constants });
  // The 1/6 of the gate and the scale of the input are in the weights.
  expect(running(better).map(({ op }) => op)).toEqual([
    'Add',
    'Conv',
    'HardSigmoid',
    'GlobalAveragePool',
    'Mul',
    'Conv',
  ]);
  const alone = rows.filter((row) => !row.startsWith('m:')).map((row) => row.replace('Conv m', 'Conv p'));
  const gate = expectSame(
    graph(
      [2, 5, 5, 3],
      alone.slice(2).map((row) => row.replace('Conv a', 'Conv x')),
      {
        W: [1, 1, 3, 4],
        C: [4],
        U: [1, 1, 4, 2],
      },
    ),
  );
  expect(running(gate).map(({ op }) => op)).toEqual(['Conv', 'GlobalAveragePool', 'Conv']);
});

test('a MobileNet runs as convolutions, activations and sums', () => {
  const better = expectSame(toyMobileNet(16, [2, 1, 1]));
  expect(new Set(running(better).map(({ op }) => op))).toEqual(new Set(['Conv', 'HardSwish', 'Add']));
});
