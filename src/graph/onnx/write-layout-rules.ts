/**
 * @file Operations whose order of axes matters to the writer. A rule writes the node channels-first and says `true`, or
 * leaves it to be written as it is.
 */
import { unsupported } from '../importing/errors.ts';
import type { Attributes } from '../model/ir.ts';
import { axisInFirst, isSameOrder, toFirst, toLast } from './write-layout.ts';
import { isDilated } from './write-opset.ts';
import type { NodeCall } from './write-rules.ts';

type LayoutRule = (call: NodeCall) => boolean;

/** The number of axes that the node works on channels-first: that of an input which is there in no other form. */
function firstRank(call: NodeCall): number | null {
  const { node, writer } = call;
  for (const [index, name] of node.inputs.entries()) {
    if (name !== null && writer.isOnlyFirst(name)) return call.rank(index);
  }
  return null;
}

/** Over space: always channels-first. */
const convolution =
  (weights: number): LayoutRule =>
  (call) => {
    const rank = call.rank(weights) ?? call.rank(0);
    if (rank === null) throw unsupported(call.node, 'has weights of unknown shape');
    const inputs = call.inputs({ 0: call.first(0, rank), [weights]: call.kernel(weights, rank) });
    call.emit(inputs, call.outputs('first'), window(call));
    return true;
  };

/** Attributes of a window without those that say nothing. */
function window({ node }: NodeCall): Attributes {
  const attributes = { ...node.attributes };
  if (!isDilated(node)) Reflect.deleteProperty(attributes, 'dilations');
  if ((attributes['auto_pad'] ?? 'NOTSET') !== 'NOTSET') Reflect.deleteProperty(attributes, 'pads');
  return attributes;
}

const pool: LayoutRule = (call) => {
  const kernel = call.node.attributes['kernel_shape'];
  const rank = call.rank(0) ?? (Array.isArray(kernel) ? kernel.length + 2 : null);
  if (rank === null) throw unsupported(call.node, 'has no kernel');
  call.emit([call.first(0, rank)], call.outputs('first'), window(call));
  return true;
};

const blocks: LayoutRule = (call) => {
  call.emit([call.first(0, 4)], call.outputs('first'));
  return true;
};

/** Operations that know their channel axis: ONNX has it second. */
const channels: LayoutRule = (call) => {
  const axis = call.number('channel_axis', -1);
  if (axis === 1) return false;
  const rank = call.rank(0);
  if (rank === null) throw unsupported(call.node, 'works on a value whose number of axes is unknown');
  const positive = axis < 0 ? axis + rank : axis;
  if (positive === 1) return false;
  if (positive !== rank - 1) throw unsupported(call.node, `has its channels on axis ${positive} of ${rank}`);
  const [result = '', ...more] = call.node.outputs;
  const outputs = [call.writer.give(result, 'first'), ...more.map((name) => call.writer.give(name, 'plain'))];
  call.emit(call.inputs({ 0: call.first(0, rank) }), outputs);
  return true;
};

/** One input whose axes mean nothing; further inputs are single numbers. */
const elementwise: LayoutRule = (call) => {
  const rank = firstRank(call);
  if (rank === null) return false;
  if (call.node.inputs.slice(1).some((_, i) => call.has(i + 1) && call.rank(i + 1) !== 0)) return false;
  call.emit(call.inputs({ 0: call.first(0, rank) }), call.outputs('first'));
  return true;
};

/** All inputs broadcast against each other: those that are not constants must have as many axes. */
const broadcasting: LayoutRule = (call) => {
  const rank = firstRank(call);
  if (rank === null) return false;
  const inputs: string[] = [];
  for (const [index, name] of call.node.inputs.entries()) {
    if (name === null) inputs.push('');
    else if (call.rank(index) === 0) inputs.push(call.plain(index));
    else if (call.writer.parameter(name) !== undefined) {
      const constant = call.broadcast(index, rank);
      if (constant === null) return false;
      inputs.push(constant);
    } else if (call.rank(index) === rank) inputs.push(call.first(index, rank));
    else return false;
  }
  call.emit(inputs, call.outputs('first'));
  return true;
};

