/**
 * @file What becomes of each operation in TensorFlow: those of networks for pictures. Names and attributes:
 * https://github.com/tensorflow/tfjs/tree/master/tfjs-converter/src/operations/op_list.
 */
import { attrInts, attrText, type AttrValue } from './graph-def.ts';
import type { NodeContext } from './node-context.ts';

/** Writes a node; gives the name of the TensorFlow node that has its result. Throws a plain error with a reason. */
type Rule = (node: NodeContext) => string;

const FLOAT: AttrValue = { type: 'DT_FLOAT' };

const direct =
  (op: string): Rule =>
  (node) =>
    node.add(op, node.inputs());

/** What windows over space have in common. `pads`: `[top, left, bottom, right]`. */
function windowAttributes(node: NodeContext): Record<string, AttrValue> {
  const [down = 1, right = 1] = node.ints('strides') ?? [];
  return { strides: attrInts([1, down, right, 1]), data_format: attrText('NHWC') };
}

function padding(node: NodeContext, canBeExplicit: boolean): Record<string, AttrValue> {
  const auto = node.text('auto_pad', 'NOTSET');
  const pads = node.ints('pads') ?? [0, 0, 0, 0];
  if (auto === 'SAME_UPPER') return { padding: attrText('SAME') };
  if (auto === 'VALID' || (auto === 'NOTSET' && pads.every((one) => one === 0)))
    return { padding: attrText('VALID') };
  if (auto !== 'NOTSET' || !canBeExplicit)
    throw new Error(`its padding (${auto} ${pads.join(' ')}) has no form there`);
  const [top = 0, left = 0, bottom = 0, right = 0] = pads;
  return {
    padding: attrText('EXPLICIT'),
    explicit_paddings: attrInts([0, 0, top, bottom, left, right, 0, 0]),
  };
}

function conv(node: NodeContext): string {
  const weight = node.parameter(1);
  const [height = 1, width = 1, perGroup = 1, outputs = 1] = weight.shape;
  if (weight.shape.length !== 4) throw new Error('only two axes of space have a form there');
  const group = node.number('group', 1);
  const isDepthwise = group > 1 && perGroup === 1;
  if (group > 1 && !isDepthwise) throw new Error('groups of several channels have no form there');
  const [down = 1, right = 1] = node.ints('dilations') ?? [];
  const shape = isDepthwise ? [height, width, group, outputs / group] : weight.shape;
  const result = node.add(
    isDepthwise ? 'DepthwiseConv2dNative' : 'Conv2D',
    [node.input(0), node.weights(1, shape)],
    { ...windowAttributes(node), ...padding(node, true), dilations: attrInts([1, down, right, 1]) },
  );
  return node.has(2)
    ? node.add('BiasAdd', [result, node.input(2)], { data_format: attrText('NHWC') })
    : result;
}

const pool =
  (op: string): Rule =>
  (node) => {
    const [height = 1, width = 1] = node.ints('kernel_shape') ?? [];
    if (node.number('ceil_mode', 0) !== 0) throw new Error('windows beyond the edge have no form there');
    const ksize = attrInts([1, height, width, 1]);
    return node.add(op, [node.input(0)], { ...windowAttributes(node), ...padding(node, false), ksize });
  };

function batchNormalization(node: NodeContext): string {
  node.needLast('channel_axis');
  return node.add('FusedBatchNormV3', node.inputs(), {
    epsilon: { f: node.number('epsilon', 1e-5) },
    data_format: attrText('NHWC'),
    is_training: { b: false },
    U: FLOAT,
  });
}

function gemm(node: NodeContext): string {
  if (node.number('alpha', 1) !== 1 || node.number('beta', 1) !== 1)
    throw new Error('its factors have no form there');
  const product = node.add('MatMul', [node.input(0), node.input(1)], {
    transpose_a: { b: node.number('transA', 0) !== 0 },
    transpose_b: { b: node.number('transB', 0) !== 0 },
  });
  return node.has(2) ? node.add('AddV2', [product, node.input(2)]) : product;
}

function clip(node: NodeContext): string {
  const low = node.has(1) ? node.scalar(1) : -Infinity;
  const high = node.has(2) ? node.scalar(2) : Infinity;
  return clipped(node, node.input(0), low, high);
}

