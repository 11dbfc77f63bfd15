/** @file Arithmetic: element by element, reductions, products. */
import { emitActivation, turned } from './space-rules.ts';
import type { Rule, Step } from './step.ts';

/** Operations that differ in their names only. */
const RENAMED: Readonly<Record<string, string>> = {
  Abs: 'Abs',
  Acos: 'Acos',
  Acosh: 'Acosh',
  Asin: 'Asin',
  Asinh: 'Asinh',
  Atan: 'Atan',
  Atanh: 'Atanh',
  Ceil: 'Ceil',
  Cos: 'Cos',
  Cosh: 'Cosh',
  Elu: 'Elu',
  Erf: 'Erf',
  Exp: 'Exp',
  Floor: 'Floor',
  Inv: 'Reciprocal',
  IsNan: 'IsNaN',
  IsInf: 'IsInf',
  Log: 'Log',
  LogicalNot: 'Not',
  LogSoftmax: 'LogSoftmax',
  Neg: 'Neg',
  Reciprocal: 'Reciprocal',
  Relu: 'Relu',
  Round: 'Round',
  Selu: 'Selu',
  Sigmoid: 'Sigmoid',
  Sign: 'Sign',
  Sin: 'Sin',
  Sinh: 'Sinh',
  Softmax: 'Softmax',
  Softplus: 'Softplus',
  Softsign: 'Softsign',
  Sqrt: 'Sqrt',
  Tan: 'Tan',
  Tanh: 'Tanh',
  Add: 'Add',
  AddV2: 'Add',
  Sub: 'Sub',
  Mul: 'Mul',
  Maximum: 'Max',
  Minimum: 'Min',
  Pow: 'Pow',
  Mod: 'Mod',
  FloorMod: 'Mod',
  Equal: 'Equal',
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
  LogicalAnd: 'And',
  LogicalOr: 'Or',
  Select: 'Where',
  SelectV2: 'Where',
  AddN: 'Sum',
  Prelu: 'PRelu',
};

const renamed =
  (op: string): Rule =>
  (step) =>
    step.emit(op, step.inputs);

const reduction =
  (op: string): Rule =>
  (step) => {
    const keepdims = Number(step.attributes.flag('keep_dims', step.attributes.flag('keepDims')));
    step.emit(op, [step.input(0), step.input(1)], { keepdims, noop_with_empty_axes: 1 });
  };

/** Over truth values: the least or greatest of zeros and ones. */
const logical =
  (op: string): Rule =>
  (step) => {
    const whole = step.temp('Cast', [step.input(0)], { to: 'int32' });
    const keepdims = Number(step.attributes.flag('keep_dims'));
    const found = step.temp(op, [whole, step.input(1)], { keepdims, noop_with_empty_axes: 1 });
    step.emit('Cast', [found], { to: 'bool' });
  };

const position =
  (op: string): Rule =>
  (step) => {
    const axis = step.inputs.length > 1 ? step.constantNumber(1, 'axis') : 0;
    step.emit(op, [step.input(0)], { axis, keepdims: 0 });
  };

/** Rounded down; for integers by the remainder, which has the sign of the divisor. */
const floorDivision: Rule = (step) => {
  const [a, b] = [step.input(0), step.input(1)];
  if (step.type() === 'float32') step.emit('Floor', [step.temp('Div', [a, b])]);
  else step.emit('Div', [step.temp('Sub', [a, step.temp('Mod', [a, b])]), b]);
};

const division: Rule = (step) => {
  if (step.type() === 'float32') step.emit('Div', [step.input(0), step.input(1)]);
  else floorDivision(step);
};

/** Zero where the divisor is zero; there the division is by one, so that its gradient stays finite. */
const divisionNoNan: Rule = (step) => {
  const [a, b] = [step.input(0), step.input(1)];
  const zero = step.temp('Equal', [b, step.scalar(0)]);
  const safe = step.temp('Where', [zero, step.scalar(1), b]);
  step.emit('Where', [zero, step.scalar(0), step.temp('Div', [a, safe])]);
};

const product =
  (a: string, b: string): Rule =>
  (step) => {
    step.trained(1, 'weight');
    const flags = turned(step, a, b);
    const plain = flags['transA'] === 0 && flags['transB'] === 0;
    const inputs = [step.input(0), step.input(1)];
    if (plain) step.emit('MatMul', inputs);
    else step.emit('com.microsoft:FusedMatMul', inputs, flags);
  };

const bias: Rule = (step) => {
  if (step.attributes.text('data_format', 'NHWC') !== 'NHWC') throw step.refuse('has channels first');
  step.trained(1, 'bias');
  step.emit('Add', [step.input(0), step.input(1)]);
};

const composed =
  (f: (step: Step, x: string) => void): Rule =>
  (step) =>
    f(step, step.input(0));

export const MATH_RULES: readonly (readonly [op: string, rule: Rule])[] = [
  ...Object.entries(RENAMED).map(([from, to]) => [from, renamed(to)] as const),
  ['Relu6', composed((step, x) => emitActivation(step, 'Relu6', x))],
  ['LeakyRelu', composed((step, x) => emitActivation(step, 'LeakyRelu', x))],
  ['Square', composed((step, x) => step.emit('Mul', [x, x]))],
  ['Rsqrt', composed((step, x) => step.emit('Reciprocal', [step.temp('Sqrt', [x])]))],
  ['Log1p', composed((step, x) => step.emit('Log', [step.temp('Add', [x, step.scalar(1)])]))],
  ['Expm1', composed((step, x) => step.emit('Sub', [step.temp('Exp', [x]), step.scalar(1)]))],
  [
    'IsFinite',
    composed((step, x) =>
      step.emit('Not', [step.temp('Or', [step.temp('IsNaN', [x]), step.temp('IsInf', [x])])]),
    ),
  ],
  ['NotEqual', (step) => step.emit('Not', [step.temp('Equal', [step.input(0), step.input(1)])])],
  [
    'SquaredDifference',
    (step) => {
      const difference = step.temp('Sub', [step.input(0), step.input(1)]);
      step.emit('Mul', [difference, difference]);
    },
  ],
  ['ClipByValue', (step) => step.emit('Clip', [step.input(0), step.input(1), step.input(2)])],
  ['RealDiv', division],
  ['Div', division],
  ['FloorDiv', floorDivision],
  ['DivNoNan', divisionNoNan],
  ['BiasAdd', bias],
  ['BiasAddV1', bias],
  ['MatMul', product('transpose_a', 'transpose_b')],
  ['BatchMatMul', product('adj_x', 'adj_y')],
  ['BatchMatMulV2', product('adj_x', 'adj_y')],
  ['Einsum', (step) => step.emit('Einsum', step.inputs, { equation: step.attributes.text('equation', '') })],
  ['Mean', reduction('ReduceMean')],
  ['Sum', reduction('ReduceSum')],
  ['Max', reduction('ReduceMax')],
  ['Min', reduction('ReduceMin')],
  ['Prod', reduction('ReduceProd')],
  ['All', logical('ReduceMin')],
  ['Any', logical('ReduceMax')],
  ['ArgMax', position('ArgMax')],
  ['ArgMin', position('ArgMin')],
];
