/** @file Values put at places of another tensor, or joined with what is there. */
import * as tf from '@tensorflow/tfjs-core';
import type { Node } from '../model/ir.ts';
import { sizeOf } from '../model/tensor-data.ts';
import type { OpCall } from './call.ts';
import { stopGradient } from './gradient.ts';
import { numbersOf, stridedPositions, stridesOf } from './host-math.ts';
import { elementPositions, indexInput, takeRows, tupleRows } from './indexing.ts';
import { type HostInputs, opTable } from './op.ts';
import type { HostValue } from './value.ts';

type Reduction = 'none' | 'add' | 'mul' | 'max' | 'min';
type Folding = Exclude<Reduction, 'none' | 'add'>;

const FOLDS: Readonly<Record<Folding, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor>> = {
  mul: (a, b) => tf.mul(a, b),
  max: (a, b) => tf.maximum(a, b),
  min: (a, b) => tf.minimum(a, b),
};

function isFolding(reduction: Reduction): reduction is Folding {
  return reduction in FOLDS;
}

function reductionOf(call: OpCall): Reduction {
  return call.text('reduction', 'none') as Reduction;
}

/** Where products and extremes go decides which updates meet, so the indices are read; the values stay. */
function indicesIfFolded({ attributes }: Node): HostInputs {
  const { reduction = 'none' } = attributes;
  return reduction === 'none' || reduction === 'add' ? [] : [1];
}

/**
 * Rows `x [n, width]` with those at `positions [m]` replaced by (or added to) `updates [m, width]`. Positions that
 * occur twice must not, unless rows are added.
 */
function scatterRows(x: tf.Tensor, positions: tf.Tensor, updates: tf.Tensor, add: boolean): tf.Tensor {
  const rows = x.shape[0];
  const floats = tf.cast(updates, 'float32');
  const sums = tf.unsortedSegmentSum(floats, positions as tf.Tensor1D, rows);
  const old = tf.cast(x, 'float32');
  if (add) return tf.cast(tf.add(old, sums), x.dtype);
  const hits = tf.unsortedSegmentSum(tf.ones(positions.shape), positions as tf.Tensor1D, rows);
  const kept = tf.sub(1, tf.minimum(tf.reshape(hits, [rows, 1]), 1));
  return tf.cast(tf.where(tf.cast(tf.broadcastTo(kept, x.shape), 'bool'), old, sums), x.dtype);
}

/**
 * Rows `x [n, width]` joined with the rows `updates [m, width]` whose positions say where they go. What meets at one
 * place is joined in pairs, then pairs of pairs, all places at once: as many operations as the logarithm of the most
 * that meet. Of equals the first counts, as in Max and Min: `x` itself, then the updates in their order.
 */
function foldRows(x: tf.Tensor, positions: Int32Array, updates: tf.Tensor, folding: Folding): tf.Tensor {
  const rows = x.shape[0];
  const places = new Map<number, number[]>();
  positions.forEach((at, i) => {
    const members = places.get(at);
    if (members === undefined) places.set(at, [at, rows + i]);
    else members.push(rows + i);
  });
  let pool = tf.concat([x, updates], 0);
  while ([...places.values()].some(({ length }) => length > 1)) {
    const [left, right]: [number[], number[]] = [[], []];
    for (const [at, members] of places) {
      const joined: number[] = [];
      for (let i = 0; i < members.length; i += 2) {
        const [a, b] = members.slice(i, i + 2) as [number, number?];
        joined.push(b === undefined ? a : pool.shape[0] + left.length);
        if (b !== undefined) {
          left.push(a);
          right.push(b);
        }
      }
      places.set(at, joined);
    }
    const pairs = FOLDS[folding](taken(pool, left), taken(pool, right));
    pool = tf.concat([pool, pairs], 0);
  }
  return taken(
    pool,
    Array.from({ length: rows }, (_, row) => places.get(row)?.[0] ?? row),
  );
}

function taken(rows: tf.Tensor, positions: readonly number[]): tf.Tensor {
  return takeRows(rows, tf.tensor1d(Int32Array.from(positions), 'int32'));
}

