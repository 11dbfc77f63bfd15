import * as tf from '@tensorflow/tfjs-core';
import { isFloat } from '../model/tensor-data.ts';
import { clamped, hardSigmoid, hardSwished, rectified, swish } from './activation.ts';
import { difference, product, sum } from './broadcast.ts';
import type { OpCall } from './call.ts';
import { stopGradient } from './gradient.ts';
import { broadcastHost, broadcastShapes, chooseHost, mapHost } from './host-math.ts';
import { type Op, opTable } from './op.ts';
import { choose, perElement } from './ranks.ts';

type NumberFunction = (x: number) => number;
type Pair = (a: number, b: number) => number;
type TensorPair = (a: tf.Tensor, b: tf.Tensor, call: OpCall) => tf.Tensor;

/** A function of one input, on tensors and (for sizes and scales) on the host. */
function unary(run: (x: tf.Tensor, call: OpCall) => tf.Tensor, host?: NumberFunction): Omit<Op, 'doc'> {
  return {
    run: (call) => perElement([call.tensor(0)], ([x]) => run(x as tf.Tensor, call)),
    ...(host && { host: (call: OpCall) => mapHost(call.host(0), host) }),
  };
}

/** Zero derivative everywhere. */
function unaryStep(run: (x: tf.Tensor, call: OpCall) => tf.Tensor, host?: NumberFunction): Omit<Op, 'doc'> {
  return { ...unary((x, call) => run(stopGradient(x), call), host), differentiable: false };
}

function onPairs(run: TensorPair, a: tf.Tensor, b: tf.Tensor, call: OpCall): tf.Tensor {
  return perElement([a, b], ([left, right]) => run(left as tf.Tensor, right as tf.Tensor, call));
}

/** Two inputs, broadcast against each other. */
function binary(run: TensorPair, host: Pair): Omit<Op, 'doc'> {
  return {
    run: (call) => onPairs(run, call.tensor(0), call.tensor(1), call),
    host: (call) => broadcastHost(call.host(0), call.host(1), host),
  };
}

/** Two inputs, the result true or false. */
function comparison(run: TensorPair, host: (a: number, b: number) => boolean): Omit<Op, 'doc'> {
  return {
    differentiable: false,
    run: (call) => onPairs(run, stopGradient(call.tensor(0)), stopGradient(call.tensor(1)), call),
    host: (call) => broadcastHost(call.host(0), call.host(1), (a, b) => Number(host(a, b)), 'bool'),
  };
}

/** Any number of inputs, broadcast against each other. */
function variadic(
  run: TensorPair,
  host: Pair,
  shortcut: (call: OpCall) => tf.Tensor | null = () => null,
): Omit<Op, 'doc'> {
  return {
    run: (call) => shortcut(call) ?? call.tensors().reduce((a, b) => onPairs(run, a, b, call)),
    host: (call) =>
      call
        .all()
        .map((_, index) => call.host(index))
        .reduce((a, b) => broadcastHost(a, b, host)),
  };
}

/** Integers of the model; tfjs divides them with rounding down, ONNX towards zero. */
function divide(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (a.dtype !== 'int32') return tf.div(a, b);
  const sign = tf.mul(tf.sign(a), tf.sign(b));
  return tf.mul(tf.floorDiv(tf.abs(a), tf.abs(b)), tf.cast(sign, 'int32'));
}

/** The remainder with the sign of the dividend, as C's `fmod`. */
function fmod(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const rest = tf.mod(tf.abs(a), tf.abs(b));
  return tf.mul(rest, tf.cast(tf.sign(a), rest.dtype));
}

function power(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (a.dtype === 'float32') return tf.pow(a, tf.cast(b, 'float32'));
  return tf.cast(tf.round(tf.pow(tf.cast(a, 'float32'), tf.cast(b, 'float32'))), a.dtype);
}

function bits(run: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, host: Pair): Omit<Op, 'doc'> {
  return { ...binary((a, b) => run(a, b), host), differentiable: false };
}

