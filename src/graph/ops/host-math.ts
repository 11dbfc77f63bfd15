/** @file Arithmetic on host values: plain loops over doubles, for shapes and other small data. */
import type { DataType } from '../model/ir.ts';
import { sizeOf } from '../model/tensor-data.ts';
import { type HostValue, hostValue } from './value.ts';

/** Numbers of a host value. @throws for texts. */
export function numbersOf({ data }: HostValue): Float64Array {
  if (!(data instanceof Float64Array)) throw new Error('expected numbers, found texts');
  return data;
}

/** Applies a function to each number. */
export function mapHost(value: HostValue, f: (x: number) => number): HostValue {
  return hostValue(numbersOf(value).map(f), value.shape, value.dtype);
}

/**
 * The shape that all shapes broadcast to.
 * Source: https://github.com/onnx/onnx/blob/main/docs/Broadcasting.md. @throws if they do not fit.
 */
export function broadcastShapes(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) => {
    let size = 1;
    for (const shape of shapes) {
      const own = shape[axis - rank + shape.length] ?? 1;
      if (own === 1) continue;
      if (size !== 1 && size !== own)
        throw new Error(`shapes ${shapes.map((s) => `[${s.join()}]`).join(' and ')} do not fit`);
      size = own;
    }
    return size;
  });
}

/** Steps between neighbours along each axis, row-major. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis] as number;
  }
  return strides;
}

/** For each position of `shape` the position in `from`, whose axes of size one (or missing in front) are repeated. */
export function broadcastPositions(from: readonly number[], shape: readonly number[]): Int32Array {
  const own = stridesOf(from);
  const offset = shape.length - from.length;
  const steps = shape.map((_, axis) =>
    axis < offset || from[axis - offset] === 1 ? 0 : (own[axis - offset] as number),
  );
  return stridedPositions(shape, steps, 0);
}

/** For each position of `shape`, `start` plus its coordinates times `steps`. */
export function stridedPositions(
  shape: readonly number[],
  steps: readonly number[],
  start: number,
): Int32Array {
  const count = sizeOf(shape);
  const positions = new Int32Array(count);
  const at = new Int32Array(shape.length);
  let position = start;
  for (let i = 0; i < count; i++) {
    positions[i] = position;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] as number;
      const step = steps[axis] as number;
      const next = (at[axis] as number) + 1;
      if (next < size) {
        at[axis] = next;
        position += step;
        break;
      }
      at[axis] = 0;
      position -= (size - 1) * step;
    }
  }
  return positions;
}

/** Applies a function to two values broadcast against each other; `dtype` is that of the first unless given. */
export function broadcastHost(
  a: HostValue,
  b: HostValue,
  f: (a: number, b: number) => number,
  dtype: DataType = a.dtype,
): HostValue {
  const shape = broadcastShapes(a.shape, b.shape);
  const left = gather(numbersOf(a), broadcastPositions(a.shape, shape));
  const right = gather(numbersOf(b), broadcastPositions(b.shape, shape));
  return hostValue(
    left.map((x, i) => f(x, right[i] as number)),
    shape,
    dtype,
  );
}

/** Takes from `then` where the condition is not zero, else from `otherwise`. */
export function chooseHost(condition: HostValue, then: HostValue, otherwise: HostValue): HostValue {
  const shape = broadcastShapes(condition.shape, then.shape, otherwise.shape);
  const chosen = gather(numbersOf(condition), broadcastPositions(condition.shape, shape));
  const a = broadcastPositions(then.shape, shape);
  const b = broadcastPositions(otherwise.shape, shape);
  const data = Array.from(chosen, (c, i) =>
    c === 0 ? otherwise.data[b[i] as number] : then.data[a[i] as number],
  );
  return hostValue(data as number[] | string[], shape, then.dtype);
}

/** Elements at positions. */
export function gather(data: Float64Array, positions: Int32Array): Float64Array;
export function gather(data: HostValue['data'], positions: Int32Array): HostValue['data'];
export function gather(data: HostValue['data'], positions: Int32Array): HostValue['data'] {
  if (data instanceof Float64Array) return Float64Array.from(positions, (at) => data[at] as number);
  return Array.from(positions, (at) => data[at] as string);
}

/** Elements of a host value at positions, in a new shape. */
export function taken(value: HostValue, positions: Int32Array, shape: readonly number[]): HostValue {
  return { ...value, data: gather(value.data, positions), shape };
}

/** The same elements in another shape. */
export function reshaped(value: HostValue, shape: readonly number[]): HostValue {
  if (sizeOf(shape) !== value.data.length)
    throw new Error(`[${value.shape.join()}] cannot be reshaped to [${shape.join()}]`);
  return { ...value, shape };
}
