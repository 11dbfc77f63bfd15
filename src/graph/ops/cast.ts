import * as tf from '@tensorflow/tfjs-core';
import type { DataType } from '../model/ir.ts';
import { computeType, fromNumbers, integerRange, isFloat, toNumbers } from '../model/tensor-data.ts';
import type { OpCall } from './call.ts';
import { stopGradient } from './gradient.ts';
import { type HostInputs, opTable, type Result } from './op.ts';
import { dtypeOf, hostValue, type Value } from './value.ts';

/** Converts towards a type of the model; out of range integers wrap as in C. */
export function castTo(x: tf.Tensor, to: DataType): tf.Tensor {
  const type = computeType(to);
  if (type === 'float32') return tf.cast(x, 'float32');
  const still = stopGradient(x);
  if (type === 'bool') return tf.notEqual(still, tf.cast(tf.scalar(0), still.dtype));
  const whole = tf.cast(still, 'int32');
  if (!/^u?int(4|8|16)$/.test(to)) return whole;
  const [least, greatest] = integerRange(to);
  const span = greatest - least + 1;
  const low = tf.scalar(least, 'int32');
  return tf.add(tf.mod(tf.sub(whole, low), tf.scalar(span, 'int32')), low);
}

function castValue(call: OpCall, to: DataType): Result {
  const tensor = castTo(call.tensor(0), to);
  return { kind: 'tensor', dtype: to, tensor };
}

/** Also the conversions from and to text, which stays on the host. */
function castHost(call: OpCall, to: DataType): Value {
  const { data, shape, dtype } = call.host(0);
  if (to === 'string') {
    const texts = Array.from(data as ArrayLike<number | string>, (x) => textOf(x, dtype));
    return hostValue(texts, shape, to);
  }
  const numbers = data instanceof Float64Array ? data : Float64Array.from(data, numberOf);
  if (to === 'bool')
    return hostValue(
      numbers.map((x) => Number(x !== 0)),
      shape,
      to,
    );
  if (!isFloat(to)) {
    const whole = isFloat(dtype) ? numbers.map(Math.trunc) : numbers;
    return hostValue(
      whole.map((x) => wrapped(x, to)),
      shape,
      to,
    );
  }
  return hostValue(toNumbers({ dtype: to, shape, data: fromNumbers(numbers, to) }), shape, to);
}

/** The shortest text that is read back as the same number of its type. */
function textOf(value: number | string, dtype: DataType): string {
  if (typeof value === 'string' || dtype === 'float64' || !isFloat(dtype)) return String(value);
  const digits = [6, 7, 8].find((count) => Math.fround(Number(value.toPrecision(count))) === value);
  return String(Number(value.toPrecision(digits ?? 9)));
}

/** Text stays on the host, so what is converted from or to it comes there. */
function textAmong(inputs: readonly (Value | null)[]): HostInputs {
  return inputs.some((value) => value !== null && dtypeOf(value) === 'string') ? 'all' : [];
}

function numberOf(text: string): number {
  if (/^[+-]?inf$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return Number(text);
}

/** An integer in the range of a type, as C wraps it; 64 bits are kept as they are. */
function wrapped(x: number, to: DataType): number {
  if (to.endsWith('64')) return x;
  const [least, greatest] = integerRange(to);
  const span = greatest - least + 1;
  return x - Math.floor((x - least) / span) * span;
}

export const CAST = opTable({
  Cast: {
    hostInputs: ({ attributes }) => (attributes['to'] === 'string' ? 'all' : []),
    run: (call) => castValue(call, call.text('to', 'float32') as DataType),
    host: (call) => castHost(call, call.text('to', 'float32') as DataType),
  },
  CastLike: {
    hostInputs: (_, inputs) => textAmong(inputs),
    run: (call) => castValue(call, call.dtype(1)),
    host: (call) => castHost(call, call.dtype(1)),
  },
});
