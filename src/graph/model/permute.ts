import type { StoredValues, TensorData } from './ir.ts';
import { isOwnCopy } from './tensor-data.ts';

/** Whether an order of axes changes nothing. */
export const isIdentity = (perm: readonly number[]): boolean => perm.every((axis, i) => axis === i);

/** The order of axes that undoes another one. */
export const inverse = (perm: readonly number[]): number[] => perm.map((_, axis) => perm.indexOf(axis));

/** The tensor with its axes in another order: axis `i` of the result is axis `perm[i]` of the tensor. A copy. */
export function permuted(tensor: TensorData, perm: readonly number[]): TensorData {
  const { data } = tensor;
  const out = Array.isArray(data) ? new Array<number>(data.length) : emptyLike(data as Uint8Array);
  return permutedInto(out, tensor, perm);
}

/** Elements up to which {@link permutedOver} works in place: more would hold much memory for the way. */
const MOST_IN_PLACE = 2 ** 22;

/** Like {@link permuted}, and the tensor is not used any more: its memory may be that of the result. */
export function permutedOver(tensor: TensorData, perm: readonly number[], scratch: Scratch): TensorData {
  const { data } = tensor;
  if (!isOwnCopy(data) || data.length > MOST_IN_PLACE) return permuted(tensor, perm);
  const source = scratch.copyOf(data as Uint8Array);
  return permutedInto(data as unknown as number[], { ...tensor, data: source }, perm);
}

/** Memory that is used again for each tensor in turn: what is left behind otherwise counts until it is collected. */
export class Scratch {
  private buffer = new ArrayBuffer(0);

  /** Valid until the next call. */
  copyOf(data: Uint8Array): StoredValues {
    if (this.buffer.byteLength < data.byteLength) this.buffer = new ArrayBuffer(data.byteLength);
    const { constructor } = data as unknown as { constructor: typeof Uint8Array };
    const copy = new constructor(this.buffer, 0, data.length);
    copy.set(data);
    return copy as StoredValues;
  }
}

function permutedInto(out: number[], tensor: TensorData, perm: readonly number[]): TensorData {
  const { shape } = tensor;
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] as number) * (shape[axis + 1] as number);
  }
  const turned = perm.map((axis) => shape[axis] as number);
  const steps = perm.map((axis) => strides[axis] as number);
  walk(tensor.data as ArrayLike<number>, out, turned, steps);
  return { dtype: tensor.dtype, shape: turned, data: out as unknown as StoredValues };
}

function walk(
  source: ArrayLike<number>,
  out: number[],
  shape: readonly number[],
  steps: readonly number[],
): void {
  const inner = shape.at(-1) ?? 1;
  const innerStep = steps.at(-1) ?? 1;
  const at = new Int32Array(shape.length);
  let from = 0;
  for (let to = 0; to < out.length; to += inner) {
    for (let i = 0; i < inner; i++) out[to + i] = source[from + i * innerStep] as number;
    for (let axis = shape.length - 2; axis >= 0; axis--) {
      at[axis] = (at[axis] as number) + 1;
      from += steps[axis] as number;
      if ((at[axis] as number) < (shape[axis] as number)) break;
      from -= (shape[axis] as number) * (steps[axis] as number);
      at[axis] = 0;
    }
  }
}

/** Typed arrays make one of their own kind; elements are only moved, so all kinds are treated as numbers. */
function emptyLike(data: Uint8Array): number[] {
  const { constructor } = data as unknown as { constructor: new (length: number) => unknown };
  return new constructor(data.length) as number[];
}
