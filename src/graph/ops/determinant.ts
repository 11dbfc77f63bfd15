/** @file Determinants, by elimination: on the host in doubles, on a back-end with a gradient. */
import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../model/tensor-data.ts';
import type { OpCall } from './call.ts';
import { stopGradient } from './gradient.ts';
import { opTable } from './op.ts';
import { hostValue, type HostValue } from './value.ts';

/** Determinants of `[..., n, n]` on the host, with the largest pivot of a column. */
function hostDeterminants(call: OpCall): HostValue {
  const shape = call.shape(0);
  const n = shape.at(-1) ?? 1;
  const outer = shape.slice(0, -2);
  const data = call.numbers(0);
  const results = Array.from({ length: sizeOf(outer) }, (_, i) =>
    hostDeterminant(data.slice(i * n * n, (i + 1) * n * n), n),
  );
  return hostValue(results, outer, call.dtype(0));
}

function hostDeterminant(m: Float64Array, n: number): number {
  let result = 1;
  const at = (row: number, column: number) => m[row * n + column] as number;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let row = k + 1; row < n; row++) if (Math.abs(at(row, k)) > Math.abs(at(pivot, k))) pivot = row;
    if (at(pivot, k) === 0) return 0;
    if (pivot !== k) {
      result = -result;
      const swapped = m.slice(k * n, k * n + n);
      m.copyWithin(k * n, pivot * n, pivot * n + n);
      m.set(swapped, pivot * n);
    }
    result *= at(k, k);
    for (let row = k + 1; row < n; row++) {
      const factor = at(row, k) / at(k, k);
      for (let column = k; column < n; column++)
        m[row * n + column] = at(row, column) - factor * at(k, column);
    }
  }
  return result;
}

/** The largest entry of each matrix that is still free: its place, one-hot `[B, n, n]`. */
function pivotOf(matrices: tf.Tensor, rows: tf.Tensor, columns: tf.Tensor): tf.Tensor {
  const [count = 0, n = 0] = matrices.shape;
  const free = tf.mul(tf.expandDims(rows, 2), tf.expandDims(columns, 1));
  // What is taken comes after what is free, even after a free zero.
  const size = tf.add(tf.abs(matrices), tf.sub(free, 1));
  const place = tf.argMax(tf.reshape(size, [count, n * n]), 1);
  // As int32 and then cast: on WASM the kernel writes integers whatever it is asked for.
  return tf.reshape(tf.cast(tf.oneHot(tf.cast(place, 'int32'), n * n), 'float32'), [count, n, n]);
}

/** How many free lines come before the chosen one, `[B]`; both as `[B, n]`. */
function before(free: tf.Tensor, chosen: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(tf.cumsum(free, 1, true), chosen), 1);
}

/**
 * Determinants of `[..., n, n]`: the product of the pivots of Gaussian elimination, with the sign of the permutation
 * that the pivots make. Source: Golub and Van Loan, "Matrix Computations", section 3.4.8 (complete pivoting).
 * The gradient is that of the elimination itself, and right for singular matrices too, where the usual
 * `det(A) inv(A)^T` has no value: with the largest entry of all that is left as the pivot, a pivot of zero means that
 * all that is left is zero, so nothing is ever divided by a pivot that vanishes. Choices of pivots have no derivative.
 */
function determinants(call: OpCall): tf.Tensor {
  const x = call.tensor(0);
  const n = x.shape.at(-1) ?? 0;
  const outer = x.shape.slice(0, -2);
  const count = sizeOf(outer);
  let left = tf.reshape(x, [count, n, n]);
  let [rows, columns]: [tf.Tensor, tf.Tensor] = [tf.ones([count, n]), tf.ones([count, n])];
  let result: tf.Tensor = tf.ones([count]);
  for (let k = 0; k < n; k++) {
    const at = pivotOf(stopGradient(left), rows, columns);
    const [row, column] = [tf.sum(at, 2), tf.sum(at, 1)];
    const pivot = tf.sum(tf.mul(left, at), [1, 2]);
    const odd = tf.mod(tf.add(before(rows, row), before(columns, column)), 2);
    result = tf.mul(result, tf.mul(pivot, tf.sub(1, tf.mul(odd, 2))));
    if (k === n - 1) break;
    rows = tf.sub(rows, row);
    columns = tf.sub(columns, column);
    const isZero = tf.cast(tf.equal(stopGradient(pivot), 0), 'float32');
    const across = tf.sum(tf.mul(left, tf.expandDims(row, 2)), 1);
    const down = tf.div(
      tf.sum(tf.mul(left, tf.expandDims(column, 1)), 2),
      tf.reshape(tf.add(pivot, isZero), [count, 1]),
    );
    const rest = tf.sub(left, tf.mul(tf.expandDims(down, 2), tf.expandDims(across, 1)));
    // The pivot's lines are zero but for rounding; they take no part any more.
    left = tf.mul(rest, tf.mul(tf.expandDims(rows, 2), tf.expandDims(columns, 1)));
  }
  return tf.reshape(result, outer);
}

export const DETERMINANT = opTable({ Det: { run: determinants, host: hostDeterminants } });
