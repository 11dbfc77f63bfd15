import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../model/tensor-data.ts';
import type { OpCall } from './call.ts';
import { stopGradient } from './gradient.ts';
import { numbersOf, stridedPositions, stridesOf, taken } from './host-math.ts';
import { opTable } from './op.ts';
import { transposed } from './ranks.ts';
import { hostValue, type HostValue, upload } from './value.ts';

/** An input of indices as int32, negative ones counted from the end. */
export function indexInput(call: OpCall, index: number, size: number): tf.Tensor {
  const value = call.value(index);
  if (value.kind === 'host') {
    return upload({ ...value, dtype: 'int32', data: numbersOf(value).map((i) => (i < 0 ? i + size : i)) });
  }
  const still = tf.cast(stopGradient(call.tensor(index)), 'int32');
  const flat = tf.reshape(still, [-1]);
  const wrapped = tf.where(
    tf.less(flat, tf.scalar(0, 'int32')),
    tf.add(flat, tf.scalar(size, 'int32')),
    flat,
  );
  return tf.reshape(wrapped, still.shape);
}

function ints(values: Int32Array, shape: readonly number[]): tf.Tensor {
  return tf.tensor(values, [...shape], 'int32');
}

/** Rows of a matrix at positions `[...]`: `[...rows, width]`; text and bool too. */
export function takeRows(x: tf.Tensor, positions: tf.Tensor): tf.Tensor {
  if (x.dtype === 'bool') return tf.cast(tf.gather(tf.cast(x, 'int32'), positions), 'bool');
  return tf.gather(x, positions);
}

/** `x[..., indices, ...]` along an axis, elementwise: `out[i][j] = x[indices[i][j]][j]` for axis 0. */
export function gatherElements(x: tf.Tensor, indices: tf.Tensor, axis: number): tf.Tensor {
  return takeRows(tf.reshape(x, [-1]), elementPositions(x.shape, indices, axis));
}

/** Position in the flat tensor of each element that {@link gatherElements} takes. */
export function elementPositions(shape: readonly number[], indices: tf.Tensor, axis: number): tf.Tensor {
  const strides = stridesOf(shape);
  const steps = strides.map((stride, i) => (i === axis ? 0 : stride));
  const flat = tf.reshape(indices, [-1]);
  const base = ints(stridedPositions(indices.shape, steps, 0), flat.shape);
  const positions = tf.add(base, tf.mul(flat, tf.scalar(strides[axis] as number, 'int32')));
  return tf.reshape(positions, indices.shape);
}

function gather(call: OpCall): tf.Tensor {
  const x = call.tensor(0);
  const axis = call.axis(call.number('axis', 0), x.rank);
  const indices = indexInput(call, 1, x.shape[axis] as number);
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  const type = x.dtype === 'bool' ? 'int32' : x.dtype;
  const found = tf.gather(tf.cast(x, type), tf.reshape<tf.Rank.R1>(indices, [indices.size]), axis);
  return tf.cast(tf.reshape(found, shape), x.dtype);
}

function gatherHost(call: OpCall): HostValue {
  const value = call.host(0);
  const axis = call.axis(call.number('axis', 0), value.shape.length);
  const size = value.shape[axis] as number;
  const indices = call.host(1);
  const [outer, inner] = [sizeOf(value.shape.slice(0, axis)), sizeOf(value.shape.slice(axis + 1))];
  const positions = new Int32Array(outer * indices.data.length * inner);
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (const given of numbersOf(indices)) {
      const index = given < 0 ? given + size : given;
      if (index < 0 || index >= size) throw new Error(`index ${given} is outside ${size} elements`);
      for (let i = 0; i < inner; i++) positions[at++] = (o * size + index) * inner + i;
    }
  }
  return taken(value, positions, [
    ...value.shape.slice(0, axis),
    ...indices.shape,
    ...value.shape.slice(axis + 1),
  ]);
}

/** Flat row of each index tuple: batches first, then the axes that the tuple names. */
export function tupleRows(shape: readonly number[], indices: tf.Tensor, batchDims: number): tf.Tensor {
  const depth = indices.shape.at(-1) as number;
  const sizes = shape.slice(batchDims, batchDims + depth);
  const strides = stridesOf(sizes);
  const size = ints(Int32Array.from(sizes), [depth]);
  const positive = tf.where(
    tf.less(indices, tf.scalar(0, 'int32')),
    tf.add(indices, tf.broadcastTo(size, indices.shape)),
    indices,
  );
  const rows = tf.cast(tf.sum(tf.mul(positive, ints(Int32Array.from(strides), [depth])), -1), 'int32');
  if (batchDims === 0) return rows;
  const span = sizeOf(sizes);
  const batches = stridesOf(shape.slice(0, batchDims)).map((stride) => stride * span);
  const steps = rows.shape.map((_, axis) => batches[axis] ?? 0);
  return tf.add(rows, ints(stridedPositions(rows.shape, steps, 0), rows.shape));
}

