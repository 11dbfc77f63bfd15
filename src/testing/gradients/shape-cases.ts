import type { Graph } from '../../graph/model/ir.ts';
import { fixed, floats, type GradientCase, host, items } from './gradient-case.ts';

const matrix = floats([3, 4]);
const cube = floats([2, 3, 4]);

const SHAPE: readonly GradientCase[] = [
  { op: 'Identity', inputs: [matrix] },
  { op: 'Reshape', inputs: [matrix, host([2, -1])] },
  { op: 'Flatten', inputs: [cube] },
  { op: 'Squeeze', inputs: [floats([1, 3, 1]), host([0])] },
  { op: 'Unsqueeze', inputs: [matrix, host([1])] },
  { op: 'Transpose', inputs: [cube], attributes: { perm: [2, 0, 1] } },
  {
    op: 'Transpose',
    about: 'seven axes',
    inputs: [floats([1, 2, 1, 2, 1, 2, 1])],
    attributes: { perm: [6, 3, 5, 2, 1, 0, 4] },
  },
  { op: 'Concat', inputs: [matrix, floats([3, 2], -1, 1, 2)], attributes: { axis: 1 } },
  { op: 'Split', about: 'one part', inputs: [matrix], attributes: { axis: 1, num_outputs: 1 } },
  { op: 'Split', inputs: [matrix, host([1, 3])], attributes: { axis: 1 }, outputs: 2 },
  { op: 'Slice', inputs: [cube, host([0, 1]), host([2, 4]), host([0, 2])] },
  { op: 'Slice', about: 'backwards', inputs: [matrix, host([-1]), host([-9]), host([1]), host([-2])] },
  { op: 'Expand', inputs: [floats([3, 1]), host([2, 3, 2])] },
  { op: 'Expand', about: 'five axes', inputs: [floats([2, 1, 2, 1, 1]), host([2, 2, 2, 3, 1])] },
  { op: 'Tile', inputs: [floats([2, 2]), host([2, 3])] },
  { op: 'Pad', inputs: [matrix, host([1, 0, 0, 2])] },
  { op: 'Pad', about: 'cut', inputs: [matrix, host([-1, 0, 0, 2])] },
  { op: 'Pad', about: 'five axes', inputs: [floats([1, 2, 1, 2, 1]), host([0, 1, 0, 0, 0, 1, 0, 0, 2, 0])] },
  ...['edge', 'reflect', 'wrap'].map((mode): GradientCase => ({
    op: 'Pad',
    about: mode,
    inputs: [matrix, host([1, 2, 1, 0])],
    attributes: { mode },
  })),
  { op: 'Trilu', inputs: [floats([3, 3])] },
  { op: 'CumSum', inputs: [matrix, host([1], [])] },
  {
    op: 'CumSum',
    about: 'backwards, without itself',
    inputs: [matrix, host([0], [])],
    attributes: { exclusive: 1, reverse: 1 },
  },
  { op: 'DepthToSpace', inputs: [floats([1, 1, 2, 8])], attributes: { blocksize: 2 } },
  { op: 'SpaceToDepth', inputs: [floats([1, 2, 4, 2])], attributes: { blocksize: 2 } },
  { op: 'ReverseSequence', inputs: [floats([4, 2]), host([3, 2])] },
  { op: 'Gather', about: 'repeated', inputs: [matrix, fixed([2, 0, 2], [3])] },
  {
    op: 'Gather',
    about: 'second axis',
    inputs: [cube, fixed([1, -1, 0, 1], [2, 2])],
    attributes: { axis: 1 },
  },
  { op: 'GatherElements', inputs: [matrix, fixed([0, 2, 1, 1, 2, 0], [3, 2])], attributes: { axis: 1 } },
  { op: 'GatherND', inputs: [cube, fixed([0, 1, 1, 2, 0, 1], [3, 2])] },
  { op: 'GatherND', about: 'batch', inputs: [cube, fixed([1, 2], [2, 1])], attributes: { batch_dims: 1 } },
  { op: 'ScatterND', inputs: [matrix, fixed([2, 0], [2, 1]), floats([2, 4], -1, 1, 2)] },
  {
    op: 'ScatterND',
    about: 'add, repeated',
    inputs: [matrix, fixed([2, 2], [2, 1]), floats([2, 4], -1, 1, 2)],
    attributes: { reduction: 'add' },
  },
  {
    op: 'ScatterElements',
    inputs: [matrix, fixed([1, 0, 3], [3, 1]), floats([3, 1], -1, 1, 2)],
    attributes: { axis: 1 },
  },
  {
    op: 'ScatterElements',
    about: 'add, repeated',
    inputs: [matrix, fixed([1, 1], [1, 2]), floats([1, 2], -1, 1, 2)],
    attributes: { axis: 1, reduction: 'add' },
  },
  ...['mul', 'max', 'min'].flatMap((reduction): GradientCase[] => [
    {
      op: 'ScatterND',
      about: `${reduction}, repeated`,
      inputs: [matrix, host([2, 0, 2, -1], [4, 1]), floats([4, 4], -1.1, 0.9, 2)],
      attributes: { reduction },
    },
    {
      op: 'ScatterElements',
      about: `${reduction}, repeated`,
      inputs: [matrix, host([1, -3, 0, 1, 3, 0], [2, 3]), floats([2, 3], -1.1, 0.9, 2)],
      attributes: { axis: 1, reduction },
    },
  ]),
  { op: 'TopK', inputs: [matrix, host([2])], outputs: 2 },
  {
    op: 'TopK',
    about: 'smallest, first axis',
    inputs: [matrix, host([2])],
    attributes: { axis: 0, largest: 0 },
    outputs: 2,
  },
  { op: 'Compress', inputs: [matrix, host([1, 0, 1], [3], 'bool')], attributes: { axis: 0 } },
];

