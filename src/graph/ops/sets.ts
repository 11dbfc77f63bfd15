/** @file Operations whose result's shape depends on the data: computed on the host. */
import { sizeOf } from '../model/tensor-data.ts';
import type { OpCall } from './call.ts';
import { numbersOf, stridedPositions, stridesOf, taken } from './host-math.ts';
import { opTable } from './op.ts';
import { hostInts, type HostValue } from './value.ts';

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
  Unique: { hostInputs: 'all', differentiable: false, run: unique },
});
