import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { ALL_WEIGHTS, type Tuning } from '../core/train-settings.ts';
import { toyMobileNet } from '../testing/toy-model.ts';
import { adaptedName, adapterNames, mergedWeight, openingSize, planOpening } from './adapters.ts';
import { asImageTrunk, towards } from './image-trunk.ts';
import type { Graph, Node, Parameter } from './model/ir.ts';
import { ModelNetwork } from './model-network.ts';
import type { OpenTrunk } from './trunk-network.ts';

beforeAll(() => tf.setBackend('cpu'));

const tuning = (part: Partial<Tuning>): Tuning => ({ ...ALL_WEIGHTS, ...part });
const LORA = tuning({ kind: 'lora', rank: 2, alpha: 2 });
const SIZE = 8;
const FROZEN = { batchNorm: 'frozen' } as const;
const network = () =>
  new ModelNetwork(
    asImageTrunk(toyMobileNet(SIZE, [2, 1, 1, 1, 1, 1]), {
      inputSize: SIZE,
      ...towards([-1, 1]),
      featureAxes: 4,
    }),
  );
const pictures = () => tf.randomUniform<tf.Rank.R4>([2, SIZE, SIZE, 3], 0, 255, 'float32', 4);
const largest = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] ?? NaN;

const parameter = (name: string, shape: number[], role: Parameter['role'] = 'weight'): Parameter => ({
  name,
  role,
  dtype: 'float32',
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});
const node = (op: string, inputs: string[], attributes: Node['attributes'] = {}): Node => ({
  name: `${op} ${inputs.join()}`,
  op,
  inputs,
  outputs: [`${op} ${inputs.join()}`],
  attributes,
});
const NODES = [
  node('Conv', ['x', 'point', 'shift']),
  node('Conv', ['x', 'wide']),
  node('Conv', ['x', 'depthwise'], { group: 8 }),
  node('MatMul', ['x', 'product']),
  node('Gemm', ['x', 'turned', 'bias'], { transB: 1 }),
  node('Mul', ['x', 'factor']),
  node('MatMul', ['x', 'fixed']),
];
const GRAPH: Graph = {
  inputs: [{ name: 'x', dtype: 'float32', shape: null }],
  outputs: [],
  nodes: NODES,
  parameters: new Map(
    [
      parameter('point', [1, 1, 8, 4]),
      parameter('shift', [4], 'bias'),
      parameter('wide', [3, 3, 8, 4]),
      parameter('depthwise', [1, 1, 1, 8]),
      parameter('product', [6, 10]),
      parameter('turned', [10, 6]),
      parameter('bias', [10], 'beta'),
      parameter('factor', [6]),
      parameter('fixed', [6, 6], 'constant'),
    ].map((one) => [one.name, one]),
  ),
};

describe('what learns', () => {
  test('LoRA finds the weight behind a transpose and a cast, and turns with it', () => {
    const nodes: Node[] = [
      { name: 't', op: 'Transpose', inputs: ['product'], outputs: ['t'], attributes: { perm: [1, 0] } },
      { name: 'c', op: 'Cast', inputs: ['t'], outputs: ['c'], attributes: { to: 'float32' } },
      node('MatMul', ['x', 'c']),
      { name: 'f', op: 'Transpose', inputs: ['turned'], outputs: ['f'], attributes: { perm: [1, 0] } },
      node('Gemm', ['x', 'f'], { transB: 1 }),
      // A weight that passes through anything else is no plain matrix.
      { name: 'r', op: 'Relu', inputs: ['factor'], outputs: ['r'], attributes: {} },
      node('MatMul', ['x', 'r']),
    ];
    const { adapters } = planOpening({ ...GRAPH, nodes }, nodes, LORA);
    expect(adapters.map((one) => [one.parameter.name, one.rows, one.columns, one.inputSide])).toEqual([
      ['product', 6, 10, 'columns'],
      ['turned', 10, 6, 'rows'],
    ]);
  });
  test('LoRA takes matrix products and convolutions of one pixel, from their input to their output', () => {
    const { parameters, adapters } = planOpening(GRAPH, NODES, LORA);
    expect(parameters).toEqual([]);
    expect(adapters.map((one) => [one.parameter.name, one.rows, one.columns, one.inputSide])).toEqual([
      ['point', 8, 4, 'rows'],
      ['product', 6, 10, 'rows'],
      ['turned', 10, 6, 'columns'],
    ]);
    expect(openingSize({ parameters, adapters })).toBe(2 * (12 + 16 + 16));
  });

  test('the rank is no larger than the matrix', () => {
    const { adapters } = planOpening(GRAPH, NODES, { ...LORA, rank: 64, names: 'point' });
    expect(adapters.map(({ rank }) => rank)).toEqual([4]);
  });

  test('biases are those of layers and of normalisations', () => {
    const { parameters } = planOpening(GRAPH, NODES, tuning({ kind: 'bias' }));
    expect(parameters.map(({ name }) => name)).toEqual(['shift', 'bias']);
  });

  test('names choose among all that can learn', () => {
    const { parameters } = planOpening(GRAPH, NODES, tuning({ names: 'p*, f*' }));
    expect(parameters.map(({ name }) => name)).toEqual(['point', 'product', 'factor']);
  });

  test.each(['weights', 'bias', 'lora'] as const)('what the frozen part reads too is frozen (%s)', (kind) => {
    const { parameters, adapters } = planOpening(GRAPH, NODES, tuning({ kind }));
    const shared = [node('Gemm', ['y', 'turned', 'bias'], { transB: 1 })];
    const less = planOpening({ ...GRAPH, nodes: [...shared, ...NODES] }, NODES, tuning({ kind }));
    const open = ({ name }: Parameter) => !['turned', 'bias'].includes(name);
    expect(less.parameters).toEqual(parameters.filter(open));
    expect(less.adapters).toEqual(adapters.filter(({ parameter: weight }) => open(weight)));
  });
});

