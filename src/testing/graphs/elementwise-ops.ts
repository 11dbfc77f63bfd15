import { broadcastShapes } from '../../graph/ops/host-math.ts';
import type { GraphMaker, Made } from './graph-maker.ts';

/** Adds some operations to a graph; `null` where nothing in it fits. */
export type OpMaker = (maker: GraphMaker) => Made | null;

type UnaryRule = (maker: GraphMaker, x: Made) => Made;

const plain =
  (
    op: string,
    bound: (x: number) => number,
    attributes: (maker: GraphMaker) => Record<string, number | string> = () => ({}),
  ): UnaryRule =>
  (maker, x) =>
    maker.node(op, [x], x.shape, bound(x.bound), attributes(maker));

/** After the value was squashed into a bound. */
const squashed =
  (op: string, limit: number, bound: number): UnaryRule =>
  (maker, x) =>
    maker.node(op, [maker.within(x, limit)], x.shape, bound);

const ofPositive =
  (op: string, bound: (x: number) => number): UnaryRule =>
  (maker, x) =>
    maker.node(op, [maker.positive(x)], x.shape, bound(x.bound + 0.5));

const itself = (x: number) => x;
const alpha = (maker: GraphMaker) => ({ alpha: maker.pick([0.05, 0.3, 0.5]) });

const UNARY: readonly UnaryRule[] = [
  plain('Abs', itself),
  plain('Neg', itself),
  plain('Sign', () => 1),
  plain('Ceil', (x) => x + 1),
  plain('Floor', (x) => x + 1),
  plain('Round', (x) => x + 1),
  ofPositive('Sqrt', Math.sqrt),
  ofPositive('Reciprocal', () => 2),
  squashed('Exp', 3, 20.1),
  ofPositive('Log', (x) => Math.max(1, Math.log(x))),
  plain('Sin', () => 1),
  plain('Cos', () => 1),
  squashed('Tan', 1, 1.56),
  squashed('Asin', 0.9, 1.2),
  squashed('Acos', 0.9, 3),
  plain('Atan', () => 1.6),
  squashed('Sinh', 2, 3.7),
  squashed('Cosh', 2, 3.8),
  plain('Tanh', () => 1),
  plain('Asinh', itself),
  (maker, x) => {
    const above = maker.node('Add', [maker.positive(x), maker.number(1)], x.shape, x.bound + 1.5);
    return maker.node('Acosh', [above], x.shape, x.bound + 1.5);
  },
  squashed('Atanh', 0.9, 1.5),
  plain('Erf', () => 1),
  plain('Sigmoid', () => 1),
  plain('Relu', itself),
  plain('LeakyRelu', itself, alpha),
  plain('Elu', itself, alpha),
  plain('Selu', (x) => 2 * x),
  plain('Celu', itself, alpha),
  plain('ThresholdedRelu', itself, alpha),
  plain('HardSigmoid', () => 1),
  plain('HardSwish', itself),
  plain('Softplus', (x) => x + 1),
  plain('Softsign', () => 1),
  plain('Mish', itself),
  plain('Gelu', itself, (maker) => ({ approximate: maker.pick(['none', 'tanh']) })),
  plain('Swish', itself, alpha),
  plain('com.microsoft:Gelu', itself),
  plain('com.microsoft:QuickGelu', itself),
  plain('com.microsoft:FastGelu', itself),
  plain(
    'Shrink',
    (x) => x + 1,
    () => ({ lambd: 0.5, bias: 0.1 }),
  ),
  plain('Identity', itself),
  plain('Dropout', itself),
  (maker, x) => maker.node('Clip', [x, maker.number(-0.7), maker.number(1.2)], x.shape, 1.2),
  (maker, x) => maker.node('Clip', [x, maker.number(0), maker.number(6)], x.shape, 6),
];

/** An operand that broadcasts against a value: another value, or a constant of fewer or single axes. */
function operand(maker: GraphMaker, x: Made): Made {
  const fitting = maker.values.filter(({ shape }) => fits(shape, x.shape));
  if (fitting.length > 0 && maker.chance(0.6)) return maker.pick(fitting);
  const rank = maker.int(0, x.shape.length);
  const own = rank === 0 ? [] : x.shape.slice(-rank);
  return maker.constant(own.map((size) => (maker.chance(0.3) ? 1 : size)));
}

