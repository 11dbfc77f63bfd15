import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BackendName, reasonLine } from '../core/device.ts';
import { openBackend } from '../runtime/backends.ts';
import type { Attributes, Graph, Node, Parameter, ParameterRole } from './model/ir.ts';
import { ModelNetwork } from './model-network.ts';
import type { OpenTrunk } from './trunk-network.ts';

/** Deterministic values around `centre`. */
function values(length: number, step: number, centre: number, spread: number) {
  return Float32Array.from({ length }, (_, i) => centre + spread * Math.sin(i * step + step));
}

/** The layers of a mobile network once: stem, inverted residual with squeeze-excite and shortcut, convolution, pooling. */
function toyGraph(): Graph {
  const parameters = new Map<string, Parameter>();
  const nodes: Node[] = [];
  const add = (name: string, role: ParameterRole, shape: number[], centre = 0, spread = 0.4) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const data = values(length, 0.7 + 0.05 * parameters.size, centre, spread);
    parameters.set(name, { name, role, dtype: 'float32', shape, data });
    return name;
  };
  const put = (output: string, op: string, inputs: string[], attributes: Attributes = {}) => {
    nodes.push({ name: output, op, inputs, outputs: [output], attributes });
    return output;
  };
  const conv = (name: string, input: string, shape: number[], given: Attributes = {}, biased = false) => {
    const pad = ((shape[0] ?? 1) - 1) / 2;
    const inputs = [input, add(`${name}.weight`, 'weight', shape)];
    if (biased) inputs.push(add(`${name}.bias`, 'bias', [shape[3] ?? 0]));
    return put(name, 'Conv', inputs, { pads: [pad, pad, pad, pad], ...given });
  };
  const norm = (name: string, input: string, channels: number) => {
    const inputs = [
      add(`${name}.gamma`, 'gamma', [channels], 1),
      add(`${name}.beta`, 'beta', [channels]),
      add(`${name}.mean`, 'running-mean', [channels]),
      add(`${name}.variance`, 'running-variance', [channels], 1),
    ];
    return put(name, 'BatchNormalization', [input, ...inputs], { epsilon: 1e-3, channel_axis: -1 });
  };
  const colours = (name: string, numbers: number[]) => {
    parameters.set(name, {
      name,
      role: 'constant',
      dtype: 'float32',
      shape: [3],
      data: Float32Array.from(numbers),
    });
    return name;
  };
  const centred = put('centred', 'Sub', ['pixels', colours('mean', [120, 110, 100])]);
  const scaled = put('scaled', 'Mul', [centred, colours('scale', [1 / 60, 1 / 55, 1 / 50])]);
  const c0 = conv('stem.c', scaled, [3, 3, 3, 6], { strides: [2, 2] });
  const a0 = put('a0', 'HardSwish', [norm('stem.n', c0, 6)]);
  const a1 = put('a1', 'Relu', [norm('residual.n1', conv('residual.c1', a0, [1, 1, 6, 10]), 10)]);
  const deep = conv('residual.c2', a1, [3, 3, 1, 10], { group: 10 });
  const a2 = put('a2', 'HardSwish', [norm('residual.n2', deep, 10)]);
  const pooled = put('p', 'GlobalAveragePool', [a2], { channel_axis: -1 });
  const r = put('r', 'Relu', [conv('residual.f1', pooled, [1, 1, 10, 4], {}, true)]);
  const f2 = conv('residual.f2', r, [1, 1, 4, 10], {}, true);
  const h = put('h', 'HardSigmoid', [f2], { alpha: 1 / 6, beta: 0.5 });
  const s = put('s', 'Mul', [a2, h]);
  const narrow = norm('residual.n3', conv('residual.c3', s, [1, 1, 10, 6]), 6);
  const sum = put('sum', 'Add', [a0, narrow]);
  const a4 = put('a4', 'HardSwish', [norm('crown.n', conv('crown.c', sum, [1, 1, 6, 7]), 7)]);
  put('pool', 'GlobalAveragePool', [a4], { channel_axis: -1 });
  put('features', 'Flatten', ['pool'], { axis: 1 });
  return {
    inputs: [{ name: 'pixels', dtype: 'float32', shape: [null, 9, 9, 3] }],
    outputs: ['features'],
    nodes,
    parameters,
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

let network: ModelNetwork;
beforeEach(async () => {
  expect(await openBackend('cpu')).toMatchObject({ status: 'open' });
  expect(await openBackend('wasm')).toMatchObject({ status: 'open' });
  network = new ModelNetwork(toyGraph(), { isKnown: true });
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
    // Float32 wants a wide step, the kinks of the rectifiers a narrow one.
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
      const step = 2e-4;
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
      if (opening.status === 'unavailable') throw new Error(reasonLine(opening.reason));
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
  step('frozen');
  // Unlike the other one this loss does not depend on the running statistics, which move too.
  const first = step('batch');
  const { numTensors, numBytes } = tf.memory();
  let last = first;
  for (let i = 0; i < 100; i++) {
    if (i % 2 === 0) last = step('batch');
    else step('frozen');
  }
  expect(tf.memory()).toMatchObject({ numTensors, numBytes });
  expect(last).toBeLessThan(first);
  opened.dispose();
  input.dispose();
});

test('weights come back as they were, and make a network that answers like the trained one', async () => {
  const input = pixels(2);
  const opened = network.open(1);
  const before = await opened.weights();
  expect([...before.keys()]).not.toContain('stem.c.weight');
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
  const foreign = new Map([['stem.c.weight', { shape: [1, 1], data: new Float32Array(1) }]]);
  expect(() => network.withWeights(foreign)).toThrow(expect.objectContaining({ code: 'project-damaged' }));
});

test('runs that were stored with depthwise filters as [kh, kw, C, 1] still open', async () => {
  const { shape, data } = (await network.open(0).weights()).get('residual.c2.weight')!;
  expect(shape).toEqual([3, 3, 1, 10]);
  const stored = new Map([['residual.c2.weight', { shape: [3, 3, 10, 1], data: data.map((x) => 2 * x) }]]);
  const opened = network.withWeights(stored).open(0);
  expect((await opened.weights()).get('residual.c2.weight')).toEqual({ shape, data: data.map((x) => 2 * x) });
  opened.restore(stored);
  opened.dispose();
});

test('a node that does not fit its input is refused', () => {
  const graph = toyGraph();
  const nodes = graph.nodes.map((node) =>
    node.name === 'residual.c2' ? { ...node, inputs: ['a0', node.inputs[1] ?? null] } : node,
  );
  expect(() => new ModelNetwork({ ...graph, nodes }, { isKnown: true })).toThrow(
    expect.objectContaining({ code: 'model-unsupported' }),
  );
});
