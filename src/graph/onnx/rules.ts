/**
 * @file How nodes of a file become nodes of the IR where the two differ: older operator sets, constants, and the layout
 * (files have channels second, the IR last). What is not listed is taken over as it is.
 */
import { type GraphBuilder, type SourceNode } from '../importing/builder.ts';
import { unsupported } from '../importing/errors.ts';
import type { Attribute, Attributes, TensorData } from '../model/ir.ts';
import { fromNumbers, toNumbers } from '../model/tensor-data.ts';
import { takenApart } from './fused-rules.ts';
import { dequantize, matMulBits } from './quantised-rules.ts';

export type Rule = (node: SourceNode, builder: GraphBuilder) => void;

/** Attributes that became inputs: operation, attribute, input, since which version. */
const BECAME_INPUTS: readonly (readonly [op: string, attribute: string, input: number, since: number])[] = [
  ['Squeeze', 'axes', 1, 13],
  ['Unsqueeze', 'axes', 1, 13],
  ['ReduceSum', 'axes', 1, 13],
  ...['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare'].map(
    (name) => [`Reduce${name}`, 'axes', 1, 18] as const,
  ),
  ['Split', 'split', 1, 13],
  ['Slice', 'starts', 1, 10],
  ['Slice', 'ends', 2, 10],
  ['Slice', 'axes', 3, 10],
  ['Clip', 'min', 1, 11],
  ['Clip', 'max', 2, 11],
  ['Pad', 'pads', 1, 11],
  ['Pad', 'value', 2, 11],
  ['TopK', 'k', 1, 10],
  ['Upsample', 'scales', 1, 9],
];

const FLOAT_ATTRIBUTES = new Set(['min', 'max', 'value', 'scales']);

function toConstant(builder: GraphBuilder, attribute: string, value: Attribute, near: string): string {
  if (typeof value === 'number') {
    return FLOAT_ATTRIBUTES.has(attribute) ? builder.scalar(value, near) : builder.ints([value], near);
  }
  const list = value as readonly number[];
  if (!FLOAT_ATTRIBUTES.has(attribute)) return builder.ints(list, near);
  return builder.constant({ dtype: 'float32', shape: [list.length], data: Float32Array.from(list) }, near);
}

/** The node as the newest operator set writes it. */
export function upgraded(node: SourceNode, builder: GraphBuilder): SourceNode {
  const inputs = [...node.inputs];
  const attributes: Record<string, Attribute> = { ...node.attributes };
  for (const [op, attribute, input, since] of BECAME_INPUTS) {
    const value = attributes[attribute];
    if (op !== node.op || node.opset >= since || value === undefined) continue;
    while (inputs.length < input) inputs.push(null);
    inputs[input] = toConstant(builder, attribute, value, `${node.name}/${attribute}`);
    Reflect.deleteProperty(attributes, attribute);
  }
  return { ...node, inputs, attributes };
}

