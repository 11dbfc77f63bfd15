/** @file How operations are computed on values whose axes lie in another order, see `transposes.ts`. */
import type { Attributes, Node } from '../model/ir.ts';
import { inverse, isIdentity } from '../model/permute.ts';
import type { Layout, Turned } from './transposes.ts';

/** Rewrites a node some of whose inputs are turned. Returns false if it cannot; then they are turned back. */
export type LayoutRule = (node: Node, layout: Layout) => boolean;

/** The first input, which must be turned. */
function first(node: Node, layout: Layout): (Turned & { readonly name: string }) | null {
  const [name] = node.inputs;
  const turned = layout.turnedOf(name);
  return turned === null || typeof name !== 'string' ? null : { ...turned, name };
}

/** The axis of the base that an axis of a turned value is. */
const renamed = (axis: number, perm: readonly number[]) =>
  perm[axis < 0 ? axis + perm.length : axis] as number;

/** One value, element by element. What else it reads holds single numbers. */
const unary: LayoutRule = (node, layout) => {
  const x = first(node, layout);
  const [, ...rest] = node.inputs;
  const [output = '', ...more] = node.outputs;
  if (x === null || more.some((name) => name !== '')) return false;
  if (rest.some((name) => layout.turnedOf(name) !== null)) return false;
  const pooled = layout.isPooled(x.name);
  const base = layout.emitLike({ ...node, outputs: [output] }, [x.base, ...rest], x.perm, node.attributes);
  if (pooled) layout.markPooled(base);
  return true;
};

/** Any number of values, broadcast against each other. */
const broadcast: LayoutRule = (node, layout) => {
  const names = node.inputs.filter((name) => name !== null);
  const perm = names.map((name) => layout.turnedOf(name)?.perm).find((found) => found !== undefined);
  if (perm === undefined) return false;
  const ranks = names.map((name) => layout.turnedOf(name)?.perm.length ?? layout.rank(name));
  if (ranks.some((rank) => rank === null || rank > perm.length)) return false;
  const inputs = names.map((name) => layout.inOrder(name, perm));
  if (inputs.includes(null)) return false;
  const pooled = names.every((name) => layout.turnedOf(name) === null || layout.isPooled(name));
  const base = layout.emitLike(node, inputs, perm, node.attributes);
  if (pooled) layout.markPooled(base);
  return true;
};

/** An attribute that names one axis. */
const alongAxis =
  (attribute: string, otherwise: number): LayoutRule =>
  (node, layout) => {
    const x = first(node, layout);
    if (x === null || node.attributes['flatten'] !== undefined) return false;
    const axis = renamed(Number(node.attributes[attribute] ?? otherwise), x.perm);
    const attributes = { ...node.attributes, [attribute]: axis === x.perm.length - 1 ? -1 : axis };
    if (node.outputs.length !== 1) return false;
    const base = layout.emitLike(node, [x.base, ...node.inputs.slice(1)], x.perm, attributes);
    if (node.op.startsWith('Global')) layout.markPooled(base);
    return true;
  };

const concat: LayoutRule = (node, layout) => {
  const perm = node.inputs.map((name) => layout.turnedOf(name)?.perm).find((found) => found !== undefined);
  if (perm === undefined) return false;
  const fits = node.inputs.every(
    (name) => name !== null && (layout.turnedOf(name)?.perm.length ?? layout.rank(name)) === perm.length,
  );
  // A constant must not lose axes of one element here.
  if (!fits || node.inputs.some((name) => layout.rewriting.parameter(name) !== undefined)) return false;
  const inputs = node.inputs.map((name) => layout.inOrder(name ?? '', perm));
  const axis = renamed(Number(node.attributes['axis'] ?? 0), perm);
  layout.emitLike(node, inputs, perm, { ...node.attributes, axis });
  return true;
};

const split: LayoutRule = (node, layout) => {
  const x = first(node, layout);
  if (x === null) return false;
  const axis = renamed(Number(node.attributes['axis'] ?? 0), x.perm);
  const bases = node.outputs.map((name) => (name === '' ? '' : layout.rewriting.fresh(name)));
  layout.rewriting.copy({
    ...node,
    inputs: [x.base, ...node.inputs.slice(1)],
    outputs: bases,
    attributes: { ...node.attributes, axis },
  });
  node.outputs.forEach((name, i) => {
    if (name !== '') layout.put(name, bases[i] ?? '', x.perm);
  });
  return true;
};

