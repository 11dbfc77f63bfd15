import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../model/tensor-data.ts';
import type { OpCall } from './call.ts';
import { stopGradient } from './gradient.ts';
import { numbersOf, stridesOf } from './host-math.ts';
import { type Op, opTable } from './op.ts';
import { hostValue, type HostValue } from './value.ts';

type Reducer = (x: tf.Tensor, axes: number[], keep: boolean) => tf.Tensor;

/** The axes to reduce, `null` for a reduction over none. */
function axesOf(call: OpCall): number[] | null {
  const given = call.list(1, 'axes');
  if (given !== null && given.length > 0) return given.map((axis) => call.axis(axis, call.rank(0)));
  if (call.flag('noop_with_empty_axes')) return null;
  return call.shape(0).map((_, axis) => axis);
}

function reduction(run: Reducer, host?: (values: number[]) => number): Omit<Op, 'doc'> {
  return {
    hostInputs: [1],
    run: (call) => {
      const axes = axesOf(call);
      const x = call.tensor(0);
      if (axes === null) return x;
      const result = run(x, axes, call.flag('keepdims', true));
      return result.dtype === x.dtype || x.dtype === 'bool' ? result : tf.cast(result, x.dtype);
    },
    ...(host && { host: (call: OpCall) => reduceHost(call, host) }),
  };
}

function reduceHost(call: OpCall, f: (values: number[]) => number): HostValue {
  const value = call.host(0);
  const axes = axesOf(call);
  if (axes === null) return value;
  const shape = value.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const strides = stridesOf(shape);
  const groups = Array.from({ length: sizeOf(shape) }, (): number[] => []);
  const own = stridesOf(value.shape);
  numbersOf(value).forEach((x, i) => {
    const at = shape.reduce((sum, size, axis) => {
      const coordinate = Math.floor(i / (own[axis] as number)) % (value.shape[axis] as number);
      return size === 1 ? sum : sum + coordinate * (strides[axis] as number);
    }, 0);
    groups[at]?.push(x);
  });
  const kept = call.flag('keepdims', true) ? shape : shape.filter((_, axis) => !axes.includes(axis));
  return hostValue(groups.map(f), kept, value.dtype);
}

const total = (values: number[]) => values.reduce((sum, x) => sum + x, 0);

/** `log(sum(exp(x)))`, shifted by the maximum so that nothing overflows. */
function logSumExp(x: tf.Tensor, axes: number[], keep: boolean): tf.Tensor {
  const top = stopGradient(tf.max(stopGradient(x), axes, true));
  const sum = tf.log(tf.sum(tf.exp(tf.sub(x, top)), axes, keep));
  return tf.add(sum, tf.reshape(top, sum.shape));
}

/** Position of the extreme; the first of equals, or the last with `select_last_index`. */
function argument(most: 'argMax' | 'argMin'): Omit<Op, 'doc'> {
  return {
    differentiable: false,
    run: (call) => {
      const x = stopGradient(call.tensor(0));
      const axis = call.axis(call.number('axis', 0), x.rank);
      const last = call.flag('select_last_index');
      const found = tf[most](last ? tf.reverse(x, axis) : x, axis);
      const size = x.shape[axis] as number;
      const indices = last ? tf.sub(tf.scalar(size - 1, 'int32'), found) : found;
      const tensor = call.flag('keepdims', true) ? tf.expandDims(indices, axis) : indices;
      return { kind: 'tensor', dtype: 'int64', tensor };
    },
  };
}

export const REDUCE = opTable({
  ReduceSum: reduction((x, axes, keep) => tf.sum(x, axes, keep), total),
  ReduceMean: reduction((x, axes, keep) => tf.mean(x, axes, keep)),
  ReduceMax: reduction(
    (x, axes, keep) => tf.max(x, axes, keep),
    (values) => values.reduce((most, x) => Math.max(most, x), -Infinity),
  ),
  ReduceMin: reduction(
    (x, axes, keep) => tf.min(x, axes, keep),
    (values) => values.reduce((least, x) => Math.min(least, x), Infinity),
  ),
  ReduceProd: reduction(
    (x, axes, keep) => tf.prod(x, axes, keep),
    (values) => values.reduce((product, x) => product * x, 1),
  ),
  ReduceL1: reduction((x, axes, keep) => tf.sum(tf.abs(x), axes, keep)),
  ReduceL2: reduction((x, axes, keep) => tf.sqrt(tf.sum(tf.mul(x, x), axes, keep))),
  ReduceSumSquare: reduction((x, axes, keep) => tf.sum(tf.mul(x, x), axes, keep)),
  ReduceLogSum: reduction((x, axes, keep) => tf.log(tf.sum(x, axes, keep))),
  ReduceLogSumExp: reduction(logSumExp),
  ArgMax: argument('argMax'),
  ArgMin: argument('argMin'),
});
