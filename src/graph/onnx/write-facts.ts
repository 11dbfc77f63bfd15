/**
 * @file What can be said of a value without running the graph: its element type, and its shape as far as sizes follow
 * from constants. ONNX is typed where the IR is not, and only a value whose number of axes is known can be written
 * channels-first. Source of the rules: https://onnx.ai/onnx/operators/.
 */
import type { DataType, Node } from '../model/ir.ts';
import { isTensorData } from '../ops/call.ts';

/** A size, if it is known. */
export type Size = number | null;

/** What is known of a value. */
export interface Fact {
  readonly kind: 'tensor' | 'sequence' | 'optional';
  readonly dtype: DataType;
  /** `null`: not even the number of axes is known. */
  readonly shape: readonly Size[] | null;
}

/** How a node sees its inputs. */
export interface FactView {
  readonly node: Node;
  /** A tensor of float32 of unknown shape where nothing is known (or the input is left out). */
  readonly fact: (index: number) => Fact;
  /** The numbers of an input that is a constant of integers. */
  readonly constant: (index: number) => readonly number[] | null;
}

type Shape = readonly Size[] | null;
type ShapeRule = (view: FactView) => Shape;

const tensor = (dtype: DataType, shape: Shape): Fact => ({ kind: 'tensor', dtype, shape });
const unknown = (rank: number): Size[] => new Array<Size>(rank).fill(null);
const rankOf = (view: FactView, index: number): number | null => view.fact(index).shape?.length ?? null;

function numberOf({ node }: FactView, name: string, otherwise: number): number {
  const value = node.attributes[name];
  return typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : otherwise;
}

function listOf(view: FactView, index: number, name: string): readonly number[] | null {
  const value = view.node.attributes[name];
  return view.constant(index) ?? (Array.isArray(value) ? (value as number[]) : null);
}

/** The one size of a list of numbers: how many axes a shape of that many numbers has. */
function lengthOf(view: FactView, index: number, name: string): Size {
  const { shape } = view.fact(index);
  if ((view.node.inputs[index] ?? null) !== null) return shape?.length === 1 ? (shape[0] ?? null) : null;
  return listOf(view, index, name)?.length ?? null;
}

const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

function broadcast(view: FactView, from = 0): Shape {
  const shapes = view.node.inputs.slice(from).map((_, i) => view.fact(i + from).shape);
  if (shapes.some((shape) => shape === null)) return null;
  const known = shapes as (readonly Size[])[];
  const rank = Math.max(...known.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = known.map(
      (shape) => shape[axis - rank + shape.length] ?? (axis < rank - shape.length ? 1 : null),
    );
    const large = sizes.find((size) => size !== null && size !== 1);
    return large ?? (sizes.includes(null) ? null : 1);
  });
}

const same: ShapeRule = (view) => view.fact(0).shape;
const sameRank: ShapeRule = (view) => view.fact(0).shape?.map(() => null) ?? null;
const ofRank =
  (rank: number): ShapeRule =>
  () =>
    unknown(rank);

function reshaped(view: FactView): Shape {
  const wanted = listOf(view, 1, 'shape');
  const from = view.fact(0).shape;
  if (wanted === null) {
    const rank = lengthOf(view, 1, 'shape');
    return rank === null ? null : unknown(rank);
  }
  const sizes = wanted.map((size, axis): Size =>
    size > 0 ? size : size === 0 ? (from?.[axis] ?? null) : null,
  );
  const open = wanted.indexOf(-1);
  const total = product(from);
  const rest = product(sizes.filter((_, axis) => axis !== open));
  if (open !== -1 && total !== null && rest !== null && rest > 0) sizes[open] = total / rest;
  return sizes;
}

function product(shape: Shape): Size {
  return shape === null
    ? null
    : shape.reduce<Size>((all, size) => (all === null || size === null ? null : all * size), 1);
}

function reduced(view: FactView): Shape {
  const { shape } = view.fact(0);
  if (shape === null) return null;
  const axes = listOf(view, 1, 'axes')?.map((axis) => positive(axis, shape.length));
  const count = lengthOf(view, 1, 'axes');
  if (numberOf(view, 'keepdims', 1) !== 0)
    return shape.map((size, axis) => (axes === undefined ? null : axes.includes(axis) ? 1 : size));
  if (axes !== undefined && axes.length > 0) return shape.filter((_, axis) => !axes.includes(axis));
  if (count === null && (view.node.inputs[1] ?? null) !== null) return null;
  const none = count === null || count === 0;
  if (none && numberOf(view, 'noop_with_empty_axes', 0) !== 0) return shape;
  return none ? [] : unknown(shape.length - count);
}