/** `x > limit` as numbers, without a gradient. */
function above(x: tf.Tensor, limit: number): tf.Tensor {
  return tf.cast(tf.greater(stopGradient(x), limit), 'float32');
}

/** `x` where it is above zero: also where `x` is infinite, unlike a product with a mask. */
function whereAbove(x: tf.Tensor, limit: number, then: tf.Tensor, otherwise: tf.Tensor): tf.Tensor {
  return choose(tf.greater(stopGradient(x), limit), then, otherwise, x.shape);
}

/**
 * Gelu(x) = x * Phi(x); with `approximate: tanh` 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
 * Source: Hendrycks and Gimpel 2016, "Gaussian Error Linear Units".
 */
export function gelu(x: tf.Tensor, approximate: boolean): tf.Tensor {
  const inner = approximate
    ? tf.tanh(tf.mul(tf.add(x, tf.mul(tf.mul(tf.mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI)))
    : tf.erf(tf.mul(x, Math.SQRT1_2));
  return tf.mul(tf.mul(x, 0.5), tf.add(inner, 1));
}

export function elu(x: tf.Tensor, alpha: number): tf.Tensor {
  const negative = tf.minimum(x, 0);
  return tf.add(tf.relu(x), tf.mul(tf.sub(tf.exp(negative), 1), alpha));
}

/** `x` above a limit, else zero. */
export function thresholdedRelu(x: tf.Tensor, limit: number): tf.Tensor {
  return tf.mul(x, above(x, limit));
}

/** `log(1 + exp(x))`, without overflow. */
function softplus(x: tf.Tensor): tf.Tensor {
  return tf.add(tf.relu(x), tf.log(tf.add(tf.exp(tf.neg(tf.abs(x))), 1)));
}

/** The one number of an optional input, if it is known on the host. */
function hostNumber(call: OpCall, index: number): number | null {
  const value = call.has(index) ? call.value(index) : null;
  return value?.kind === 'host' && value.data.length === 1 ? Number(value.data[0]) : null;
}

/**
 * The larger, or the smaller, of a value and one number; `null` if it is something else that is compared. Cut off it is
 * one pass: on WASM tfjs' `maximum` of a value and one number takes twenty times as long.
 */
function cutOff(call: OpCall, side: 'low' | 'high'): tf.Tensor | null {
  if (call.count !== 2) return null;
  for (const [at, other] of [
    [1, 0],
    [0, 1],
  ] as const) {
    const limit = hostNumber(call, at);
    if (limit === null || call.shape(at).length > call.shape(other).length) continue;
    const x = call.tensor(other);
    if (x.dtype !== 'float32') return null;
    const [low, high] = side === 'low' ? [limit, Infinity] : [-Infinity, limit];
    return perElement([x], ([value]) => clamped(value as tf.Tensor, low, high));
  }
  return null;
}

function clip(call: OpCall): tf.Tensor {
  const x = call.tensor(0);
  // One kernel, and a gradient in one pass.
  const [least, most] = [hostNumber(call, 1), hostNumber(call, 2)];
  if (x.dtype === 'float32' && least === 0 && most === 6) return rectified(x, 6);
  const isKnown = (least !== null || !call.has(1)) && (most !== null || !call.has(2));
  if (x.dtype === 'float32' && isKnown) return clamped(x, least ?? -Infinity, most ?? Infinity);
  const low = call.optional(1);
  const high = call.optional(2);
  const raised = low === null ? x : tf.maximum(x, tf.cast(low, x.dtype));
  return high === null ? raised : tf.minimum(raised, tf.cast(high, x.dtype));
}

export const ELEMENTWISE = opTable({
  Abs: unary((x) => tf.abs(x), Math.abs),
  Neg: unary(
    (x) => tf.neg(x),
    (x) => -x,
  ),
  Sign: unaryStep((x) => tf.sign(x), Math.sign),
  Ceil: unaryStep((x) => tf.ceil(x), Math.ceil),
  Floor: unaryStep((x) => tf.floor(x), Math.floor),
  Round: unaryStep((x) => tf.round(x)),
  Sqrt: unary((x) => tf.sqrt(x), Math.sqrt),
  Reciprocal: unary(
    (x) => tf.div(1, x),
    (x) => 1 / x,
  ),
  Exp: unary((x) => tf.exp(x), Math.exp),
  Log: unary((x) => tf.log(x), Math.log),
  Sin: unary((x) => tf.sin(x), Math.sin),
  Cos: unary((x) => tf.cos(x), Math.cos),
  Tan: unary((x) => tf.tan(x)),
  Asin: unary((x) => tf.asin(x)),
  Acos: unary((x) => tf.acos(x)),
  Atan: unary((x) => tf.atan(x)),
  Sinh: unary((x) => tf.sinh(x)),
  Cosh: unary((x) => tf.cosh(x)),
  Tanh: unary((x) => tf.tanh(x)),
  Asinh: unary((x) => tf.asinh(x)),
  Acosh: unary((x) => tf.acosh(x)),
  Atanh: unary((x) => tf.atanh(x)),
  Erf: unary((x) => tf.erf(x)),
  Sigmoid: unary((x) => tf.sigmoid(x)),
  Relu: unary((x) => (x.dtype === 'float32' ? rectified(x, Infinity) : tf.relu(x))),
  LeakyRelu: unary((x, call) => tf.leakyRelu(x, call.number('alpha', 0.01))),
  Elu: unary((x, call) => elu(x, call.number('alpha', 1))),
  Selu: unary((x, call) =>
    tf.mul(elu(x, call.number('alpha', 1.6732632423543772)), call.number('gamma', 1.0507009873554805)),
  ),
  Celu: unary((x, call) => {
    const alpha = call.number('alpha', 1);
    return tf.add(tf.relu(x), tf.mul(tf.sub(tf.exp(tf.div(tf.minimum(x, 0), alpha)), 1), alpha));
  }),
  ThresholdedRelu: unary((x, call) => thresholdedRelu(x, call.number('alpha', 1))),
  HardSigmoid: unary((x, call) => hardSigmoid(x, call.number('alpha', 0.2), call.number('beta', 0.5))),
  HardSwish: unary(hardSwished),
  Softplus: unary((x) => softplus(x)),
  Softsign: unary((x) => tf.div(x, tf.add(tf.abs(x), 1))),
  Mish: unary((x) => tf.mul(x, tf.tanh(softplus(x)))),
  Swish: unary((x, call) => swish(x, call.number('alpha', 1))),
  Gelu: unary((x, call) => gelu(x, call.text('approximate', 'none') === 'tanh')),
  Shrink: unary((x, call) => {
    const limit = call.number('lambd', 0.5);
    const bias = call.number('bias', 0);
    const upper = whereAbove(x, limit, tf.sub(x, bias), tf.zerosLike(x));
    return whereAbove(tf.neg(x), limit, tf.add(x, bias), upper);
  }),
  PRelu: binary(
    (x, slope) => tf.add(tf.relu(x), tf.mul(tf.minimum(x, 0), slope)),
    (x, slope) => (x < 0 ? x * slope : x),
  ),
  IsNaN: { ...unaryStep((x) => tf.isNaN(x)) },
  IsInf: unaryStep((x, call) => {
    const positive = call.flag('detect_positive', true);
    const negative = call.flag('detect_negative', true);
    if (positive && negative) return tf.isInf(x);
    const sided = positive ? tf.greater(x, 0) : tf.less(x, 0);
    return positive || negative ? tf.logicalAnd(tf.isInf(x), sided) : tf.cast(tf.zerosLike(x), 'bool');
  }),
  Not: unaryStep(
    (x) => tf.logicalNot(x),
    (x) => Number(x === 0),
  ),
  Add: binary(
    (a, b) => sum(a, b),
    (a, b) => a + b,
  ),
  Sub: binary(
    (a, b) => difference(a, b),
    (a, b) => a - b,
  ),
  Mul: binary(
    (a, b) => product(a, b),
    (a, b) => a * b,
  ),
  Div: {
    run: (call) => divide(call.tensor(0), call.tensor(1)),
    host: (call) => {
      const whole = !isFloat(call.dtype(0));
      return broadcastHost(call.host(0), call.host(1), (a, b) => (whole ? Math.trunc(a / b) : a / b));
    },
  },
  Mod: {
    run: (call) => {
      const rest = call.flag('fmod') ? fmod : tf.mod;
      return rest(call.tensor(0), call.tensor(1));
    },
    host: (call) => {
      const c = call.flag('fmod');
      return broadcastHost(call.host(0), call.host(1), (a, b) => (c ? a % b : a - b * Math.floor(a / b)));
    },
  },
  Pow: binary((a, b) => power(a, b), Math.pow),
  Max: variadic(
    (a, b) => tf.maximum(a, b),
    Math.max,
    (call) => cutOff(call, 'low'),
  ),
  Min: variadic(
    (a, b) => tf.minimum(a, b),
    Math.min,
    (call) => cutOff(call, 'high'),
  ),
  Sum: variadic(
    (a, b) => tf.add(a, b),
    (a, b) => a + b,
  ),
  Mean: {
    run: (call) =>
      tf.div(
        call.tensors().reduce((a, b) => tf.add(a, b)),
        call.count,
      ),
  },
  And: comparison(
    (a, b) => tf.logicalAnd(a, b),
    (a, b) => a !== 0 && b !== 0,
  ),
  Or: comparison(
    (a, b) => tf.logicalOr(a, b),
    (a, b) => a !== 0 || b !== 0,
  ),
  Xor: comparison(
    (a, b) => tf.logicalXor(a, b),
    (a, b) => (a !== 0) !== (b !== 0),
  ),
  Equal: comparison(
    (a, b) => tf.equal(a, b),
    (a, b) => a === b,
  ),
  Less: comparison(
    (a, b) => tf.less(a, b),
    (a, b) => a < b,
  ),
  LessOrEqual: comparison(
    (a, b) => tf.lessEqual(a, b),
    (a, b) => a <= b,
  ),
  Greater: comparison(
    (a, b) => tf.greater(a, b),
    (a, b) => a > b,
  ),
  GreaterOrEqual: comparison(
    (a, b) => tf.greaterEqual(a, b),
    (a, b) => a >= b,
  ),
  Clip: {
    run: clip,
    host: (call) => {
      const low = call.has(1) ? (call.numbers(1)[0] as number) : -Infinity;
      const high = call.has(2) ? (call.numbers(2)[0] as number) : Infinity;
      return mapHost(call.host(0), (x) => Math.min(high, Math.max(low, x)));
    },
  },
  Where: {
    run: (call) => {
      const condition = tf.cast(stopGradient(call.tensor(0)), 'bool');
      const shape = broadcastShapes(call.shape(0), call.shape(1), call.shape(2));
      const tensor = choose(condition, call.tensor(1), call.tensor(2), shape);
      return { kind: 'tensor', dtype: call.dtype(1), tensor };
    },
    host: (call) => chooseHost(call.host(0), call.host(1), call.host(2)),
  },
  BitShift: {
    differentiable: false,
    hostInputs: 'all',
    run: (call) => {
      const left = call.text('direction', 'LEFT') === 'LEFT';
      return broadcastHost(call.host(0), call.host(1), (a, b) =>
        left ? a * 2 ** b : Math.floor(a / 2 ** b),
      );
    },
  },
  BitwiseAnd: bits(
    (a, b) => tf.bitwiseAnd(a, b),
    (a, b) => a & b,
  ),
  BitwiseOr: bits(
    (a, b) => tf.sub(tf.add(a, b), tf.bitwiseAnd(a, b)),
    (a, b) => a | b,
  ),
  BitwiseXor: bits(
    (a, b) => tf.sub(tf.add(a, b), tf.mul(tf.bitwiseAnd(a, b), tf.scalar(2, 'int32'))),
    (a, b) => a ^ b,
  ),
});