/** Axes as an attribute, or as the constant input of a position. */
function axesOf(node: Node, input: number, layout: Layout): number[] | null {
  const given = layout.rewriting.numbers(node.inputs[input]) ?? node.attributes['axes'];
  return Array.isArray(given) ? [...(given as number[])] : null;
}

const withoutAxes = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== 'axes'));

/** The order of what is left when some axes of the base are gone. */
function without(perm: readonly number[], gone: ReadonlySet<number>): number[] {
  const left = perm.filter((axis) => !gone.has(axis));
  const sorted = left.toSorted((a, b) => a - b);
  return left.map((axis) => sorted.indexOf(axis));
}

const reduce: LayoutRule = (node, layout) => {
  const x = first(node, layout);
  const axes = axesOf(node, 1, layout);
  if (x === null || axes === null) return false;
  const mapped = axes.map((axis) => renamed(axis, x.perm));
  const keeps = Number(node.attributes['keepdims'] ?? 1) === 1;
  const attributes = withoutAxes(node.attributes);
  const inputs = [x.base, layout.rewriting.ints(mapped, node.outputs[0] ?? '')];
  const gone = new Set(mapped);
  const base = layout.emitLike(node, inputs, keeps ? x.perm : without(x.perm, gone), attributes);
  if (keeps && gone.size === x.perm.length - 2 && !gone.has(0) && !gone.has(x.perm[1] as number)) {
    layout.markPooled(base);
  }
  return true;
};

const argument: LayoutRule = (node, layout) => {
  const x = first(node, layout);
  if (x === null) return false;
  const axis = renamed(Number(node.attributes['axis'] ?? 0), x.perm);
  const keeps = Number(node.attributes['keepdims'] ?? 1) === 1;
  const perm = keeps ? x.perm : without(x.perm, new Set([axis]));
  layout.emitLike(node, [x.base], perm, { ...node.attributes, axis });
  return true;
};

/** Numbers per axis (twice as many: those before, then those after), in the order of the base. */
function reordered(
  layout: Layout,
  name: string | null,
  perm: readonly number[],
  near: string,
  twice: boolean,
) {
  if (name === null) return null;
  const order = inverse(perm);
  const indices = twice ? [...order, ...order.map((axis) => axis + perm.length)] : order;
  const { rewriting } = layout;
  return rewriting.emit('Gather', [name, rewriting.ints(indices, near)], rewriting.fresh(near), { axis: 0 });
}

const pad: LayoutRule = (node, layout) => {
  const x = first(node, layout);
  const [output = ''] = node.outputs;
  const [, pads = null, value = null, axes = null] = node.inputs;
  if (x === null || pads === null) return false;
  if (axes === null) {
    layout.emitLike(
      node,
      [x.base, reordered(layout, pads, x.perm, output, true), value],
      x.perm,
      node.attributes,
    );
    return true;
  }
  const named = layout.rewriting.numbers(axes);
  if (named === null) return false;
  const mapped = named.map((axis) => renamed(axis, x.perm));
  layout.emitLike(
    node,
    [x.base, pads, value, layout.rewriting.ints(mapped, output)],
    x.perm,
    node.attributes,
  );
  return true;
};

const slice: LayoutRule = (node, layout) => {
  const x = first(node, layout);
  const [, starts = null, ends = null, axes = null, steps = null] = node.inputs;
  if (x === null || starts === null) return false;
  const named =
    axes === null ? layout.rewriting.numbers(starts)?.map((_, i) => i) : layout.rewriting.numbers(axes);
  if (named === undefined || named === null) return false;
  const mapped = named.map((axis) => renamed(axis, x.perm));
  const inputs = [x.base, starts, ends, layout.rewriting.ints(mapped, node.outputs[0] ?? ''), steps];
  layout.emitLike(node, inputs, x.perm, node.attributes);
  return true;
};