function clipped(node: NodeContext, x: string, low: number, high: number): string {
  if (low === 0 && high === 6) return node.add('Relu6', [x]);
  if (low === 0 && high === Infinity) return node.add('Relu', [x]);
  const limit = 3.4e38;
  return node.add('ClipByValue', [
    x,
    node.constant(Math.max(-limit, low)),
    node.constant(Math.min(limit, high)),
  ]);
}

/** Source of the formula: `src/graph/ops/activation.ts`. */
function hardSwish(node: NodeContext): string {
  const x = node.input(0);
  const six = node.add('Relu6', [node.add('AddV2', [x, node.constant(3)])]);
  return node.add('Mul', [node.add('Mul', [x, six]), node.constant(1 / 6)]);
}

function hardSigmoid(node: NodeContext): string {
  const scaled = node.add('Mul', [node.input(0), node.constant(node.number('alpha', 0.2))]);
  return clipped(node, node.add('AddV2', [scaled, node.constant(node.number('beta', 0.5))]), 0, 1);
}

function globalAveragePool(node: NodeContext): string {
  node.needLast('channel_axis');
  const rank = node.shape(node.source(0)).length;
  const axes = Array.from({ length: rank - 2 }, (_, i) => i + 1);
  return node.add('Mean', [node.input(0), node.axes(axes)], {
    keep_dims: { b: true },
    Tidx: { type: 'DT_INT32' },
  });
}

function reduceMean(node: NodeContext): string {
  const axes = node.ints('axes') ?? node.list(1);
  return node.add('Mean', [node.input(0), node.axes(axes)], {
    keep_dims: { b: node.number('keepdims', 1) !== 0 },
    Tidx: { type: 'DT_INT32' },
  });
}

/** Every operation that only names the elements anew. The number of pictures stays open. */
function reshape(node: NodeContext): string {
  const shape = node.shape(node.result);
  const sizes = shape.map((size, axis) => (axis === 0 && typeof size !== 'number' ? -1 : size));
  if (!sizes.every((size) => typeof size === 'number')) throw new Error('its shape is not known beforehand');
  return node.add('Reshape', [node.input(0), node.axes(sizes)], { Tshape: { type: 'DT_INT32' } });
}

function transpose(node: NodeContext): string {
  return node.add('Transpose', [node.input(0), node.axes(node.ints('perm') ?? [])], {
    Tperm: { type: 'DT_INT32' },
  });
}

function concat(node: NodeContext): string {
  const inputs = node.inputs();
  return node.add('ConcatV2', [...inputs, node.axes([node.number('axis', 0)], [])], {
    N: { i: String(inputs.length) },
    Tidx: { type: 'DT_INT32' },
  });
}

function gather(node: NodeContext): string {
  return node.add(
    'GatherV2',
    [node.input(0), node.axes(node.list(1)), node.axes([node.number('axis', 0)], [])],
    {
      Tparams: FLOAT,
      Tindices: { type: 'DT_INT32' },
    },
  );
}

function sum(node: NodeContext): string {
  const [first = '', ...others] = node.inputs();
  return others.reduce((total, one) => node.add('AddV2', [total, one]), first);
}

/** By the names of the IR. */
export const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['Conv', conv],
  ['MaxPool', pool('MaxPool')],
  ['AveragePool', pool('AvgPool')],
  ['BatchNormalization', batchNormalization],
  ['Gemm', gemm],
  ['MatMul', direct('BatchMatMulV2')],
  ['Clip', clip],
  ['HardSwish', hardSwish],
  ['HardSigmoid', hardSigmoid],
  ['GlobalAveragePool', globalAveragePool],
  ['ReduceMean', reduceMean],
  ['Flatten', reshape],
  ['Reshape', reshape],
  ['Squeeze', reshape],
  ['Unsqueeze', reshape],
  ['Transpose', transpose],
  ['Concat', concat],
  ['Gather', gather],
  ['Softmax', (node) => (node.needLast('axis'), node.add('Softmax', [node.input(0)]))],
  ['Cast', direct('Identity')],
  ['Identity', direct('Identity')],
  ['Dropout', (node) => node.add('Identity', [node.input(0)])],
  ['Relu', direct('Relu')],
  ['Sigmoid', direct('Sigmoid')],
  ['Tanh', direct('Tanh')],
  ['Elu', direct('Elu')],
  ['Add', direct('AddV2')],
  ['Sum', sum],
  ['Sub', direct('Sub')],
  ['Mul', direct('Mul')],
  ['Div', direct('RealDiv')],
]);
