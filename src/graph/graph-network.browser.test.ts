import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BackendName } from '../core/device.ts';
import { openBackend } from '../runtime/backends.ts';
import { GraphNetwork } from './graph-network.ts';
import { type Graph, type GraphNode, type GraphParameter, type ParameterRole } from './ir.ts';
import type { OpenTrunk } from './trunk-network.ts';

/** Deterministic values around `centre`. */
function values(length: number, step: number, centre: number, spread: number) {
  return Float32Array.from({ length }, (_, i) => centre + spread * Math.sin(i * step + step));
}

/** Every operation once: stem, inverted residual with squeeze-excite and shortcut, convolution and pooling. */
function toyGraph(): Graph {
  const parameters = new Map<string, GraphParameter>();
  const add = (name: string, role: ParameterRole, shape: number[], centre = 0, spread = 0.4) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const step = 0.7 + 0.05 * parameters.size;
    parameters.set(name, { name, role, shape, data: values(length, step, centre, spread) });
    return name;
  };
  const conv = (
    id: string,
    input: string,
    shape: number[],
    stride: number,
    depthwise = false,
    bias?: string,
  ) => {
    const pad = ((shape[0] ?? 1) - 1) / 2;
    const weight = add(`${id}.weight`, 'weight', shape);
    const padding = [pad, pad, pad, pad] as const;
    const node = {
      op: 'conv2d' as const,
      id,
      inputs: [input],
      weight,
      stride,
      dilation: 1,
      padding,
      depthwise,
    };
    return bias === undefined ? node : { ...node, bias };
  };
  const norm = (id: string, input: string, channels: number): GraphNode => ({
    op: 'batch-norm',
    id,
    inputs: [input],
    gamma: add(`${id}.gamma`, 'gamma', [channels], 1),
    beta: add(`${id}.beta`, 'beta', [channels]),
    mean: add(`${id}.mean`, 'running-mean', [channels]),
    variance: add(`${id}.variance`, 'running-variance', [channels], 1),
    epsilon: 1e-3,
  });
  const act = (id: string, input: string, kind: 'relu' | 'hard-swish' | 'hard-sigmoid'): GraphNode => ({
    op: 'activation',
    id,
    inputs: [input],
    kind,
  });
  return {
    inputShape: [9, 9, 3],
    parameters,
    blocks: [
      {
        name: 'stem',
        kind: 'stem',
        nodes: [
          { op: 'normalize', id: 'n', inputs: ['input'], mean: [120, 110, 100], std: [60, 55, 50] },
          conv('c0', 'n', [3, 3, 3, 6], 2),
          norm('b0', 'c0', 6),
          act('a0', 'b0', 'hard-swish'),
        ],
      },
      {
        name: 'residual',
        kind: 'inverted-residual',
        nodes: [
          conv('c1', 'a0', [1, 1, 6, 10], 1),
          norm('b1', 'c1', 10),
          act('a1', 'b1', 'relu'),
          conv('c2', 'a1', [3, 3, 10, 1], 1, true),
          norm('b2', 'c2', 10),
          act('a2', 'b2', 'hard-swish'),
          { op: 'global-average-pool', id: 'p', inputs: ['a2'], keepDims: true },
          conv('f1', 'p', [1, 1, 10, 4], 1, false, add('f1.bias', 'bias', [4])),
          act('r', 'f1', 'relu'),
          conv('f2', 'r', [1, 1, 4, 10], 1, false, add('f2.bias', 'bias', [10])),
          act('h', 'f2', 'hard-sigmoid'),
          { op: 'scale-channels', id: 's', inputs: ['a2', 'h'] },
          conv('c3', 's', [1, 1, 10, 6], 1),
          norm('b3', 'c3', 6),
          { op: 'add', id: 'sum', inputs: ['a0', 'b3'] },
        ],
      },
      {
        name: 'crown',
        kind: 'conv',
        nodes: [
          conv('c4', 'sum', [1, 1, 6, 7], 1),
          norm('b4', 'c4', 7),
          act('a4', 'b4', 'hard-swish'),
          { op: 'global-average-pool', id: 'pool', inputs: ['a4'], keepDims: false },
        ],
      },
    ],
  };
}

