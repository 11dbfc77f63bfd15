/** @file Operations whose result's shape depends on the data, or that have no kernel: computed on the host. */
import { sizeOf } from '../model/tensor-data.ts';
import type { OpCall } from './call.ts';
import { numbersOf, stridedPositions, stridesOf, taken } from './host-math.ts';
import { opTable } from './op.ts';
import { hostInts, hostValue, type HostValue } from './value.ts';

/** Determinants of `[..., n, n]` by elimination with the largest pivot. */
function determinants(call: OpCall): HostValue {
  const shape = call.shape(0);
  const n = shape.at(-1) ?? 1;
  const outer = shape.slice(0, -2);
  const data = call.numbers(0);
  const results = Array.from({ length: sizeOf(outer) }, (_, i) =>
    determinant(data.slice(i * n * n, (i + 1) * n * n), n),
  );
  return hostValue(results, outer, call.dtype(0));
}

function determinant(m: Float64Array, n: number): number {
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

/** Distinct slices along an axis (or elements), where each first occurs, which each element is, and how often. */
function unique(call: OpCall): HostValue[] {
  const value = call.host(0);
  const given = call.node.attributes['axis'];
  const axis = typeof given === 'number' ? call.axis(given, value.shape.length) : null;
  const count = axis === null ? value.data.length : (value.shape[axis] as number);
  const strides = stridesOf(value.shape);
  const sliceShape = axis === null ? [] : value.shape.map((size, i) => (i === axis ? 1 : size));
  const positionsOf = (i: number) =>
    axis === null ? Int32Array.of(i) : stridedPositions(sliceShape, strides, i * (strides[axis] as number));
  const slices = Array.from({ length: count }, (_, i) => [
    ...numbersOf(taken(value, positionsOf(i), [positionsOf(i).length])),
  ]);
  const groups = new Map<string, number[]>();
  slices.forEach((slice, i) => {
    const key = slice.join();
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  const first = (members: number[]) => members[0] as number;
  const order = [...groups.values()];
  if (call.flag('sorted', true))
    order.sort((a, b) => compared(slices[first(a)] ?? [], slices[first(b)] ?? []));
  const inverse = new Array<number>(count);
  order.forEach((members, k) => members.forEach((i) => (inverse[i] = k)));
  const results = [
    chosen(value, axis, order.map(first)),
    hostInts(order.map(first)),
    hostInts(inverse),
    hostInts(order.map(({ length }) => length)),
  ];
  return results.slice(0, call.node.outputs.length);
}

function chosen(value: HostValue, axis: number | null, indices: readonly number[]): HostValue {
  if (axis === null) return taken(value, Int32Array.from(indices), [indices.length]);
  const size = value.shape[axis] as number;
  const inner = sizeOf(value.shape.slice(axis + 1));
  const shape = value.shape.map((n, i) => (i === axis ? indices.length : n));
  const positions = stridedPositions(shape, stridesOf(shape), 0).map((at) => {
    const index = indices[Math.floor(at / inner) % indices.length] as number;
    const outer = Math.floor(at / (inner * indices.length));
    return (outer * size + index) * inner + (at % inner);
  });
  return taken(value, positions, shape);
}

function compared(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((x, i) => x !== b[i]);
  return at === -1 ? 0 : (a[at] as number) - (b[at] as number);
}

export const SETS = opTable({
  Det: { hostInputs: 'all', differentiable: false, run: determinants },
  Unique: { hostInputs: 'all', differentiable: false, run: unique },
});