function gatherNd(call: OpCall): tf.Tensor {
  const x = call.tensor(0);
  const indices = tf.cast(stopGradient(call.tensor(1)), 'int32');
  const batchDims = call.number('batch_dims', 0);
  const depth = indices.shape.at(-1) as number;
  const named = batchDims + depth;
  const rest = x.shape.slice(named);
  const rows = tupleRows(x.shape, indices, batchDims);
  const flat = tf.reshape(x, [sizeOf(x.shape.slice(0, named)), ...rest]);
  return tf.reshape(takeRows(flat, tf.reshape(rows, [-1])), [...indices.shape.slice(0, -1), ...rest]);
}

function topK(call: OpCall): (tf.Tensor | ReturnType<typeof int64>)[] {
  const x = call.tensor(0);
  const axis = call.axis(call.number('axis', -1), x.rank);
  const k = call.numbers(1)[0] ?? 1;
  const last = x.rank - 1;
  const order = x.shape.map((_, i) => i).filter((i) => i !== axis);
  const front = [...order, axis];
  const back = x.shape.map((_, i) => front.indexOf(i));
  const moved = axis === last ? x : transposed(x, front);
  const key = call.flag('largest', true) ? stopGradient(moved) : tf.neg(stopGradient(moved));
  const { indices } = tf.topk(key, k, true);
  const values = gatherElements(moved, indices, last);
  const restored = (tensor: tf.Tensor) => (axis === last ? tensor : transposed(tensor, back));
  return [restored(values), int64(restored(indices))];
}

function int64(tensor: tf.Tensor) {
  return { kind: 'tensor' as const, dtype: 'int64' as const, tensor };
}

function oneHot(call: OpCall) {
  const depth = call.numbers(1)[0] ?? 0;
  const [off = 0, on = 1] = call.numbers(2);
  const indices = indexInput(call, 0, depth);
  const rank = indices.rank + 1;
  const axis = call.axis(call.number('axis', -1), rank);
  const shape = Array.from({ length: rank }, (_, i) => (i === axis ? depth : 1));
  const classes = ints(
    Int32Array.from({ length: depth }, (_, i) => i),
    shape,
  );
  const hits = tf.cast(tf.equal(tf.expandDims(indices, axis), classes), 'float32');
  const tensor = tf.add(tf.mul(hits, on - off), off);
  const dtype = call.dtype(2);
  const type = /int/.test(dtype) ? 'int32' : dtype === 'bool' ? 'bool' : 'float32';
  return { kind: 'tensor' as const, dtype, tensor: tf.cast(tensor, type) };
}

export const INDEXING = opTable({
  Gather: { run: gather, host: gatherHost },
  GatherElements: {
    run: (call) => {
      const axis = call.axis(call.number('axis', 0), call.rank(0));
      const x = call.tensor(0);
      return gatherElements(x, indexInput(call, 1, x.shape[axis] as number), axis);
    },
  },
  GatherND: { run: gatherNd },
  TopK: { hostInputs: [1], run: topK },
  OneHot: { hostInputs: [1, 2], differentiable: false, run: oneHot },
  NonZero: {
    hostInputs: 'all',
    differentiable: false,
    run: (call) => {
      const value = call.host(0);
      const found = [...numbersOf(value).entries()].filter(([, x]) => x !== 0).map(([at]) => at);
      const strides = stridesOf(value.shape);
      const data = value.shape.flatMap((size, axis) =>
        found.map((at) => Math.floor(at / (strides[axis] as number)) % size),
      );
      return hostValue(data, [value.shape.length, found.length], 'int64');
    },
  },
  Compress: {
    hostInputs: [1],
    run: (call) => {
      const axis = call.ints('axis');
      const given = call.node.attributes['axis'];
      const x = call.tensor(0);
      const kept = Int32Array.from(
        [...call.numbers(1).entries()].filter(([, on]) => on !== 0).map(([at]) => at),
      );
      const indices = tf.tensor1d(kept, 'int32');
      if (axis === null && typeof given !== 'number') return tf.gather(tf.reshape(x, [-1]), indices);
      return tf.gather(x, indices, call.axis(given as number, x.rank));
    },
  },
});