/** Axes of a channels-first tensor in channels-last order. */
const toLast = (rank: number) => [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
const toFirst = (rank: number) => [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];
/** Weights `[O, I, ...kernel]` (transposed convolution `[I, O, ...kernel]`) to the kernel first. */
const kernelFirst = (rank: number) => [...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1, 0];

/** Runs an operation channels-last: transposes around it, which a pass cancels later. */
function channelsLast(node: SourceNode, builder: GraphBuilder, rank: number, weights: number | null): void {
  const input = node.inputs[0];
  if (input === null || input === undefined) throw unsupported(node, 'has no input');
  const inputs = [...node.inputs];
  inputs[0] = builder.transposed(node, input, toLast(rank));
  const weight = weights === null ? null : (inputs[weights] ?? null);
  if (weights !== null) {
    if (weight === null) throw unsupported(node, 'has no weights');
    inputs[weights] = builder.transposed(node, weight, kernelFirst(rank));
  }
  const results = node.outputs.map((name) => (name === '' ? '' : builder.fresh(name)));
  builder.node(node, node.op, inputs, results, node.attributes);
  node.outputs.forEach((name, index) => {
    if (name === '') return;
    const perm = toFirst(rank);
    builder.node({ name: `${node.name}/transpose` }, 'Transpose', [results[index] as string], [name], {
      perm,
    });
    builder.setShape(name, new Array<null>(rank).fill(null));
  });
}

/** A convolution whose weights are the given input. */
const convolution =
  (weights: number): Rule =>
  (node, builder) => {
    const kernel = node.attributes['kernel_shape'];
    const known = builder.rank(node.inputs[weights] ?? '') ?? builder.rank(node.inputs[0] ?? '');
    const rank = known ?? (Array.isArray(kernel) ? kernel.length + 2 : null);
    if (rank === null) throw unsupported(node, 'has weights of unknown shape');
    if (rank < 3 || rank > 5) throw unsupported(node, `works on ${rank - 2} axes of space`);
    channelsLast(node, builder, rank, weights);
  };

const fusedConv: Rule = (node, builder) => {
  const inputs = node.inputs.slice(0, 3);
  takenApart({ ...node, inputs }, builder, 'Conv', node.inputs[3] ?? null, convolution(1));
};

const pool: Rule = (node, builder) => {
  const kernel = node.attributes['kernel_shape'];
  if (!Array.isArray(kernel) || kernel.length < 1 || kernel.length > 3) {
    throw unsupported(node, 'has no kernel of one to three axes');
  }
  channelsLast(node, builder, kernel.length + 2, null);
};

const withChannelAxis: Rule = (node, builder) =>
  builder.node(node, node.op, node.inputs, node.outputs, { ...node.attributes, channel_axis: 1 });

const overAxis: Rule = (node, builder) => {
  const old = node.opset < 13;
  const axis = node.attributes['axis'] ?? (old ? 1 : -1);
  const attributes: Attributes = old ? { axis, flatten: true } : { axis };
  builder.node(node, node.op, node.inputs, node.outputs, attributes);
};

/** The value that a Constant node holds. */
function constantValue(node: SourceNode): TensorData {
  const { attributes } = node;
  const [name, value] = Object.entries(attributes).find(([key]) => key.startsWith('value')) ?? [];
  const of = (dtype: 'float32' | 'int64', list: readonly number[], shape: number[]): TensorData => ({
    dtype,
    shape,
    data: fromNumbers(list, dtype),
  });
  switch (name) {
    case 'value':
      return value as TensorData;
    case 'value_float':
      return of('float32', [value as number], []);
    case 'value_int':
      return of('int64', [value as number], []);
    case 'value_floats':
      return of('float32', value as number[], [(value as number[]).length]);
    case 'value_ints':
      return of('int64', value as number[], [(value as number[]).length]);
    case 'value_string':
      return { dtype: 'string', shape: [], data: [value as string] };
    case 'value_strings':
      return { dtype: 'string', shape: [(value as string[]).length], data: value as string[] };
    default:
      throw unsupported(node, 'holds a value of a kind that is not supported');
  }
}

const constant: Rule = (node, builder) => {
  const [output = ''] = node.outputs;
  builder.addParameter(output, constantValue(node), 'constant');
};

/** A constant keeps its meaning under the new name; training then sees one parameter. */
const identity: Rule = (node, builder) => {
  const [input] = node.inputs;
  const [output = ''] = node.outputs;
  if (typeof input === 'string' && builder.parameter(input) !== undefined) builder.alias(output, input);
  else builder.node(node, 'Identity', node.inputs, node.outputs);
};

const transpose: Rule = (node, builder) => {
  const [input] = node.inputs;
  const [output = ''] = node.outputs;
  const parameter = builder.parameter(input);
  if (typeof input !== 'string' || parameter === undefined || !builder.isUsedOnce(input)) {
    builder.node(node, 'Transpose', node.inputs, node.outputs, node.attributes);
    return;
  }
  const rank = parameter.shape.length;
  const perm = node.attributes['perm'] ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  builder.alias(output, builder.transposed(node, input, perm as number[]));
};

/** Weights are turned at import: WASM multiplies by a transposed matrix many times slower. */
const gemm: Rule = (node, builder) => {
  const [, weight] = node.inputs;
  const turn = node.attributes['transB'] === 1 && builder.parameter(weight) !== undefined;
  if (!turn || typeof weight !== 'string' || !builder.isUsedOnce(weight)) {
    builder.node(node, 'Gemm', node.inputs, node.outputs, node.attributes);
    return;
  }
  const inputs = node.inputs.map((name, i) => (i === 1 ? builder.transposed(node, weight, [1, 0]) : name));
  builder.node(node, 'Gemm', inputs, node.outputs, { ...node.attributes, transB: 0 });
};

/** Weights that a file stores as halves, each behind a Cast, become floats of their own: they can be trained. */
const cast: Rule = (node, builder) => {
  const [input] = node.inputs;
  const parameter = builder.parameter(input);
  const { to } = node.attributes;
  const widened = parameter?.dtype === 'float16' && to === 'float32';
  if (parameter === undefined || !widened || !builder.isUsedOnce(parameter.name)) {
    builder.node(node, 'Cast', node.inputs, node.outputs, node.attributes);
    return;
  }
  const data = new Float32Array(toNumbers(parameter));
  builder.addParameter(node.outputs[0] ?? '', { dtype: 'float32', shape: parameter.shape, data }, 'weight');
};

/** Taken over if an input, where its axes are known, has as many as are computed. */
const ofRanks =
  (input: number, ranks: readonly number[]): Rule =>
  (node, builder) => {
    const rank = builder.rank(node.inputs[input] ?? '');
    if (rank !== null && !ranks.includes(rank)) {
      throw unsupported(node, `has an input ${input} of ${rank} axes, which is not supported`);
    }
    builder.node(node, node.op, node.inputs, node.outputs, node.attributes);
  };

/** Resize of opset 10 and Upsample before it measure from the corner and take the pixel below. */
const oldResize: Rule = (node, builder) => {
  const { mode = 'nearest' } = node.attributes;
  const [x = null, scales = null] = node.inputs;
  builder.node(node, 'Resize', [x, null, scales], node.outputs, {
    mode,
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });
};

const takeOver =
  (op: string): Rule =>
  (node, builder) =>
    builder.node(node, op, node.inputs, node.outputs, node.attributes);

const dropout: Rule = (node, builder) =>
  builder.node(node, 'Dropout', node.inputs, node.outputs, node.opset < 12 ? {} : node.attributes);

/** Version 8 has the lengths of sequences in front, and an axis of the batch on everything. */
const oldScan: Rule = (node, builder) => {
  const [lengths, ...inputs] = node.inputs;
  if (lengths !== null) throw unsupported(node, 'of operator set 8 has sequences of different lengths');
  const { directions, ...attributes } = node.attributes;
  builder.node(node, 'Scan', inputs, node.outputs, {
    ...attributes,
    ...(directions !== undefined && { scan_input_directions: directions }),
    batched: true,
  });
};

/** The rule of an operation, if it has one. */
export function ruleOf({ op, opset }: SourceNode): Rule | undefined {
  if (op === 'Resize') return opset < 11 ? oldResize : undefined;
  if (op === 'Scan') return opset < 9 ? oldScan : undefined;
  return RULES.get(op);
}

/** A map, since names come from files: an object would answer to "constructor" too. */
const RULES: ReadonlyMap<string, Rule> = new Map(
  Object.entries<Rule>({
    Constant: constant,
    Cast: cast,
    Identity: identity,
    Transpose: transpose,
    Gemm: gemm,
    DequantizeLinear: dequantize,
    'com.microsoft:MatMulNBits': matMulBits,
    'com.microsoft:FusedConv': fusedConv,
    'com.microsoft:Attention': ofRanks(3, [1, 2, 3]),
    'com.microsoft:MultiHeadAttention': ofRanks(4, [1, 2, 3]),
    GridSample: ofRanks(0, [4]),
    'com.microsoft:FusedGemm': (node, builder) => takenApart(node, builder, 'Gemm', null, gemm),
    Conv: convolution(1),
    ConvTranspose: convolution(1),
    ConvInteger: convolution(1),
    QLinearConv: convolution(3),
    MaxPool: pool,
    AveragePool: pool,
    LpPool: pool,
    DepthToSpace: (node, builder) => channelsLast(node, builder, 4, null),
    SpaceToDepth: (node, builder) => channelsLast(node, builder, 4, null),
    BatchNormalization: withChannelAxis,
    InstanceNormalization: withChannelAxis,
    GroupNormalization: withChannelAxis,
    GlobalAveragePool: withChannelAxis,
    GlobalMaxPool: withChannelAxis,
    GlobalLpPool: withChannelAxis,
    LRN: withChannelAxis,
    Softmax: overAxis,
    LogSoftmax: overAxis,
    Hardmax: overAxis,
    Upsample: oldResize,
    Scatter: takeOver('ScatterElements'),
    Dropout: dropout,
  }),
);
