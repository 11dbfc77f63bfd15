/** @file Shapes of values before anything runs, as far as the sizes of inputs and parameters decide them. */
import { EngineError } from '../../core/errors.ts';
import type { Attributes, Dimension, Graph, Node } from '../model/ir.ts';
import { toNumbers } from '../model/tensor-data.ts';
import { OpCall } from '../ops/call.ts';
import { windowAxes } from '../ops/window.ts';

type Shape = readonly Dimension[];

/** What a rule knows of a node. */
interface Known {
  readonly node: Node;
  readonly attributes: Attributes;
  /** `null`: unknown. */
  readonly shape: (input: number) => Shape | null;
  /** The numbers of an input that is a constant. */
  readonly list: (input: number) => number[] | null;
}

type Rule = (known: Known) => Shape | null;

/** The shapes that follow from the graph's inputs; values whose shape is not known are missing. */
export function inferShapes(graph: Graph): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>();
  for (const { name, shape } of graph.inputs) if (shape !== null) shapes.set(name, shape);
  for (const { name, shape } of graph.parameters.values()) shapes.set(name, shape);
  const list = (name: string | null | undefined) => {
    const parameter = graph.parameters.get(name ?? '');
    return parameter === undefined || parameter.dtype === 'string' ? null : [...toNumbers(parameter)];
  };
  for (const node of graph.nodes) {
    const [output = ''] = node.outputs;
    const shape = RULES.get(node.op)?.({
      node,
      attributes: node.attributes,
      shape: (input) => shapes.get(node.inputs[input] ?? '') ?? null,
      list: (input) => list(node.inputs[input]),
    });
    if (shape !== null && shape !== undefined) shapes.set(output, shape);
  }
  return shapes;
}

/** The size of both, broadcast; `null` where that is open. */
function together(a: Dimension, b: Dimension): Dimension {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  if (typeof a === 'number') return a;
  return typeof b === 'number' ? b : null;
}

function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const at = (shape: Shape, axis: number) => shape.at(axis - rank + shape.length) ?? null;
  return Array.from({ length: rank }, (_, axis) => {
    const [left, right] = [
      axis < rank - a.length ? 1 : at(a, axis),
      axis < rank - b.length ? 1 : at(b, axis),
    ];
    return together(left, right);
  });
}

const like: Rule = ({ shape }) => shape(0);

const broadcasting: Rule = ({ node, shape }) => {
  const all = node.inputs.map((_, index) => shape(index));
  return all.reduce((a, b) => (a === null || b === null ? null : broadcast(a, b)));
};

/** Reads a node's window as the operations do; it needs no executor for that. */
const settings = (node: Node) =>
  new OpCall(node, [], { mode: { training: false, random: () => 0 }, upload: () => never() });

function never(): never {
  throw new Error('Shapes need no tensors.');
}

function windowed(known: Known, kernel: Shape | null, channels: Dimension | undefined): Shape | null {
  const x = known.shape(0);
  if (x === null || kernel === null || channels === undefined) return null;
  const space = x.slice(1, -1);
  if (![...space, ...kernel].every((size) => typeof size === 'number')) return null;
  try {
    const axes = windowAxes(settings(known.node), space as number[], kernel as number[]);
    return [x[0] ?? null, ...axes.map(({ out }) => out), channels];
  } catch (cause) {
    const { name, op } = known.node;
    const message = `The node "${name}" (${op}) does not fit its input [${x.join()}].`;
    throw new EngineError('model-unsupported', message, { node: name, op }, { cause });
  }
}

const convolution: Rule = (known) => {
  const weight = known.shape(1);
  const x = known.shape(0);
  const group = Number(known.attributes['group'] ?? 1);
  const [inputs, own] = [weight?.at(-2), x?.at(-1)];
  if (typeof inputs === 'number' && typeof own === 'number' && inputs * group !== own) {
    const { name, op } = known.node;
    throw new EngineError(
      'model-unsupported',
      `The node "${name}" (${op}) expects ${inputs * group} channels, but gets ${own}.`,
      { node: name, op },
    );
  }
  return windowed(known, weight?.slice(0, -2) ?? null, weight?.at(-1));
};

const pool: Rule = (known) => {
  const kernel = known.attributes['kernel_shape'];
  return windowed(known, Array.isArray(kernel) ? (kernel as number[]) : null, known.shape(0)?.at(-1));
};

const globalPool: Rule = ({ shape, attributes }) => {
  const x = shape(0);
  const axis = Number(attributes['channel_axis'] ?? -1);
  return x?.map((size, i) => (i === 0 || i === (axis + x.length) % x.length ? size : 1)) ?? null;
};

/** Number of elements, `null` if a size is open. */
function count(sizes: Shape): number | null {
  return sizes.reduce<number | null>(
    (product, size) => (product === null || typeof size !== 'number' ? null : product * size),
    1,
  );
}

const flatten: Rule = ({ shape, attributes }) => {
  const x = shape(0);
  if (x === null) return null;
  const axis = Number(attributes['axis'] ?? 1);
  const split = axis < 0 ? axis + x.length : axis;
  const before = split === 1 ? (x[0] ?? null) : count(x.slice(0, split));
  return [before, count(x.slice(split))];
};

const reshape: Rule = ({ shape, list, attributes }) => {
  const [x, target] = [shape(0), list(1)];
  if (target === null) return null;
  const keepsZero = Number(attributes['allowzero'] ?? 0) === 1;
  const sizes = target.map((size, axis): Dimension =>
    size === 0 && !keepsZero ? (x?.[axis] ?? null) : size,
  );
  const total = x === null ? null : count(x);
  const rest = count(sizes.filter((size) => size !== -1));
  const open = total === null || rest === null || rest === 0 ? null : total / rest;
  return sizes.map((size) => (size === -1 ? open : size));
};

