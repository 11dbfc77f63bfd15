/**
 * @file Operations of tfjs whose GPU kernels know few axes (transpose and pad six and four, where four, tile five), and
 * whose WASM kernels are wrong for seven: here for any number of axes, by merging neighbours that stay together.
 */
import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../model/tensor-data.ts';
import { broadcastShapes } from './host-math.ts';

/** Axis `i` of the result is axis `perm[i]` of the tensor. */
export function transposed(x: tf.Tensor, perm: readonly number[]): tf.Tensor {
  if (x.rank <= 6) return tf.transpose(x, [...perm]);
  const shape = perm.map((axis) => x.shape[axis] as number);
  // Runs of axes that stay next to each other, in the order of the result.
  const runs: number[][] = [];
  for (const axis of perm) {
    const last = runs.at(-1);
    if (last !== undefined && last.at(-1) === axis - 1) last.push(axis);
    else runs.push([axis]);
  }
  const order = [...runs].sort(([a = 0], [b = 0]) => a - b);
  const merged = tf.reshape(
    x,
    order.map((run) => sizeOf(run.map((axis) => x.shape[axis] as number))),
  );
  const turned =
    runs.length < 2
      ? merged
      : tf.transpose(
          merged,
          runs.map((run) => order.indexOf(run)),
        );
  return tf.reshape(turned, shape);
}

/** Elements before and after each axis. */
export type Around = readonly (readonly [before: number, after: number])[];

/** The tensor with a value around it. */
export function padded(x: tf.Tensor, around: Around, value = 0): tf.Tensor {
  if (x.rank <= 4)
    return tf.pad(
      x,
      around.map(([before, after]): [number, number] => [before, after]),
      value,
    );
  return around.reduce<tf.Tensor>((result, [before, after], axis) => {
    if (before === 0 && after === 0) return result;
    const { shape } = result;
    const size = shape[axis] as number;
    const flat = tf.reshape<tf.Rank.R3>(result, [
      sizeOf(shape.slice(0, axis)),
      size,
      sizeOf(shape.slice(axis + 1)),
    ]);
    const grown = tf.pad3d(
      flat,
      [
        [0, 0],
        [before, after],
        [0, 0],
      ],
      value,
    );
    return tf.reshape(
      grown,
      shape.map((length, i) => (i === axis ? length + before + after : length)),
    );
  }, x);
}

/** The tensor repeated along axes of one, or along new ones in front. */
export function spread(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  if (shape.length <= 4) return tf.broadcastTo(x, [...shape]);
  const own = [...new Array<number>(shape.length - x.rank).fill(1), ...x.shape];
  // Neighbours that are both repeated, or both not, are one axis.
  const groups: { from: number; to: number; repeated: boolean }[] = [];
  shape.forEach((size, axis) => {
    const repeated = own[axis] === 1 && size !== 1;
    const last = groups.at(-1);
    if (last !== undefined && (last.repeated === repeated || size === 1)) {
      last.from *= own[axis] as number;
      last.to *= size;
    } else groups.push({ from: own[axis] as number, to: size, repeated });
  });
  const merged = tf.reshape(
    x,
    groups.map(({ from }) => from),
  );
  return tf.reshape(
    tf.broadcastTo(
      merged,
      groups.map(({ to }) => to),
    ),
    [...shape],
  );
}

/** Takes from `then` where the condition is true, else from `otherwise`; all broadcast to `shape`. */
export function choose(
  condition: tf.Tensor,
  then: tf.Tensor,
  otherwise: tf.Tensor,
  shape: readonly number[],
): tf.Tensor {
  if (shape.length <= 4) return tf.where(condition, then, otherwise);
  const flat = (x: tf.Tensor) => tf.reshape(spread(x, shape), [-1]);
  const bool = tf.cast(flat(tf.cast(condition, 'int32')), 'bool');
  return tf.reshape(tf.where(bool, flat(then), flat(otherwise)), [...shape]);
}

/** Applies a function of elements to tensors that broadcast against each other, also where they have more than six axes. */
export function perElement(
  tensors: readonly tf.Tensor[],
  run: (tensors: readonly tf.Tensor[]) => tf.Tensor,
): tf.Tensor {
  if (tensors.every(({ rank }) => rank <= 6)) return run(tensors);
  const shape = broadcastShapes(...tensors.map((tensor) => tensor.shape));
  const flat = tensors.map((tensor) => tf.reshape(spread(tensor, shape), [-1]));
  return tf.reshape(run(flat), shape);
}