const pixels = (count: number) => tf.tensor(values(count * 243, 0.31, 128, 120), [count, 9, 9, 3], 'float32');

type BatchNorm = 'frozen' | 'batch';

function lossOf(opened: OpenTrunk, input: tf.Tensor, batchNorm: BatchNorm): tf.Scalar {
  return tf.sum(tf.square(opened.forward(input, { batchNorm })));
}

async function gradients(opened: OpenTrunk, input: tf.Tensor, batchNorm: BatchNorm) {
  const variables = opened.parameters.map(({ variable }) => variable);
  const { value, grads } = tf.variableGrads(() => lossOf(opened, input, batchNorm), variables);
  const entries = opened.parameters.map(async ({ name, variable }) => {
    const data = await grads[variable.name]!.data<'float32'>();
    return [name, Float32Array.from(data)] as const;
  });
  const result = new Map(await Promise.all(entries));
  tf.dispose([value, ...Object.values(grads)]);
  return result;
}

const largest = (array: Float32Array) => array.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

let network: GraphNetwork;
beforeEach(async () => {
  expect(await openBackend('cpu')).toMatchObject({ status: 'open' });
  expect(await openBackend('wasm')).toMatchObject({ status: 'open' });
  network = new GraphNetwork(toyGraph());
});
afterEach(() => network.dispose());

test('cuts have the shapes that are promised, and a run over cuts equals a run at once', async () => {
  const input = pixels(2);
  const whole = network.run(input, 0, 3);
  expect(network.featureSize).toBe(7);
  let activation = network.run(input, 0, 0);
  for (let cut = 0; cut < 3; cut++) {
    expect(activation.shape).toEqual([2, ...network.cutShape(cut)]);
    const next = network.run(activation, cut, cut + 1);
    activation.dispose();
    activation = next;
  }
  const [stepwise, once] = await Promise.all([activation.data(), whole.data()]);
  expect(stepwise).toEqual(once);
  tf.dispose([input, whole, activation]);
});

test.each([0, 1, 2, 3])('training forward equals inference above cut %i', async (cut) => {
  const input = pixels(2);
  const below = network.run(input, 0, cut);
  const expected = network.run(below, cut, 3);
  const opened = network.open(cut);
  const actual = tf.tidy(() => opened.forward(below, { batchNorm: 'frozen' }));
  const [a, e] = await Promise.all([actual.data<'float32'>(), expected.data<'float32'>()]);
  e.forEach((value, i) => expect(a[i]).toBeCloseTo(value, 4));
  opened.dispose();
  tf.dispose([input, below, expected, actual]);
});

describe.each<BatchNorm>(['frozen', 'batch'])('gradients, BatchNorm %s', (batchNorm) => {
  test('agree with finite differences', async () => {
    const input = pixels(3);
    const opened = network.open(0);
    const exact = await gradients(opened, input, batchNorm);
    // In double precision nothing here could compute it; a wide step and a loose bound do for float32.
    for (const { name, variable } of opened.parameters) {
      const start = Float32Array.from(await variable.data<'float32'>());
      const gradient = exact.get(name)!;
      const lossAt = (i: number, by: number) => {
        const moved = start.slice();
        moved[i] = moved[i]! + by;
        return tf.tidy(() => {
          variable.assign(tf.tensor(moved, variable.shape, 'float32'));
          return lossOf(opened, input, batchNorm).dataSync<'float32'>()[0]!;
        });
      };
      const step = 2e-3;
      for (const i of [0, Math.floor(start.length / 2), start.length - 1]) {
        const difference = (lossAt(i, step) - lossAt(i, -step)) / (2 * step);
        const scale = Math.max(largest(gradient), 0.5);
        expect(Math.abs(gradient[i]! - difference) / scale, `${name}[${i}]`).toBeLessThan(0.05);
      }
      tf.tidy(() => variable.assign(tf.tensor(start, variable.shape, 'float32')));
    }
    opened.dispose();
    input.dispose();
  });

  test.each<BackendName>(['wasm', 'webgl', 'webgpu'])('on %s are those of the CPU', async (backend) => {
    const on = async (name: BackendName) => {
      const opening = await openBackend(name);
      if (opening.status === 'unavailable') throw new Error(opening.reason);
      const input = pixels(2);
      const opened = network.open(0);
      const result = await gradients(opened, input, batchNorm);
      opened.dispose();
      input.dispose();
      return result;
    };
    const expected = await on('cpu');
    const actual = await on(backend);
    for (const [name, gradient] of expected) {
      const worst = largest(gradient.map((value, i) => value - actual.get(name)![i]!));
      expect(worst / Math.max(0.1, largest(gradient)), name).toBeLessThan(2e-3);
    }
  });
});