const axesIn = ({ list, attributes }: Known): number[] | null => {
  const given = list(1) ?? attributes['axes'];
  return Array.isArray(given) ? (given as number[]) : null;
};

const squeeze: Rule = (known) => {
  const [x, axes] = [known.shape(0), axesIn(known)];
  if (x === null || axes === null) return null;
  const gone = new Set(axes.map((axis) => (axis + x.length) % x.length));
  return x.filter((_, axis) => !gone.has(axis));
};

const unsqueeze: Rule = (known) => {
  const [x, axes] = [known.shape(0), axesIn(known)];
  if (x === null || axes === null) return null;
  const rank = x.length + axes.length;
  const added = new Set(axes.map((axis) => (axis + rank) % rank));
  const rest = [...x];
  return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.shift() ?? null)));
};

const reduce: Rule = (known) => {
  const x = known.shape(0);
  const axes = axesIn(known);
  const isWhole = (known.node.inputs[1] ?? null) === null && known.attributes['axes'] === undefined;
  if (x === null || (axes === null && !isWhole)) return null;
  const gone = new Set((axes ?? x.map((_, axis) => axis)).map((axis) => (axis + x.length) % x.length));
  if (Number(known.attributes['keepdims'] ?? 1) === 1)
    return x.map((size, axis) => (gone.has(axis) ? 1 : size));
  return x.filter((_, axis) => !gone.has(axis));
};

const transpose: Rule = ({ shape, attributes }) => {
  const x = shape(0);
  const perm = attributes['perm'];
  if (x === null) return null;
  return Array.isArray(perm) ? (perm as number[]).map((axis) => x[axis] ?? null) : x.toReversed();
};

const concat: Rule = ({ node, shape, attributes }) => {
  const parts = node.inputs.map((_, index) => shape(index));
  const [first] = parts;
  if (first === null || first === undefined || parts.includes(null)) return null;
  const axis = (Number(attributes['axis'] ?? 0) + first.length) % first.length;
  const sizes = parts.map((part) => part?.[axis] ?? null);
  const whole = sizes.reduce<number | null>(
    (sum, size) => (sum === null || typeof size !== 'number' ? null : sum + size),
    0,
  );
  return first.map((size, i) => (i === axis ? whole : size));
};

const pad: Rule = ({ node, shape, list }) => {
  const [x, pads] = [shape(0), list(1)];
  if (x === null || pads === null || (node.inputs[3] ?? null) !== null) return null;
  return x.map((size, i) =>
    typeof size === 'number'
      ? size + (pads[i] ?? 0) + (pads[i + x.length] ?? 0)
      : (pads[i] ?? 0) === 0
        ? size
        : null,
  );
};

const product: Rule = ({ shape, attributes }) => {
  const [a, b] = [shape(0), shape(1)];
  if (a === null || b === null || a.length < 2 || b.length < 2) return null;
  const [turnA, turnB] = ['transA', 'transB'].map((name) => Number(attributes[name] ?? 0) === 1);
  const outer = broadcast(a.slice(0, -2), b.slice(0, -2));
  return [...outer, a.at(turnA === true ? -1 : -2) ?? null, b.at(turnB === true ? -2 : -1) ?? null];
};

const gather: Rule = ({ shape, attributes }) => {
  const [data, indices] = [shape(0), shape(1)];
  if (data === null || indices === null) return null;
  const axis = (Number(attributes['axis'] ?? 0) + data.length) % data.length;
  return [...data.slice(0, axis), ...indices, ...data.slice(axis + 1)];
};

const each = (names: string, rule: Rule) => names.split(' ').map((name) => [name, rule] as const);

const RULES: ReadonlyMap<string, Rule> = new Map([
  ...each(
    'Identity Dropout Cast Abs Neg Sign Ceil Floor Round Sqrt Reciprocal Exp Log Sin Cos Tanh Erf Sigmoid Relu LeakyRelu Elu ' +
      'Selu Celu ThresholdedRelu HardSigmoid HardSwish Softplus Softsign Mish Swish Gelu Clip Not Softmax LogSoftmax LRN ' +
      'BatchNormalization InstanceNormalization GroupNormalization LayerNormalization RMSNormalization CumSum ' +
      'com.microsoft:FastGelu com.microsoft:BiasGelu com.microsoft:Gelu',
    like,
  ),
  ...each(
    'Add Sub Mul Div Mod Pow Max Min Sum Mean PRelu Where And Or Xor Equal Less LessOrEqual Greater',
    broadcasting,
  ),
  ...each('Conv graft:ConvBatchNormalization', convolution),
  ...each('MaxPool AveragePool LpPool', pool),
  ...each('GlobalAveragePool GlobalMaxPool GlobalLpPool', globalPool),
  ...each('ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2', reduce),
  ...each('Gemm MatMul com.microsoft:FusedMatMul', product),
  ['Flatten', flatten],
  ['Reshape', reshape],
  ['Squeeze', squeeze],
  ['Unsqueeze', unsqueeze],
  ['Transpose', transpose],
  ['Concat', concat],
  ['Pad', pad],
  ['Gather', gather],
  [
    'Shape',
    ({ shape, attributes }) => (attributes['start'] === undefined ? [shape(0)?.length ?? null] : null),
  ],
]);