const REDUCTIONS = ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSum', 'LogSumExp'];
const positive = floats([2, 3, 2], 0.4, 1.6);

const REDUCE: readonly GradientCase[] = REDUCTIONS.flatMap((name): GradientCase[] => [
  { op: `Reduce${name}`, inputs: [positive, host([1])] },
  {
    op: `Reduce${name}`,
    about: 'two axes, dropped',
    inputs: [positive, host([0, 2])],
    attributes: { keepdims: 0 },
  },
]);

/** A body: one node from its last input, or of two inputs. */
function body(inputs: readonly string[], nodes: Graph['nodes'], outputs: readonly string[]): Graph {
  return {
    inputs: inputs.map((name) => ({ name, dtype: 'float32', shape: null })),
    nodes,
    outputs,
    parameters: new Map(),
  };
}

const node = (op: string, inputs: readonly string[], output: string) => ({
  name: output,
  op,
  inputs,
  outputs: [output],
  attributes: {},
});

const step = body(
  ['old', 'now'],
  [node('Mul', ['old', 'now'], 'next'), node('Tanh', ['next'], 'seen')],
  ['next', 'seen'],
);
const round = body(
  ['i', 'on', 'state'],
  [node('Identity', ['on'], 'still'), node('Sin', ['state'], 'bent'), node('Exp', ['bent'], 'row')],
  ['still', 'bent', 'row'],
);

const SEQUENCES: readonly GradientCase[] = [
  { op: 'SequenceConstruct', inputs: [matrix, floats([2], -1, 1, 2)] },
  { op: 'SequenceInsert', inputs: [items(matrix), floats([2], -1, 1, 2), host([0], [])] },
  { op: 'SequenceErase', inputs: [items(fixed([1, 2], [2], 'float32'), matrix), host([0], [])] },
  { op: 'SequenceAt', inputs: [items(fixed([1, 2], [2], 'float32'), matrix), host([1], [])] },
  { op: 'SplitToSequence', inputs: [matrix, host([1, 2])], attributes: { axis: 0 } },
  { op: 'ConcatFromSequence', inputs: [items(matrix, floats([1, 4], -1, 1, 2))], attributes: { axis: 0 } },
  {
    op: 'ConcatFromSequence',
    about: 'new axis',
    inputs: [items(floats([2]), floats([2], -1, 1, 2))],
    attributes: { axis: 1, new_axis: 1 },
  },
  {
    op: 'SequenceMap',
    inputs: [items(matrix, floats([2], -1, 1, 2))],
    attributes: { body: body(['item'], [node('Tanh', ['item'], 'out')], ['out']) },
  },
  { op: 'Optional', inputs: [matrix] },
  { op: 'OptionalGetElement', inputs: [matrix] },
  {
    op: 'If',
    inputs: [host([0], [], 'bool'), matrix],
    capturedFrom: 1,
    attributes: {
      then_branch: body([], [node('Sin', ['x1'], 'then')], ['then']),
      else_branch: body([], [node('Tanh', ['x1'], 'else')], ['else']),
    },
  },
  {
    op: 'Loop',
    inputs: [host([3], []), host([1], [], 'bool'), floats([2])],
    attributes: { body: round },
    outputs: 2,
  },
  {
    op: 'Scan',
    inputs: [floats([2], 0.5, 1.5), floats([3, 2], 0.6, 1.4, 2)],
    attributes: { body: step, num_scan_inputs: 1 },
    outputs: 2,
  },
];

export const SHAPE_CASES: readonly GradientCase[] = [...SHAPE, ...REDUCE, ...SEQUENCES];