test('one hundred training steps leak no tensor', () => {
  const input = pixels(4);
  const opened = network.open(0);
  const variables = opened.parameters.map(({ variable }) => variable);
  const step = (batchNorm: BatchNorm) => {
    const { value, grads } = tf.variableGrads(() => lossOf(opened, input, batchNorm), variables);
    tf.tidy(() => {
      for (const variable of variables)
        variable.assign(tf.sub(variable, tf.mul(grads[variable.name]!, 1e-4)));
    });
    const loss = value.dataSync<'float32'>()[0]!;
    tf.dispose([value, ...Object.values(grads)]);
    return loss;
  };
  const first = step('frozen');
  const { numTensors, numBytes } = tf.memory();
  let last = first;
  for (let i = 0; i < 100; i++) last = step(i % 2 === 0 ? 'batch' : 'frozen');
  expect(tf.memory()).toMatchObject({ numTensors, numBytes });
  expect(last).toBeLessThan(first);
  opened.dispose();
  input.dispose();
});

test('weights come back as they were, and make a network that answers like the trained one', async () => {
  const input = pixels(2);
  const opened = network.open(1);
  const before = await opened.weights();
  expect([...before.keys()]).not.toContain('c0.weight');
  tf.tidy(() => {
    for (const { variable } of opened.parameters) variable.assign(tf.mul(variable, 1.1));
  });
  const after = await opened.weights();
  const tuned = network.withWeights(after);
  const activation = network.run(input, 0, 1);
  const trained = tf.tidy(() => opened.forward(activation, { batchNorm: 'frozen' }));
  const [a, b] = [tuned.run(input, 0, 3), trained].map((tensor) => tensor.dataSync<'float32'>());
  b!.forEach((value, i) => expect(a![i]).toBeCloseTo(value, 4));
  opened.restore(before);
  expect(await opened.weights()).toEqual(before);
  opened.dispose();
  tuned.dispose();
});

test('a network outlives a change of back-end', async () => {
  const on = async (name: BackendName) => {
    await openBackend(name);
    const input = pixels(1);
    const features = network.run(input, 0, 3);
    const result = Array.from(await features.data());
    tf.dispose([input, features]);
    return result;
  };
  const expected = await on('cpu');
  const onWasm = await on('wasm');
  const again = await on('cpu');
  expect(again).toEqual(expected);
  onWasm.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
});

test('weights of another model are refused', () => {
  const foreign = new Map([['c0.weight', { shape: [1, 1], data: new Float32Array(1) }]]);
  expect(() => network.withWeights(foreign)).toThrow(expect.objectContaining({ code: 'project-damaged' }));
});

test('a graph that reads across a block boundary is refused', () => {
  const graph = toyGraph();
  const [stem, , crown] = graph.blocks;
  expect(() => new GraphNetwork({ ...graph, blocks: [stem!, crown!] })).toThrow(
    expect.objectContaining({ code: 'model-unsupported' }),
  );
});