const argument: ShapeRule = (view) => {
  const { shape } = view.fact(0);
  if (shape === null) return null;
  const axis = positive(numberOf(view, 'axis', 0), shape.length);
  return numberOf(view, 'keepdims', 1) === 0
    ? shape.filter((_, i) => i !== axis)
    : shape.map((size, i) => (i === axis ? 1 : size));
};

const squeezed: ShapeRule = (view) => {
  const { shape } = view.fact(0);
  if (shape === null) return null;
  const axes = listOf(view, 1, 'axes')?.map((axis) => positive(axis, shape.length));
  if (axes !== undefined) return shape.filter((_, axis) => !axes.includes(axis));
  const count = lengthOf(view, 1, 'axes');
  return count === null ? null : unknown(shape.length - count);
};

const unsqueezed: ShapeRule = (view) => {
  const { shape } = view.fact(0);
  const count = lengthOf(view, 1, 'axes');
  if (shape === null || count === null) return null;
  const rank = shape.length + count;
  const axes = listOf(view, 1, 'axes')?.map((axis) => positive(axis, rank));
  if (axes === undefined) return unknown(rank);
  const rest = [...shape];
  return Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() ?? null)));
};

const flattened: ShapeRule = (view) => {
  const { shape } = view.fact(0);
  if (shape === null) return [null, null];
  const axis = positive(numberOf(view, 'axis', 1), shape.length);
  return [product(shape.slice(0, axis)), product(shape.slice(axis))];
};

const transposed: ShapeRule = (view) => {
  const { shape } = view.fact(0);
  const perm = view.node.attributes['perm'];
  if (shape === null) return Array.isArray(perm) ? unknown(perm.length) : null;
  return Array.isArray(perm) ? (perm as number[]).map((axis) => shape[axis] ?? null) : shape.toReversed();
};

const joined: ShapeRule = (view) => {
  const shapes = view.node.inputs.map((_, i) => view.fact(i).shape);
  const first = shapes.find((shape) => shape !== null);
  if (first === undefined) return null;
  const axis = positive(numberOf(view, 'axis', 0), first.length);
  const total = shapes.reduce<Size>((sum, shape) => {
    const size = shape?.[axis] ?? null;
    return sum === null || size === null ? null : sum + size;
  }, 0);
  return first.map((size, i) => (i === axis ? total : size));
};

const cut: ShapeRule = (view) => {
  const { shape } = view.fact(0);
  if (shape === null) return null;
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((i) => view.constant(i));
  const given = view.node.inputs;
  if (!starts || !ends || ((given[3] ?? null) !== null && !axes) || ((given[4] ?? null) !== null && !steps))
    return unknown(shape.length);
  const result = [...shape];
  starts.forEach((start, i) => {
    const axis = positive(axes?.[i] ?? i, shape.length);
    const size = shape[axis] ?? null;
    const step = steps?.[i] ?? 1;
    if (size === null || step !== 1) {
      result[axis] = null;
      return;
    }
    const bounded = (at: number) => Math.min(size, Math.max(0, at < 0 ? at + size : at));
    result[axis] = Math.max(0, bounded(ends[i] ?? size) - bounded(start));
  });
  return result;
};

const gathered: ShapeRule = (view) => {
  const [x, indices] = [view.fact(0).shape, view.fact(1).shape];
  if (x === null || indices === null) return null;
  const axis = positive(numberOf(view, 'axis', 0), x.length);
  return [...x.slice(0, axis), ...indices, ...x.slice(axis + 1)];
};

const gatheredNd: ShapeRule = (view) => {
  const [x, indices] = [view.fact(0).shape, view.fact(1).shape];
  const depth = indices?.at(-1) ?? null;
  if (x === null || indices === null || depth === null) return null;
  return [...indices.slice(0, -1), ...x.slice(numberOf(view, 'batch_dims', 0) + depth)];
};

function multiplied(view: FactView, a = 0, b = 1): Shape {
  const [ra, rb] = [rankOf(view, a), rankOf(view, b)];
  if (ra === null || rb === null) return null;
  const rank = Math.max(ra, rb, 2) - (ra === 1 ? 1 : 0) - (rb === 1 ? 1 : 0);
  const result = unknown(rank);
  if (rb > 1 && rank > 0) result[rank - 1] = view.fact(b).shape?.at(-1) ?? null;
  return result;
}