/** Works along the axis that an attribute names. */
const alongAxis =
  (otherwise: number): LayoutRule =>
  (call) => {
    const rank = firstRank(call);
    if (rank === null || call.node.attributes['flatten'] === true) return false;
    if (call.node.op !== 'Split' && call.node.inputs.some((_, i) => call.rank(i) !== rank)) return false;
    const axis = axisInFirst(call.number('axis', otherwise), rank);
    const inputs = call.node.inputs.map((_, i) =>
      call.node.op === 'Split' && i > 0 ? call.plain(i) : call.first(i, rank),
    );
    const parts = call.node.op === 'Split' && !call.has(1) ? { num_outputs: call.node.outputs.length } : {};
    call.emit(inputs, call.outputs('first'), { ...call.node.attributes, ...parts, axis });
    return true;
  };

/** Over axes in an input. Axes that go must leave the others in their order. */
const reduction: LayoutRule = (call) => {
  const rank = firstRank(call);
  if (rank === null) return false;
  const axes = call.writer.integers(call.node.inputs[1] ?? null);
  const keep = call.number('keepdims', 1) !== 0;
  if (axes === null || axes.length === 0) return false;
  const inFirst = axes.map((axis) => axisInFirst(axis, rank));
  const left = toFirst(rank).filter((_, axis) => !inFirst.includes(axis));
  if (!keep && left.some((axis, i) => i > 0 && axis < (left[i - 1] as number))) return false;
  const wanted = call.writer.ints(`${call.node.name}/axes`, inFirst);
  call.emit([call.first(0, rank), wanted], call.outputs(keep ? 'first' : 'plain'));
  return true;
};

const slice: LayoutRule = (call) => {
  const rank = firstRank(call);
  if (rank === null) return false;
  const count = call.writer.fact(call.name(1)).shape?.[0] ?? null;
  const given = call.writer.integers(call.node.inputs[3] ?? null);
  if (call.has(3) ? given === null : count === null) return false;
  const axes = given ?? Array.from({ length: count ?? 0 }, (_, axis) => axis);
  const turned = call.writer.ints(
    `${call.node.name}/axes`,
    axes.map((axis) => axisInFirst(axis, rank)),
  );
  const [starts, ends, steps] = [1, 2, 4].map((i) => call.plain(i)) as [string, string, string];
  call.emit([call.first(0, rank), starts, ends, turned, steps], call.outputs('first'));
  return true;
};

const pad: LayoutRule = (call) => {
  const rank = firstRank(call);
  const pads = call.writer.integers(call.node.inputs[1] ?? null);
  if (rank === null || pads === null || call.has(3) || pads.length !== 2 * rank) return false;
  const order = toFirst(rank);
  const turned = [
    ...order.map((axis) => pads[axis] as number),
    ...order.map((axis) => pads[axis + rank] as number),
  ];
  const sizes = call.writer.ints(`${call.node.name}/pads`, turned);
  call.emit([call.first(0, rank), sizes, call.plain(2)], call.outputs('first'));
  return true;
};

/** One number for each axis, as the channels-first form has them. */
function perAxis(call: NodeCall, index: number, rank: number): string {
  if (!call.has(index)) return '';
  const order = call.writer.ints(`${call.node.name}/order`, toFirst(rank));
  return call.step('Gather', [call.plain(index), order], { axis: 0 });
}

const resize: LayoutRule = (call) => {
  const rank = call.rank(0);
  const inFirst = firstRank(call) !== null;
  if (!inFirst || rank === null || call.has(1) || 'axes' in call.node.attributes) return false;
  const [scales, sizes] = [perAxis(call, 2, rank), perAxis(call, 3, rank)];
  call.emit([call.first(0, rank), '', scales, sizes], call.outputs('first'));
  return true;
};

/** Where all axes but batch and channels are of one element, the order of the elements is the same in both forms. */
function isPointwise(call: NodeCall): boolean {
  const { shape } = call.writer.fact(call.name(0));
  return firstRank(call) !== null && shape !== null && shape.slice(1, -1).every((size) => size === 1);
}

