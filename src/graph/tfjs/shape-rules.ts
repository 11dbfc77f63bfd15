/** @file Shapes, indices and conversions. */
import type { TensorData } from '../model/ir.ts';
import { fromNumbers } from '../model/tensor-data.ts';
import { type Rule, type Step, TO_END } from './step.ts';
import { stridedSlice } from './strided-slice.ts';

/** The same value under another name; a constant stays one parameter. */
export const identity: Rule = (step) => {
  if (step.builder.parameter(step.input(0)) !== undefined) step.builder.alias(step.output(), step.input(0));
  else step.emit('Identity', [step.input(0)]);
};

/** Each input gets one result; mostly a wrapper around signatures. */
const identities: Rule = (step) => {
  step.inputs.forEach((input, index) => {
    step.builder.node(step.node, 'Identity', [input], [step.output(index)]);
  });
};

const squeeze: Rule = (step) => {
  const axes = step.attributes.ints('squeeze_dims') ?? step.attributes.ints('axis') ?? [];
  step.emit('Squeeze', axes.length === 0 ? [step.input(0)] : [step.input(0), step.ints(axes)]);
};

const joined: Rule = (step) =>
  step.emit('Concat', step.inputs.slice(0, -1), { axis: step.constantNumber(-1, 'axis') });

const stacked: Rule = (step) => {
  const axis = step.attributes.number('axis', 0);
  const axes = step.ints([axis]);
  const parts = step.inputs.map((input) => step.temp('Unsqueeze', [input, axes]));
  step.emit('Concat', parts, { axis });
};

const unstacked: Rule = (step) => {
  const axis = step.attributes.number('axis', 0);
  const count = step.attributes.number('num', 0);
  if (!(count > 0 && count <= 4096)) throw step.refuse(`has ${count} results`);
  const parts = Array.from({ length: count }, () => step.builder.fresh(step.node.name));
  step.builder.node(step.node, 'Split', [step.input(0)], parts, { axis, num_outputs: count });
  parts.forEach((part, index) => {
    step.builder.node(step.node, 'Squeeze', [part, step.ints([axis])], [step.output(index)]);
  });
};

const split: Rule = (step) => {
  const axis = step.constantNumber(0, 'axis');
  const count = step.attributes.number('num_split', 1);
  if (!(count > 0 && count <= 4096)) throw step.refuse(`has ${count} results`);
  const outputs = Array.from({ length: count }, (_, index) => step.output(index));
  step.builder.node(step.node, 'Split', [step.input(1)], outputs, { axis, num_outputs: count });
};

const splitSizes: Rule = (step) => {
  const sizes = step.constant(1, 'sizes');
  const axis = step.constantNumber(2, 'axis');
  if (sizes.some((size) => size < 0)) throw step.refuse('leaves the size of a part open');
  const outputs = sizes.map((_, index) => step.output(index));
  step.builder.node(step.node, 'Split', [step.input(0), step.input(1)], outputs, { axis });
};

/** Sizes of -1 go to the end. */
const slice: Rule = (step) => {
  const [begin, size] = [step.known(1), step.known(2)];
  if (begin !== null && size !== null) {
    const ends = begin.map((start, i) => (size[i] === -1 ? TO_END : start + (size[i] ?? 0)));
    step.emit('Slice', [step.input(0), step.input(1), step.ints(ends)]);
    return;
  }
  const open = step.temp('Equal', [step.input(2), step.ints([-1])]);
  const end = step.temp('Add', [step.input(1), step.input(2)]);
  step.emit('Slice', [step.input(0), step.input(1), step.temp('Where', [open, step.ints([TO_END]), end])]);
};

const pad =
  (mode: 'constant' | 'mirror'): Rule =>
  (step) => {
    const around = step.constant(1, 'padding');
    const pads = [...around.filter((_, i) => i % 2 === 0), ...around.filter((_, i) => i % 2 === 1)];
    const value = mode === 'constant' && step.inputs.length > 2 ? [step.input(2)] : [];
    if (mode === 'mirror' && step.attributes.text('mode', 'REFLECT') !== 'REFLECT') {
      throw step.refuse('mirrors the border pixels too');
    }
    const attributes = { mode: mode === 'mirror' ? 'reflect' : 'constant' };
    step.emit('Pad', [step.input(0), step.ints(pads), ...value], attributes);
  };

const gather: Rule = (step) => {
  if (step.attributes.number('batch_dims', 0) !== 0) throw step.refuse('gathers within a batch');
  const axis = step.inputs.length > 2 ? step.constantNumber(2, 'axis') : 0;
  step.trained(0, 'embedding');
  step.emit('Gather', [step.input(0), step.input(1)], { axis });
};

const filledWith =
  (number: number): Rule =>
  (step) => {
    const dtype = step.type();
    const value: TensorData =
      dtype === 'float32' || dtype === 'bool'
        ? { dtype, shape: [1], data: fromNumbers([number], dtype) }
        : { dtype: 'int32', shape: [1], data: Int32Array.of(number) };
    step.emit('ConstantOfShape', [step.temp('Shape', [step.input(0)])], { value });
  };