/** Space is unknown, channels are those of the weights. */
const convolved =
  (weights: number): ShapeRule =>
  (view) => {
    const rank = rankOf(view, weights) ?? rankOf(view, 0);
    return rank === null ? null : [view.fact(0).shape?.[0] ?? null, ...unknown(rank - 1)];
  };

const pooled: ShapeRule = (view) => {
  const kernel = view.node.attributes['kernel_shape'];
  const rank = rankOf(view, 0) ?? (Array.isArray(kernel) ? kernel.length + 2 : null);
  if (rank === null) return null;
  const { shape } = view.fact(0);
  return [shape?.[0] ?? null, ...unknown(rank - 2), shape?.at(-1) ?? null];
};

const pooledAll: ShapeRule = (view) => {
  const { shape } = view.fact(0);
  if (shape === null) return null;
  const channels = positive(numberOf(view, 'channel_axis', -1), shape.length);
  return shape.map((size, axis) => (axis === 0 || axis === channels ? size : 1));
};

const oneHot: ShapeRule = (view) => {
  const rank = rankOf(view, 0);
  return rank === null ? null : unknown(rank + 1);
};

const einsum: ShapeRule = ({ node }) => {
  const equation = node.attributes['equation'];
  const output = typeof equation === 'string' ? equation.split('->')[1] : undefined;
  return output === undefined || output.includes('.') ? null : unknown(output.replaceAll(' ', '').length);
};

const expanded: ShapeRule = (view) => {
  const rank = rankOf(view, 0);
  const wanted = lengthOf(view, 1, 'shape');
  return rank === null || wanted === null ? null : unknown(Math.max(rank, wanted));
};

const SHAPES: ReadonlyMap<string, ShapeRule> = new Map(
  Object.entries<ShapeRule>({
    ...Object.fromEntries(
      'Add Sub Mul Div Mod Pow Max Min Sum Mean And Or Xor Equal Less LessOrEqual Greater GreaterOrEqual Where PRelu BitwiseAnd BitwiseOr BitwiseXor BitShift'
        .split(' ')
        .map((op) => [op, (view: FactView) => broadcast(view)]),
    ),
    ...Object.fromEntries(
      'Split Tile Pad Resize CumSum TopK GridSample Trilu MaxUnpool'.split(' ').map((op) => [op, sameRank]),
    ),
    Cast: same,
    Shape: (view) => [
      view.node.attributes['start'] === undefined && view.node.attributes['end'] === undefined
        ? rankOf(view, 0)
        : null,
    ],
    Size: ofRank(0),
    Reshape: reshaped,
    Flatten: flattened,
    Squeeze: squeezed,
    Unsqueeze: unsqueezed,
    Transpose: transposed,
    Concat: joined,
    Slice: cut,
    Expand: expanded,
    ConstantOfShape: (view) =>
      view.constant(0) ?? ((length) => (length === null ? null : unknown(length)))(lengthOf(view, 0, '')),
    Range: ofRank(1),
    Gather: gathered,
    GatherElements: (view) => view.fact(1).shape,
    GatherND: gatheredNd,
    OneHot: oneHot,
    NonZero: (view) => [rankOf(view, 0), null],
    Compress: (view) => (view.node.attributes['axis'] === undefined ? [null] : sameRank(view)),
    ArgMax: argument,
    ArgMin: argument,
    MatMul: (view) => multiplied(view),
    MatMulInteger: (view) => multiplied(view),
    QLinearMatMul: (view) => multiplied(view, 0, 3),
    'com.microsoft:FusedMatMul': (view) => multiplied(view)?.map(() => null) ?? null,
    Gemm: ofRank(2),
    Einsum: einsum,
    Conv: convolved(1),
    ConvTranspose: convolved(1),
    ConvInteger: convolved(1),
    QLinearConv: convolved(3),
    MaxPool: pooled,
    AveragePool: pooled,
    LpPool: pooled,
    GlobalAveragePool: pooledAll,
    GlobalMaxPool: pooledAll,
    GlobalLpPool: pooledAll,
    DepthToSpace: ofRank(4),
    SpaceToDepth: ofRank(4),
    LSTM: ofRank(4),
    GRU: ofRank(4),
    RNN: ofRank(4),
    Det: (view) => view.fact(0).shape?.slice(0, -2) ?? null,
    'com.microsoft:EmbedLayerNormalization': ofRank(3),
    'com.microsoft:MultiHeadAttention': ofRank(3),
    'com.microsoft:Attention': ofRank(3),
    RoiAlign: ofRank(4),
    SequenceLength: ofRank(0),
    OptionalHasElement: ofRank(0),
    SequenceAt: () => null,
    ConcatFromSequence: () => null,
    OptionalGetElement: () => null,
    NonMaxSuppression: ofRank(2),
    Unique: () => null,
    TfIdfVectorizer: sameRank,
    HannWindow: ofRank(1),
    HammingWindow: ofRank(1),
    BlackmanWindow: ofRank(1),
    STFT: ofRank(4),
    DFT: sameRank,
    MelWeightMatrix: ofRank(2),
    NegativeLogLikelihoodLoss: () => null,
    SoftmaxCrossEntropyLoss: () => null,
  }),
);