function fits(a: readonly number[], b: readonly number[]): boolean {
  const rank = Math.min(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => [a.at(-1 - i), b.at(-1 - i)]).every(
    ([one, other]) => one === other || one === 1 || other === 1,
  );
}

const pair =
  (op: string, bound: (a: number, b: number) => number): OpMaker =>
  (maker) => {
    const x = maker.value();
    if (x === null) return null;
    const y = operand(maker, x);
    const inputs = maker.chance(0.5) ? [x, y] : [y, x];
    return maker.node(op, inputs, broadcastShapes(x.shape, y.shape), bound(x.bound, y.bound));
  };

const divided: OpMaker = (maker) => {
  const x = maker.value();
  if (x === null) return null;
  const y = maker.positive(operand(maker, x));
  return maker.node('Div', [x, y], broadcastShapes(x.shape, y.shape), 2 * x.bound);
};

const power: OpMaker = (maker) => {
  const x = maker.value();
  if (x === null) return null;
  const exponent = maker.pick([2, 0.5, 1.5, 3]);
  const base = maker.within(maker.positive(x), 5);
  const safe = base.bound <= 1 ? maker.positive(base) : base;
  return maker.node('Pow', [safe, maker.number(exponent)], x.shape, 5.5 ** exponent);
};

const many =
  (op: string): OpMaker =>
  (maker) => {
    const x = maker.value();
    if (x === null) return null;
    const others = Array.from({ length: maker.int(1, 3) }, () => maker.constant(x.shape));
    return maker.node(op, [x, ...others], x.shape, x.bound + others.length);
  };

/** A comparison, some logic, and a choice by it. */
const choice: OpMaker = (maker) => {
  const x = maker.value();
  if (x === null) return null;
  const compare = () =>
    maker.node(
      maker.pick(['Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual']),
      [x, maker.constant(x.shape)],
      x.shape,
      1,
    );
  const logic = maker.pick(['And', 'Or', 'Xor']);
  const both = maker.node(logic, [compare(), compare()], x.shape, 1);
  const condition = maker.chance(0.5) ? maker.node('Not', [both], x.shape, 1) : both;
  const other = operand(maker, x);
  const shape = broadcastShapes(x.shape, other.shape);
  return maker.node('Where', [condition, x, other], shape, Math.max(x.bound, other.bound));
};

const equality: OpMaker = (maker) => {
  const x = maker.value();
  if (x === null) return null;
  const sign = maker.node('Sign', [x], x.shape, 1);
  return maker.cast(maker.node('Equal', [sign, maker.number(1)], x.shape, 1), 'float32');
};

const modulo: OpMaker = (maker) => {
  const x = maker.value();
  if (x === null) return null;
  const whole = maker.cast(x, maker.pick(['int32', 'int64']));
  const by = maker.cast(maker.number(3), 'int64');
  const rest = maker.node('Mod', [maker.cast(whole, 'int64'), by], x.shape, 3);
  return maker.cast(rest, 'float32');
};

const sloped: OpMaker = (maker) => {
  const x = maker.value();
  if (x === null || x.shape.length === 0) return null;
  return maker.node('PRelu', [x, maker.constant(x.shape.slice(-1))], x.shape, x.bound);
};

const quantised: OpMaker = (maker) => {
  const x = maker.value();
  if (x === null) return null;
  const zero = maker.parameter({ dtype: 'uint8', shape: [], data: Uint8Array.of(maker.int(100, 150)) }, 0);
  // A scale that no value is a half step of.
  const scale = maker.number(0.0173);
  const codes = maker.node('QuantizeLinear', [x, scale, zero], x.shape, 255);
  return maker.node('DequantizeLinear', [codes, scale, zero], x.shape, 3);
};

export const ELEMENTWISE_MAKERS: readonly OpMaker[] = [
  ...UNARY.map((rule): OpMaker => (maker) => {
    const x = maker.value();
    return x === null ? null : rule(maker, x);
  }),
  pair('Add', (a, b) => a + b),
  pair('Sub', (a, b) => a + b),
  pair('Mul', (a, b) => a * b),
  pair('Max', Math.max),
  pair('Min', Math.max),
  divided,
  power,
  many('Sum'),
  many('Mean'),
  many('Max'),
  choice,
  equality,
  modulo,
  sloped,
  quantised,
];
