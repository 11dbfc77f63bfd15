/**
 * @file Which steps of a network `rebuild.py` has, and with which attributes: its functions have the same names and take
 * the same attributes, a test compares both.
 */
import { EngineError } from '../../core/errors.ts';
import type { Attribute, Graph, Node } from '../../graph/model/ir.ts';

const WINDOW = ['kernel_shape', 'strides', 'pads', 'auto_pad'] as const;

/** The attributes that each operation may have. */
export const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  Add: [],
  AveragePool: [...WINDOW, 'count_include_pad'],
  BatchNormalization: ['epsilon', 'channel_axis', 'momentum'],
  Clip: [],
  Concat: ['axis'],
  Conv: [...WINDOW, 'dilations', 'group'],
  Div: [],
  Dropout: ['seed'],
  Elu: ['alpha'],
  Flatten: ['axis'],
  Gather: ['axis'],
  Gemm: ['alpha', 'beta', 'transA', 'transB'],
  GlobalAveragePool: ['channel_axis'],
  HardSigmoid: ['alpha', 'beta'],
  HardSwish: [],
  Identity: [],
  LeakyRelu: ['alpha'],
  MatMul: [],
  MaxPool: [...WINDOW, 'dilations'],
  Mul: [],
  ReduceMean: ['axes', 'keepdims'],
  Relu: [],
  Reshape: [],
  Sigmoid: [],
  Softmax: ['axis'],
  Squeeze: ['axes'],
  Sub: [],
  Sum: [],
  Tanh: [],
  Transpose: ['perm'],
  Unsqueeze: ['axes'],
};

/** Attributes that say nothing with this value; whoever made the network may have written them down. */
const IDLE: Readonly<Record<string, number>> = {
  ceil_mode: 0,
  storage_order: 0,
  training_mode: 0,
  allowzero: 0,
  noop_with_empty_axes: 0,
};

/**
 * The attributes of a node that `rebuild.py` is told.
 * @throws {EngineError} `export-operation` if the node is not one that it has.
 */
export function attributesOf(node: Node, graph: Graph): Record<string, Attribute> {
  const known = ATTRIBUTES[node.op];
  if (known === undefined || !Object.hasOwn(ATTRIBUTES, node.op))
    throw refusal(node, 'it is not known there');
  if (node.outputs.slice(1).some((name) => name !== ''))
    throw refusal(node, 'only its first result is known there');
  const told: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries(node.attributes)) {
    if (known.includes(name)) told[name] = value;
    else if (!isIdle(name, value)) throw refusal(node, `its ${name} is not known there`);
  }
  if (known.includes('strides') && !overTwoAxes(node, graph)) {
    throw refusal(node, 'only windows over two axes are known there');
  }
  return told;
}

function isIdle(name: string, value: Attribute): boolean {
  if (name === 'dilations') return Array.isArray(value) && value.every((step) => step === 1);
  return Object.hasOwn(IDLE, name) && Number(value) === IDLE[name];
}

function overTwoAxes({ op, inputs, attributes }: Node, { parameters }: Graph): boolean {
  if (op === 'Conv') return parameters.get(inputs[1] ?? '')?.shape.length === 4;
  const kernel = attributes['kernel_shape'];
  return Array.isArray(kernel) && kernel.length === 2;
}

function refusal({ op, name }: Node, reason: string): EngineError {
  return new EngineError('export-operation', `PyTorch's bundle cannot have ${op} "${name}": ${reason}.`, {
    op,
    node: name,
    format: 'safetensors',
  });
}