function zeros(step: Step, shape: string, type: string): string {
  const value: TensorData =
    type === 'float32'
      ? { dtype: 'float32', shape: [1], data: Float32Array.of(0) }
      : { dtype: 'int32', shape: [1], data: Int32Array.of(0) };
  return step.temp('ConstantOfShape', [shape], { value });
}

/** Values that meet at one place are added. */
const scatter: Rule = (step) => {
  const target = zeros(step, step.input(2), step.type());
  step.emit('ScatterND', [target, step.input(0), step.input(1)], { reduction: 'add' });
};

/** `values` at `indices [n, axes]` of a tensor filled with a default. */
const sparseToDense: Rule = (step) => {
  const [indices, shape, values, filling] = [0, 1, 2, 3].map((i) => step.input(i)) as [
    string,
    string,
    string,
    string,
  ];
  // One value for all places, or one for each: either way as many as there are rows of indices.
  const rows = step.temp('Slice', [step.temp('Shape', [indices]), step.ints([0]), step.ints([1])]);
  const updates = step.temp('Expand', [values, rows]);
  step.emit('ScatterND', [step.temp('Expand', [filling, shape]), indices, updates]);
};

const oneHot: Rule = (step) => {
  const zero = step.ints([0]);
  const off = step.temp('Unsqueeze', [step.input(3), zero]);
  const on = step.temp('Unsqueeze', [step.input(2), zero]);
  const values = step.temp('Concat', [off, on], { axis: 0 });
  step.emit('OneHot', [step.input(0), step.input(1), values], { axis: step.attributes.number('axis', -1) });
};

const topK: Rule = (step) => {
  const outputs = [step.output(0), step.output(1)];
  const k = step.temp('Reshape', [step.input(1), step.ints([1])]);
  step.builder.node(step.node, 'TopK', [step.input(0), k], outputs, { axis: -1, largest: 1 });
};

const reverse: Rule = (step) => {
  const axes = step.constant(1, 'axes');
  const each = (value: number) => step.ints(axes.map(() => value));
  step.emit('Slice', [step.input(0), each(-1), each(-TO_END), step.ints(axes), each(-1)]);
};

export const SHAPE_RULES: readonly (readonly [op: string, rule: Rule])[] = [
  ...['Identity', 'StopGradient', 'PreventGradient', 'Snapshot', 'PlaceholderWithDefault'].map(
    (op) => [op, identity] as const,
  ),
  ['IdentityN', identities],
  ['Cast', (step) => step.emit('Cast', [step.input(0)], { to: step.attributes.type('DstT', 'float32') })],
  ['Reshape', (step) => step.emit('Reshape', [step.input(0), step.input(1)], { allowzero: 1 })],
  ['Squeeze', squeeze],
  ['ExpandDims', (step) => step.emit('Unsqueeze', [step.input(0), step.input(1)])],
  ['ConcatV2', joined],
  ['Concat', (step) => step.emit('Concat', step.inputs.slice(1), { axis: step.constantNumber(0, 'axis') })],
  ['Pack', stacked],
  ['Unpack', unstacked],
  ['Split', split],
  ['SplitV', splitSizes],
  ['Slice', slice],
  ['StridedSlice', stridedSlice],
  [
    'Transpose',
    (step) => step.emit('Transpose', [step.input(0)], { perm: step.constant(1, 'order of axes') }),
  ],
  ['Pad', pad('constant')],
  ['PadV2', pad('constant')],
  ['MirrorPad', pad('mirror')],
  ['Tile', (step) => step.emit('Tile', [step.input(0), step.input(1)])],
  ['Fill', (step) => step.emit('Expand', [step.input(1), step.input(0)])],
  ['BroadcastTo', (step) => step.emit('Expand', [step.input(0), step.input(1)])],
  ['ZerosLike', filledWith(0)],
  ['OnesLike', filledWith(1)],
  ['Range', (step) => step.emit('Range', [step.input(0), step.input(1), step.input(2)])],
  ['Shape', (step) => step.emit('Shape', [step.input(0)])],
  ['Size', (step) => step.emit('Size', [step.input(0)])],
  ['Rank', (step) => step.emit('Size', [step.temp('Shape', [step.input(0)])])],
  ['Gather', gather],
  ['GatherV2', gather],
  ['GatherNd', (step) => step.emit('GatherND', [step.input(0), step.input(1)])],
  ['ScatterNd', scatter],
  ['SparseToDense', sparseToDense],
  ['Where', (step) => step.emit('Transpose', [step.temp('NonZero', [step.input(0)])], { perm: [1, 0] })],
  ['OneHot', oneHot],
  ['TopKV2', topK],
  ['ReverseV2', reverse],
  [
    'Cumsum',
    (step) =>
      step.emit('CumSum', [step.input(0), step.input(1)], {
        exclusive: Number(step.attributes.flag('exclusive')),
        reverse: Number(step.attributes.flag('reverse')),
      }),
  ],
];
