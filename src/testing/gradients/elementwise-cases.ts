import { fixed, floats, type GradientCase, host } from './gradient-case.ts';

/** Functions of one input, and the range in which they are smooth. */
const UNARY: readonly (readonly [op: string, low: number, high: number])[] = [
  ...[
    'Abs',
    'Neg',
    'Exp',
    'Sin',
    'Cos',
    'Tan',
    'Atan',
    'Sinh',
    'Cosh',
    'Tanh',
    'Asinh',
    'Erf',
    'Sigmoid',
  ].map((op) => [op, -1.2, 1.2] as const),
  ...['Sqrt', 'Reciprocal', 'Log'].map((op) => [op, 0.5, 2] as const),
  ...['Asin', 'Acos', 'Atanh'].map((op) => [op, -0.8, 0.8] as const),
  ['Acosh', 1.3, 3],
  ...['Relu', 'LeakyRelu', 'Elu', 'Selu', 'Celu', 'Softplus', 'Softsign', 'Mish', 'Swish', 'Gelu'].map(
    (op) => [op, -2, 2] as const,
  ),
  ['HardSigmoid', -4, 4],
  ['HardSwish', -5, 5],
  ['ThresholdedRelu', 0, 2.1],
  ['Shrink', -1.2, 1.2],
  ['com.microsoft:Gelu', -2, 2],
  ['com.microsoft:QuickGelu', -2, 2],
];

const a = floats([2, 3], 0.5, 2, 3);
const b = floats([2, 3], 0.6, 1.9, 4);
const row = floats([3], 0.75, 1.85, 5);

export const ELEMENTWISE_CASES: readonly GradientCase[] = [
  ...UNARY.map(([op, low, high]): GradientCase => ({ op, inputs: [floats([2, 5], low, high)] })),
  { op: 'Gelu', about: 'tanh', inputs: [floats([2, 5], -2, 2)], attributes: { approximate: 'tanh' } },
  { op: 'PRelu', inputs: [floats([2, 4]), floats([4], 0.1, 0.5, 2)] },
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min', 'Sum', 'Mean'].flatMap((op): GradientCase[] => [
    { op, inputs: [a, b] },
    { op, about: 'broadcast', inputs: [a, row] },
  ]),
  { op: 'Max', about: 'of three', inputs: [a, b, row] },
  { op: 'Max', about: 'and one number', inputs: [floats([2, 5]), host([-0.35], [1, 1], 'float32')] },
  { op: 'Min', about: 'of one number and', inputs: [host([0.35], [], 'float32'), floats([2, 5])] },
  { op: 'Clip', about: 'from below', inputs: [floats([2, 5]), host([-0.55], [], 'float32')] },
  { op: 'Mod', inputs: [floats([2, 3], 4.6, 5.4), floats([3], 1.9, 2.1, 2)], attributes: { fmod: 1 } },
  { op: 'Clip', inputs: [floats([2, 5]), host([-0.55], [], 'float32'), host([0.62], [], 'float32')] },
  {
    op: 'Clip',
    about: 'at 0 and 6',
    inputs: [floats([2, 5], -1.1, 7.3), host([0], [], 'float32'), host([6], [], 'float32')],
  },
  { op: 'Where', inputs: [fixed([1, 0, 1], [3], 'bool'), a, row] },
  { op: 'Cast', inputs: [a], attributes: { to: 'float32' } },
  { op: 'CastLike', inputs: [a, fixed([1], [1], 'float32')] },
  { op: 'com.microsoft:FastGelu', inputs: [a, row] },
  { op: 'com.microsoft:BiasGelu', inputs: [a, row] },
  { op: 'Dropout', inputs: [a, host([0.4], [], 'float32'), host([1], [], 'bool')], training: true },
  {
    op: 'DequantizeLinear',
    about: 'the scale',
    inputs: [fixed([1, -3, 5, 7], [2, 2], 'int8'), floats([2], 0.2, 0.6), fixed([1, 0], [2], 'int8')],
    attributes: { axis: 1 },
  },
];