/** Scatters on the host, rows of `width` elements. */
function scatterHost(
  x: HostValue,
  rows: Int32Array,
  updates: Float64Array,
  width: number,
  reduction: Reduction,
): HostValue {
  const out = numbersOf(x).slice();
  updates.forEach((next, i) => {
    const at = (rows[Math.floor(i / width)] as number) * width + (i % width);
    const old = out[at] as number;
    if (reduction === 'none') out[at] = next;
    else if (reduction === 'add') out[at] = old + next;
    else if (reduction === 'mul') out[at] = old * next;
    else out[at] = reduction === 'max' ? Math.max(old, next) : Math.min(old, next);
  });
  return { ...x, data: out };
}

/** An index counted from the start. @throws if it is outside. */
function wrapped(index: number, size: number): number {
  const at = index < 0 ? index + size : index;
  if (at < 0 || at >= size) throw new Error(`index ${index} is outside ${size} elements`);
  return at;
}

/** Row of each index tuple of {@link scatterNd}, from indices on the host. */
function hostTupleRows(shape: readonly number[], indices: HostValue): Int32Array {
  const depth = indices.shape.at(-1) as number;
  const strides = stridesOf(shape.slice(0, depth));
  const tuples = numbersOf(indices);
  return Int32Array.from({ length: sizeOf(indices.shape.slice(0, -1)) }, (_, i) =>
    strides.reduce(
      (at, stride, axis) => at + wrapped(tuples[i * depth + axis] as number, shape[axis] as number) * stride,
      0,
    ),
  );
}

/** Shape: x, indices `[..., depth]`, updates `[..., *x.shape[depth:]]`. */
function scatterNd(call: OpCall): tf.Tensor {
  const x = call.tensor(0);
  const depth = call.shape(1).at(-1) as number;
  const width = sizeOf(x.shape.slice(depth));
  const flat = tf.reshape(x, [sizeOf(x.shape.slice(0, depth)), width]);
  const updates = tf.reshape(call.tensor(2), [sizeOf(call.shape(1).slice(0, -1)), width]);
  const reduction = reductionOf(call);
  if (isFolding(reduction)) {
    return tf.reshape(foldRows(flat, hostTupleRows(x.shape, call.host(1)), updates, reduction), x.shape);
  }
  const indices = tf.cast(stopGradient(call.tensor(1)), 'int32');
  const positions = tf.reshape(tupleRows(x.shape, indices, 0), [-1]);
  return tf.reshape(scatterRows(flat, positions, updates, reduction === 'add'), x.shape);
}

function scatterNdHost(call: OpCall): HostValue {
  const [x, indices] = [call.host(0), call.host(1)];
  const width = sizeOf(x.shape.slice(indices.shape.at(-1)));
  return scatterHost(x, hostTupleRows(x.shape, indices), call.numbers(2), width, reductionOf(call));
}

/** Position in the flat tensor of each element that {@link scatterElements} puts, from indices on the host. */
function hostElementPositions(shape: readonly number[], indices: HostValue, axis: number): Int32Array {
  const strides = stridesOf(shape);
  const steps = strides.map((stride, i) => (i === axis ? 0 : stride));
  const given = numbersOf(indices);
  return stridedPositions(indices.shape, steps, 0).map(
    (base, i) => base + wrapped(given[i] as number, shape[axis] as number) * (strides[axis] as number),
  );
}

/** Shape: x of any rank, indices and updates of one shape. */
function scatterElements(call: OpCall): tf.Tensor {
  const x = call.tensor(0);
  const axis = call.axis(call.number('axis', 0), x.rank);
  const [flat, updates] = [tf.reshape(x, [-1, 1]), tf.reshape(call.tensor(2), [-1, 1])];
  const reduction = reductionOf(call);
  if (isFolding(reduction)) {
    const positions = hostElementPositions(x.shape, call.host(1), axis);
    return tf.reshape(foldRows(flat, positions, updates, reduction), x.shape);
  }
  const indices = indexInput(call, 1, x.shape[axis] as number);
  const positions = tf.reshape(elementPositions(x.shape, indices, axis), [-1]);
  return tf.reshape(scatterRows(flat, positions, updates, reduction === 'add'), x.shape);
}

function scatterElementsHost(call: OpCall): HostValue {
  const x = call.host(0);
  const axis = call.axis(call.number('axis', 0), x.shape.length);
  const positions = hostElementPositions(x.shape, call.host(1), axis);
  return scatterHost(x, positions, call.numbers(2), 1, reductionOf(call));
}

export const SCATTER = opTable({
  ScatterND: { hostInputs: indicesIfFolded, run: scatterNd, host: scatterNdHost },
  ScatterElements: { hostInputs: indicesIfFolded, run: scatterElements, host: scatterElementsHost },
});
