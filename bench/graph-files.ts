/** @file Model files as large as those that people bring, made here: a graph model of tfjs, an ONNX file. */
import type { Graph, Node, Parameter } from '../src/graph/model/ir.ts';

/** A deterministic number in -0.05..0.05: importing does not depend on the values. */
function noise(length: number, seed: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(length);
  let state = seed + 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    values[i] = state / 2 ** 31 / 20;
  }
  return values;
}

const CHANNELS = 256;
const CONVOLUTIONS = 30;
const PRODUCTS = 20;
const WIDTH = 512;

/**
 * About 90 MB of weights in the IR: most in 3x3 convolutions, whose axes a file has in another order, the rest in matrix
 * products.
 */
export function bigNetwork(): Graph {
  const parameters = new Map<string, Parameter>();
  const nodes: Node[] = [];
  const weight = (name: string, shape: readonly number[], role: Parameter['role'] = 'weight') => {
    const size = shape.reduce((product, length) => product * length, 1);
    parameters.set(name, { name, role, dtype: 'float32', shape, data: noise(size, parameters.size) });
    return name;
  };
  let value = 'x';
  const add = (op: string, inputs: readonly string[], attributes: Node['attributes'] = {}) => {
    const name = `${op}_${nodes.length}`;
    nodes.push({ name, op, inputs: [value, ...inputs], outputs: [`${name}/out`], attributes });
    value = `${name}/out`;
  };
  for (let i = 0; i < CONVOLUTIONS; i++) {
    const inputs = [
      weight(`conv${i}.weight`, [3, 3, CHANNELS, CHANNELS]),
      weight(`conv${i}.bias`, [CHANNELS], 'bias'),
    ];
    add('Conv', inputs, { pads: [1, 1, 1, 1] });
    add('Relu', []);
  }
  add('GlobalAveragePool', [], { channel_axis: -1 });
  add('Flatten', [], { axis: 1 });
  add('MatMul', [weight('widen', [CHANNELS, WIDTH])]);
  for (let i = 0; i < PRODUCTS; i++) {
    add('MatMul', [weight(`dense${i}.weight`, [WIDTH, WIDTH])]);
    add('Add', [weight(`dense${i}.bias`, [WIDTH], 'bias')]);
  }
  const inputs = [{ name: 'x', dtype: 'float32', shape: [null, 14, 14, CHANNELS] }] as const;
  return { inputs, outputs: [value], nodes, parameters };
}

export interface GraphModelFiles {
  readonly json: string;
  readonly weights: Uint8Array<ArrayBuffer>;
}

const POINTWISE = 70;

/** About 18 MB as a converter writes a trunk of 1x1 convolutions with their biases and activations. */
export function graphModelFiles(): GraphModelFiles {
  const conv = { strides: ints([1, 1, 1, 1]), dilations: ints([1, 1, 1, 1]), padding: text('SAME') };
  const float = { dtype: { type: 'DT_FLOAT' } };
  const shape = { shape: { dim: [-1, 14, 14, CHANNELS].map((size) => ({ size: String(size) })) } };
  const node: object[] = [{ name: 'x', op: 'Placeholder', attr: { ...float, shape } }];
  const weights: { name: string; shape: number[]; dtype: 'float32' }[] = [];
  const constant = (name: string, size: number[]) => {
    node.push({ name, op: 'Const', attr: float });
    weights.push({ name, shape: size, dtype: 'float32' });
    return name;
  };
  let value = 'x';
  const add = (name: string, op: string, inputs: string[], attr: object = {}) => {
    node.push({ name, op, input: [value, ...inputs], attr });
    value = name;
  };
  for (let i = 0; i < POINTWISE; i++) {
    const data = { data_format: text('NHWC'), T: { type: 'DT_FLOAT' } };
    add(`conv${i}`, 'Conv2D', [constant(`conv${i}/weight`, [1, 1, CHANNELS, CHANNELS])], {
      ...conv,
      ...data,
    });
    add(`conv${i}/biased`, 'BiasAdd', [constant(`conv${i}/bias`, [CHANNELS])], data);
    add(`conv${i}/relu`, 'Relu6', []);
  }
  const count = weights.reduce((sum, one) => sum + one.shape.reduce((product, size) => product * size, 1), 0);
  const model = {
    format: 'graph-model',
    modelTopology: { node },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  return { json: JSON.stringify(model), weights: new Uint8Array(noise(count, 1).buffer) };
}

const ints = (values: number[]) => ({ list: { i: values.map(String) } });

/** Texts are base64 in these files. */
const text = (value: string) => ({ s: btoa(value) });