const BOOLEANS = new Set(
  'And Or Xor Not Equal Less LessOrEqual Greater GreaterOrEqual IsNaN IsInf OptionalHasElement'.split(' '),
);
const POSITIONS = new Set('Shape Size ArgMax ArgMin NonZero SequenceLength NonMaxSuppression'.split(' '));
/** The input whose element type the first output has, where it is not the first. */
const TYPE_FROM: ReadonlyMap<string, number> = new Map(
  Object.entries({
    CastLike: 1,
    Where: 1,
    OneHot: 2,
    DequantizeLinear: 1,
    QLinearConv: 7,
    QLinearMatMul: 7,
    'com.microsoft:EmbedLayerNormalization': 2,
    SequenceInsert: 1,
  }),
);
/** Outputs with a type of their own: operation, output, type. */
const OWN_TYPES: ReadonlyMap<string, DataType> = new Map(
  Object.entries<DataType>({
    'MaxPool 1': 'int64',
    'TopK 1': 'int64',
    'Unique 1': 'int64',
    'Unique 2': 'int64',
    'Unique 3': 'int64',
    'Dropout 1': 'bool',
    'DynamicQuantizeLinear 0': 'uint8',
    'DynamicQuantizeLinear 1': 'float32',
    'DynamicQuantizeLinear 2': 'uint8',
    'ConvInteger 0': 'int32',
    'MatMulInteger 0': 'int32',
    'com.microsoft:EmbedLayerNormalization 1': 'int32',
    'TfIdfVectorizer 0': 'float32',
    'LayerNormalization 1': 'float32',
    'LayerNormalization 2': 'float32',
  }),
);

function typeOf(view: FactView, output: number): DataType {
  const { node } = view;
  const { op, attributes } = node;
  const own = OWN_TYPES.get(`${op} ${output}`);
  if (own !== undefined) return own;
  if (BOOLEANS.has(op)) return 'bool';
  if (POSITIONS.has(op)) return 'int64';
  for (const name of ['to', 'dtype', 'output_datatype', 'output_dtype']) {
    const value = attributes[name];
    if (typeof value === 'string' && value !== '') return value as DataType;
  }
  const filling = attributes['value'];
  if (op === 'ConstantOfShape') return isTensorData(filling) ? filling.dtype : 'float32';
  if (op === 'QuantizeLinear') return (node.inputs[2] ?? null) === null ? 'uint8' : view.fact(2).dtype;
  if (op.endsWith('Window') || op === 'MelWeightMatrix') return 'float32';
  return view.fact(TYPE_FROM.get(op) ?? 0).dtype;
}

/** What is known of a node's outputs (control flow aside: there it follows from the bodies). */
export function outputFacts(view: FactView): Fact[] {
  const { op, outputs } = view.node;
  if (op.startsWith('Sequence') || op === 'SplitToSequence') {
    const list = !['SequenceAt', 'SequenceLength'].includes(op);
    const { dtype } = view.fact(op === 'SequenceInsert' ? 1 : 0);
    const type = op === 'SequenceLength' ? 'int64' : dtype;
    return outputs.map(() =>
      list
        ? { kind: 'sequence', dtype: type, shape: null }
        : tensor(type, op === 'SequenceLength' ? [] : null),
    );
  }
  if (op === 'Optional') return outputs.map(() => ({ ...view.fact(0), kind: 'optional' }));
  if (op === 'Identity' || op === 'OptionalGetElement')
    return outputs.map(() =>
      op === 'Identity' ? view.fact(0) : { ...view.fact(0), kind: 'tensor' as const },
    );
  const rule = SHAPES.get(op) ?? (op.startsWith('Reduce') ? reduced : same);
  return outputs.map((_, index) =>
    tensor(typeOf(view, index), index === 0 || SHAPES.get(op) === sameRank ? rule(view) : null),
  );
}
