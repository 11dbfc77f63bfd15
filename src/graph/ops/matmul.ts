import * as tf from '@tensorflow/tfjs-core';
import { sum } from './broadcast.ts';
import type { OpCall } from './call.ts';
import { einsum } from './einsum.ts';
import { broadcastShapes } from './host-math.ts';
import { opTable } from './op.ts';

/** Matrix product as numpy's `matmul`: vectors are promoted, leading axes broadcast. */
export function matMul(a: tf.Tensor, b: tf.Tensor, turnA = false, turnB = false): tf.Tensor {
  const left = a.rank === 1 ? tf.reshape(a, [1, a.size]) : a;
  const right = b.rank === 1 ? tf.reshape(b, [b.size, 1]) : b;
  const product = batched(left, right, turnA, turnB);
  const shape = [...product.shape];
  if (b.rank === 1) shape.splice(-1, 1);
  if (a.rank === 1) shape.splice(b.rank === 1 ? -1 : -2, 1);
  return shape.length === product.rank ? product : tf.reshape(product, shape);
}

function batched(a: tf.Tensor, b: tf.Tensor, turnA: boolean, turnB: boolean): tf.Tensor {
  const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  // One matrix on the right: all rows of the left in one product.
  if (outerB.length === 0 && !turnA && a.rank > 2) {
    const rows = tf.reshape(a, [-1, a.shape.at(-1) as number]);
    const product = tf.matMul(rows, b, false, turnB);
    return tf.reshape(product, [...a.shape.slice(0, -1), product.shape[1] as number]);
  }
  if (a.rank === 2 && b.rank === 2) return tf.matMul(a, b, turnA, turnB);
  const outer = broadcastShapes(outerA, outerB);
  const flat = (x: tf.Tensor) => {
    const matrix = x.shape.slice(-2);
    const spread =
      x.shape.slice(0, -2).join() === outer.join() ? x : tf.broadcastTo(x, [...outer, ...matrix]);
    const [rows, columns] = matrix as [number, number];
    return tf.reshape<tf.Rank.R3>(spread, [-1, rows, columns]);
  };
  const product = tf.matMul(flat(a), flat(b), turnA, turnB);
  return tf.reshape(product, [...outer, ...product.shape.slice(-2)]);
}

/** In floats: the kernels multiply nothing else. Exact for integers up to 2^24. */
function floats(tensor: tf.Tensor): tf.Tensor {
  return tensor.dtype === 'float32' ? tensor : tf.cast(tensor, 'float32');
}

function gemm(call: OpCall): tf.Tensor {
  const [a, b] = [call.tensor(0), call.tensor(1)];
  const product = matMul(floats(a), floats(b), call.flag('transA'), call.flag('transB'));
  const alpha = call.number('alpha', 1);
  const beta = call.number('beta', 1);
  const scaled = alpha === 1 ? product : tf.mul(product, alpha);
  const c = call.optional(2);
  if (c === null || beta === 0) return tf.cast(scaled, a.dtype);
  return tf.cast(sum(scaled, beta === 1 ? floats(c) : tf.mul(floats(c), beta)), a.dtype);
}

/** The zero point of a row (or one for all) as a column. */
function rowZeros(zero: tf.Tensor): tf.Tensor {
  return zero.rank === 1 && zero.size > 1 ? tf.reshape(zero, [-1, 1]) : zero;
}

/** Integers with their zero points taken off, in floats. */
export function centred(value: tf.Tensor, zero: tf.Tensor | null): tf.Tensor {
  return zero === null ? floats(value) : tf.sub(floats(value), floats(zero));
}

export const MATMUL = opTable({
  MatMul: {
    run: (call) => {
      const a = call.tensor(0);
      return tf.cast(matMul(floats(a), floats(call.tensor(1))), a.dtype);
    },
  },
  Gemm: { run: gemm },
  MatMulInteger: {
    differentiable: false,
    run: (call) => {
      const zero = call.optional(2);
      const a = centred(call.tensor(0), zero === null ? null : rowZeros(zero));
      const product = matMul(a, centred(call.tensor(1), call.optional(3)));
      return { kind: 'tensor', dtype: 'int32', tensor: tf.cast(product, 'int32') };
    },
  },
  Einsum: {
    run: (call) => einsum(call.text('equation', ''), call.tensors().map(floats)),
  },
});