const resize: LayoutRule = (node, layout) => {
  const x = first(node, layout);
  const [output = ''] = node.outputs;
  const [, roi = null, scales = null, sizes = null] = node.inputs;
  if (x === null) return false;
  const axes = node.attributes['axes'];
  if (Array.isArray(axes)) {
    const mapped = (axes as number[]).map((axis) => renamed(axis, x.perm));
    layout.emitLike(node, [x.base, roi, scales, sizes], x.perm, { ...node.attributes, axes: mapped });
    return true;
  }
  // An empty list stands for one that is left out, and has nothing to reorder.
  const given = (name: string | null) => (layout.rewriting.parameter(name)?.shape[0] === 0 ? null : name);
  const inputs = [
    x.base,
    reordered(layout, given(roi), x.perm, output, true),
    reordered(layout, given(scales), x.perm, output, false),
    reordered(layout, given(sizes), x.perm, output, false),
  ];
  layout.emitLike(node, inputs, x.perm, node.attributes);
  return true;
};

const shape: LayoutRule = (node, layout) => {
  const x = first(node, layout);
  const [output = ''] = node.outputs;
  if (x === null) return false;
  const { rewriting } = layout;
  const end = node.attributes['end'];
  const perm = x.perm.slice(
    Number(node.attributes['start'] ?? 0),
    end === undefined ? undefined : Number(end),
  );
  const sizes = rewriting.emit('Shape', [x.base], rewriting.fresh(output));
  rewriting.emit('Gather', [sizes, rewriting.ints(perm, output)], output, { axis: 0 }, node.name);
  return true;
};

/** Where space has one element, memory is the same in either order. */
const flatten: LayoutRule = (node, layout) => {
  const x = first(node, layout);
  if (x === null || !layout.isPooled(x.name) || Number(node.attributes['axis'] ?? 1) !== 1) return false;
  layout.rewriting.emit('Flatten', [x.base], node.outputs[0] ?? '', { axis: 1 }, node.name);
  return true;
};

const reshape: LayoutRule = (node, layout) => {
  const x = first(node, layout);
  const target = node.inputs[1] ?? null;
  if (x === null || target === null || !layout.isPooled(x.name)) return false;
  // A zero copies a size, which must be that of the batch.
  if (layout.rewriting.numbers(target)?.slice(1).includes(0) === true) return false;
  layout.rewriting.emit('Reshape', [x.base, target], node.outputs[0] ?? '', node.attributes, node.name);
  return true;
};

const squeeze: LayoutRule = (node, layout) => {
  const x = first(node, layout);
  const axes = axesOf(node, 1, layout);
  if (x === null || axes === null) return false;
  const mapped = axes.map((axis) => renamed(axis, x.perm));
  const perm = without(x.perm, new Set(mapped));
  const attributes = withoutAxes(node.attributes);
  const inputs = [x.base, layout.rewriting.ints(mapped, node.outputs[0] ?? '')];
  if (isIdentity(perm))
    layout.rewriting.emit('Squeeze', inputs, node.outputs[0] ?? '', attributes, node.name);
  else layout.emitLike(node, inputs, perm, attributes);
  return true;
};

const each = (names: string, rule: LayoutRule) => names.split(' ').map((name) => [name, rule] as const);

/** Rules by operation. */
export const LAYOUT_RULES: ReadonlyMap<string, LayoutRule> = new Map([
  ...each(
    'Identity Dropout Cast Abs Neg Sign Ceil Floor Round Sqrt Reciprocal Exp Log Sin Cos Tan Tanh Erf Sigmoid Relu LeakyRelu ' +
      'Elu Selu Celu ThresholdedRelu HardSigmoid HardSwish Softplus Softsign Mish Swish Gelu Clip Not Shrink IsNaN IsInf',
    unary,
  ),
  ...each(
    'Add Sub Mul Div Mod Pow Max Min Sum Mean PRelu Where And Or Xor Equal Less LessOrEqual Greater GreaterOrEqual',
    broadcast,
  ),
  ...each(
    'BatchNormalization InstanceNormalization GroupNormalization LRN GlobalAveragePool GlobalMaxPool GlobalLpPool',
    alongAxis('channel_axis', 1),
  ),
  ...each('Softmax LogSoftmax Hardmax', alongAxis('axis', -1)),
  ...each(
    'ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSum ReduceLogSumExp',
    reduce,
  ),
  ...each('ArgMax ArgMin', argument),
  ['Concat', concat],
  ['Split', split],
  ['Pad', pad],
  ['Slice', slice],
  ['Resize', resize],
  ['Shape', shape],
  ['Flatten', flatten],
  ['Reshape', reshape],
  ['Squeeze', squeeze],
]);
