/** @file Sums over leading axes where the rows lie: tfjs turns the whole tensor first, then has a thread group per sum. */
import * as tf from '@tensorflow/tfjs-core';
import { dispose, type Gpu, reshaped, runProgram } from './program.ts';

/** Rows that a thread adds in a pass that others follow: few, so that there are many threads. */
const ROWS_AT_ONCE = 64;
/** Rows that the last pass adds at most: to start another takes longer. */
const LAST_ROWS = 256;

/**
 * The sums of the columns of a matrix, in a few passes of which each leaves fewer rows.
 * @param factor Of the same shape: the sums of the products with it.
 * Shape: `[rows, columns] -> [1, columns]`. The caller disposes the result.
 */
export function columnSums(gpu: Gpu, x: tf.TensorInfo, factor?: tf.TensorInfo): tf.TensorInfo {
  const [rows = 0, columns = 0] = x.shape;
  // Where two passes do, they are equally long.
  const atOnce = rows > ROWS_AT_ONCE ** 2 ? ROWS_AT_ONCE : Math.ceil(Math.sqrt(rows));
  const parts = rows <= LAST_ROWS ? 1 : Math.ceil(rows / atOnce);
  const sums = runProgram(gpu, {
    name: factor ? 'columnProductSums' : 'columnSums',
    inputs: factor ? { x, factor } : { x },
    ints: { rows, atOnce: Math.ceil(rows / parts) },
    text: `
      int end = min((row + 1) * u_atOnce, u_rows);
      for (int i = row * u_atOnce; i < end; i++) {
        result = result + getX(i, column)${factor ? ' * getFactor(i, column)' : ''};
      }`,
    shape: [parts, columns],
  });
  if (parts === 1) return sums;
  const all = columnSums(gpu, sums);
  dispose(gpu, sums);
  return all;
}

/** `Sum` over the first axes, `[..., C] -> [C]`, as the gradient of a bias is. */
export function leadingSum(
  gpu: Gpu,
  inputs: tf.NamedTensorInfoMap,
  attrs: tf.NamedAttrMap,
): tf.TensorInfo | null {
  const x = inputs['x'] as tf.TensorInfo;
  const { axis, keepDims } = attrs as { axis: number | number[]; keepDims?: boolean };
  const axes = new Set(tf.util.parseAxisParam(axis, x.shape));
  const kept = x.shape.findIndex((_, i) => !axes.has(i));
  const leading = kept > 0 && x.shape.every((_, i) => axes.has(i) === i < kept);
  const rest = x.shape.slice(kept);
  const columns = tf.util.sizeFromShape(rest);
  const rows = tf.util.sizeFromShape(x.shape.slice(0, kept));
  if (!leading || x.dtype !== 'float32' || rows === 0 || columns < 2) return null;
  const matrix = reshaped(gpu, x, [rows, columns]);
  const sums = columnSums(gpu, matrix);
  const result = reshaped(
    gpu,
    sums,
    keepDims === true ? [...x.shape.slice(0, kept).map(() => 1), ...rest] : rest,
  );
  dispose(gpu, matrix, sums);
  return result;
}