const reshape: LayoutRule = (call) => {
  if (!isPointwise(call)) return false;
  const wanted = call.writer.integers(call.node.inputs[1] ?? null);
  if (call.node.op === 'Reshape' && (wanted === null || wanted.slice(1).includes(0))) return false;
  if (call.node.op === 'Flatten' && call.number('axis', 1) !== 1) return false;
  call.emit(call.inputs({ 0: call.first(0, call.rank(0) as number) }), call.outputs());
  return true;
};

const squeeze: LayoutRule = (call) => {
  const rank = firstRank(call);
  const axes = call.writer.integers(call.node.inputs[1] ?? null);
  if (rank === null || axes === null || !isPointwise(call)) return false;
  const turned = axes.map((axis) => axisInFirst(axis, rank));
  if (turned.includes(0) || turned.includes(1)) return false;
  call.emit([call.first(0, rank), call.writer.ints(`${call.node.name}/axes`, turned)], call.outputs());
  return true;
};

/** Between the two forms nothing is written: the other form of a value is another name for it. */
const transpose: LayoutRule = (call) => {
  const { node, writer } = call;
  const [name] = node.inputs;
  const [output = ''] = node.outputs;
  if (typeof name !== 'string' || writer.parameter(name) !== undefined) return false;
  const rank = call.rank(0) ?? (node.attributes['perm'] as readonly number[] | undefined)?.length ?? null;
  if (rank === null || rank < 3) return false;
  const perm =
    (node.attributes['perm'] as readonly number[] | undefined) ?? toFirst(rank).map((_, i) => rank - 1 - i);
  if (writer.hasFirst(name)) {
    const order = perm.map((axis) => toLast(rank)[axis] as number);
    if (order.every((axis, i) => axis === i)) writer.alias(output, 'plain', writer.first(name, rank));
    else if (writer.isOnlyFirst(name)) call.emit([call.first(0, rank)], call.outputs(), { perm: order });
    else return false;
    return true;
  }
  if (!isSameOrder(perm, toLast(rank))) return false;
  writer.alias(output, 'first', writer.plain(name));
  return true;
};

const named = (names: string, rule: LayoutRule) => names.split(' ').map((op) => [op, rule] as const);

export const LAYOUT_RULES: ReadonlyMap<string, LayoutRule> = new Map<string, LayoutRule>([
  ...named('Conv ConvTranspose ConvInteger', convolution(1)),
  ...named('QLinearConv', convolution(3)),
  ...named('MaxPool AveragePool LpPool', pool),
  ...named('DepthToSpace SpaceToDepth', blocks),
  ...named(
    'BatchNormalization InstanceNormalization GroupNormalization GlobalAveragePool GlobalMaxPool GlobalLpPool LRN',
    channels,
  ),
  ...named(
    'Abs Neg Sign Ceil Floor Round Sqrt Reciprocal Exp Log Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh Asinh Acosh Atanh Erf ' +
      'Sigmoid Relu LeakyRelu Elu Selu Celu ThresholdedRelu HardSigmoid HardSwish Softplus Softsign Mish Gelu Shrink IsNaN ' +
      'IsInf Not Clip Cast Identity Dropout QuantizeLinear DequantizeLinear com.microsoft:Gelu com.microsoft:QuickGelu',
    elementwise,
  ),
  ...named(
    'Add Sub Mul Div Mod Pow Max Min Sum Mean And Or Xor Equal Less LessOrEqual Greater GreaterOrEqual Where PRelu',
    broadcasting,
  ),
  ...named('Concat Split', alongAxis(0)),
  ...named('Softmax LogSoftmax Hardmax LpNormalization', alongAxis(-1)),
  ...named(
    'ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSum ReduceLogSumExp',
    reduction,
  ),
  ...named('Slice', slice),
  ...named('Pad', pad),
  ...named('Resize', resize),
  ...named('Reshape Flatten', reshape),
  ...named('Squeeze', squeeze),
  ...named('Transpose', transpose),
]);