test('the names of the two matrices lead back to their weight', () => {
  expect(adapterNames('a/b.weight').map(adaptedName)).toEqual(['a/b.weight', 'a/b.weight']);
  expect(adaptedName('a/b.weight')).toBeNull();
});

test('a merged weight is the weight plus the product', () => {
  const merged = mergedWeight([1, 2, 3, 4, 5, 6], Float32Array.of(1, -1), Float32Array.of(10, 20, 30), 1);
  expect([...merged]).toEqual([11, 22, 33, -6, -15, -24]);
});

/** Moves every variable by plain descent on a loss with a slope everywhere. */
function descend(open: OpenTrunk, below: tf.Tensor, steps: number): number[] {
  const variables = open.parameters.map(({ variable }) => variable);
  return Array.from({ length: steps }, () =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(
        () => tf.sum(tf.square(tf.sub(open.forward(below, FROZEN), 1))),
        variables,
      );
      for (const variable of variables) {
        const gradient = grads[variable.name];
        if (gradient) variable.assign(tf.sub(variable, tf.mul(gradient, 0.008)));
      }
      return value.dataSync()[0] ?? NaN;
    }),
  );
}

describe.each([LORA, tuning({ kind: 'bias' }), tuning({ names: 'last.*' })])('tuning %o', (chosen) => {
  test('starts where the trunk is, learns, and its kept weights give the same network', async () => {
    const trunk = network();
    const x = pictures();
    const cut = 5;
    const below = trunk.run(x, 0, cut);
    const open = trunk.open(cut, { tuning: chosen, seed: 3 });
    expect(largest(open.forward(below, FROZEN), trunk.run(x, 0, 8))).toBeLessThan(1e-6);
    const losses = descend(open, below, 30);
    expect(losses.at(-1)).toBeLessThan(0.95 * (losses[0] ?? 0));
    const kept = await open.weights();
    const size = [...kept.values()].reduce((sum, { data }) => sum + data.length, 0);
    expect(size).toBe(trunk.openSize(cut, chosen));
    const tuned = trunk.withWeights(kept);
    expect(largest(open.forward(below, FROZEN), tuned.run(x, 0, 8))).toBeLessThan(1e-5);
    const again = trunk.open(cut, { tuning: chosen, seed: 8 });
    again.restore(kept);
    expect(largest(open.forward(below, FROZEN), again.forward(below, FROZEN))).toBeLessThan(1e-6);
  });
});

test('adapters leave no tensor behind, and the same seed starts them alike', async () => {
  const before = tf.memory().numTensors;
  const trunk = network();
  const first = trunk.open(4, { tuning: LORA, seed: 3 });
  const second = trunk.open(4, { tuning: LORA, seed: 3 });
  expect(await first.weights()).toEqual(await second.weights());
  const below = tf.tidy(() => trunk.run(pictures(), 0, 4));
  descend(first, below, 2);
  for (const one of [first, second, trunk, below]) one.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('kept matrices that do not fit their weight are refused', async () => {
  const trunk = network();
  const open = trunk.open(4, { tuning: LORA, seed: 3 });
  const kept = new Map(await open.weights());
  const [name = ''] = kept.keys();
  const matrix = kept.get(name);
  if (matrix === undefined) throw new Error('nothing was kept');
  const cut = new Map(kept).set(name, { shape: [1, 2], data: new Float32Array(2) });
  expect(() => trunk.withWeights(cut)).toThrow(expect.objectContaining({ code: 'project-damaged' }));
  kept.delete(name);
  expect(() => trunk.withWeights(kept)).toThrow(expect.objectContaining({ code: 'project-damaged' }));
});
