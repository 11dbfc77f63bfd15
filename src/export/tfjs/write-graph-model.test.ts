import '@tensorflow/tfjs-backend-cpu';
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../core/rng.ts';
import type { Attributes, Graph, Node, Parameter } from '../../graph/model/ir.ts';
import { createAnswer } from '../verify.ts';
import { writeGraphModel } from './write-graph-model.ts';

beforeAll(() => tf.setBackend('cpu'));

const SIDE = 12;
const CLASSES = 3;

/** A small network in which every rule for pictures has a node. */
class Sketch {
  readonly nodes: Node[] = [];
  readonly parameters = new Map<string, Parameter>();
  private readonly rng = createRng(7);

  weight(name: string, shape: readonly number[], scale = 0.5): string {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length: size }, () => scale * this.rng.normal());
    this.parameters.set(name, { name, role: 'weight', dtype: 'float32', shape, data });
    return name;
  }

  positive(name: string, size: number): string {
    const data = Float32Array.from({ length: size }, () => 0.5 + this.rng.next());
    this.parameters.set(name, { name, role: 'running-variance', dtype: 'float32', shape: [size], data });
    return name;
  }

  constant(name: string, value: number): string {
    const data = Float32Array.of(value);
    this.parameters.set(name, { name, role: 'constant', dtype: 'float32', shape: [], data });
    return name;
  }

  ints(name: string, values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    this.parameters.set(name, { name, role: 'constant', dtype: 'int64', shape: [values.length], data });
    return name;
  }

  node(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const name = `${op}:${this.nodes.length}`;
    this.nodes.push({ name, op, inputs, outputs: [name], attributes });
    return name;
  }
}

function network(): Graph {
  const s = new Sketch();
  const turned = s.node('Gather', ['pixels', s.ints('order', [2, 1, 0])], { axis: 3 });
  let x = s.node('Mul', [turned, s.constant('scale', 1 / 127.5)]);
  x = s.node('Sub', [x, s.constant('one', 1)]);
  x = s.node('Conv', [x, s.weight('w1', [3, 3, 3, 8]), s.weight('b1', [8])], {
    strides: [2, 2],
    pads: [0, 0, 1, 1],
  });
  x = s.node('HardSwish', [x]);
  const depth = s.node('Conv', [x, s.weight('w2', [3, 3, 1, 8])], { group: 8, pads: [1, 1, 1, 1] });
  const normal = s.node(
    'BatchNormalization',
    [depth, s.weight('gamma', [8]), s.weight('beta', [8]), s.weight('mean', [8]), s.positive('variance', 8)],
    { epsilon: 1e-3, channel_axis: -1 },
  );
  const clipped = s.node('Clip', [normal, s.constant('low', 0), s.constant('high', 6)]);
  const squeezed = s.node('GlobalAveragePool', [clipped], { channel_axis: -1 });
  const gate = s.node('HardSigmoid', [s.node('Conv', [squeezed, s.weight('w3', [1, 1, 8, 8])])], {
    alpha: 1 / 6,
    beta: 0.5,
  });
  const gated = s.node('Mul', [clipped, gate]);
  const pooled = s.node('MaxPool', [s.node('Relu', [x])], {
    kernel_shape: [2, 2],
    strides: [1, 1],
    auto_pad: 'SAME_UPPER',
  });
  const joined = s.node('Concat', [s.node('Add', [gated, x]), pooled], { axis: 3 });
  const averaged = s.node('AveragePool', [joined], { kernel_shape: [3, 3], strides: [3, 3] });
  const first = s.node('Transpose', [averaged], { perm: [0, 3, 1, 2] });
  const flat = s.node('Flatten', [first], { axis: 1 });
  const logits = s.node('Gemm', [flat, s.weight('head', [CLASSES, 64], 0.1), s.weight('bias', [CLASSES])], {
    transB: 1,
  });
  const probabilities = s.node('Softmax', [s.node('Identity', [logits])], { axis: -1 });
  return {
    inputs: [{ name: 'pixels', dtype: 'float32', shape: [null, SIDE, SIDE, 3] }],
    outputs: [probabilities],
    nodes: s.nodes,
    parameters: s.parameters,
  };
}

async function inConverter(precision: 'float32' | 'float16', pixels: Float32Array) {
  const { json, shards } = writeGraphModel(network(), { precision, metadata: { labels: ['a'] } });
  const { modelTopology, weightsManifest, format, signature } = JSON.parse(json) as {
    modelTopology: object;
    weightsManifest: { paths: string[]; weights: never[] }[];
    format: string;
    signature: object;
  };
  expect(weightsManifest[0]?.paths).toEqual(shards.map(({ path }) => path));
  const weightData = await new Blob(shards.map(({ blob }) => blob)).arrayBuffer();
  const model = loadGraphModelSync({
    load: () => ({
      modelTopology,
      weightSpecs: weightsManifest[0]?.weights ?? [],
      weightData,
      format,
      signature,
    }),
  });
  const result = model.predict(tf.tensor4d(pixels, [2, SIDE, SIDE, 3])) as tf.Tensor;
  expect(result.shape).toEqual([2, CLASSES]);
  return result.data<'float32'>();
}

describe('writeGraphModel', () => {
  const rng = createRng(3);
  const pixels = Float32Array.from({ length: 2 * SIDE * SIDE * 3 }, () => rng.below(256));

  /** Oracle: the converter of TensorFlow.js 4.22 on its own CPU back-end. */
  it.each([
    ['float32', 1e-5],
    ['float16', 5e-3],
  ] as const)('answers in the converter as here, in %s', async (precision, tolerance) => {
    const found = await inConverter(precision, pixels);
    const { answer, dispose } = createAnswer(network(), SIDE);
    for (const picture of [0, 1]) {
      const size = SIDE * SIDE * 3;
      const own = await answer(pixels.slice(picture * size, (picture + 1) * size));
      own.forEach((value, c) =>
        expect(Math.abs(value - (found[picture * CLASSES + c] ?? NaN))).toBeLessThan(tolerance),
      );
      expect(Math.max(...own)).toBeLessThan(0.999);
    }
    dispose();
  });

  it('names the node that has no form there', () => {
    const graph = network();
    const odd = { name: 'odd', op: 'Einsum', inputs: ['pixels'], outputs: ['out'], attributes: {} };
    expect(() =>
      writeGraphModel({ ...graph, outputs: ['out'], nodes: [odd] }, { precision: 'float32', metadata: {} }),
    ).toThrow(/Einsum "odd"/);
  });
});
