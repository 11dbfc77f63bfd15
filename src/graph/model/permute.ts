import type { StoredValues, TensorData } from './ir.ts';

/** Whether an order of axes changes nothing. */
export const isIdentity = (perm: readonly number[]): boolean => perm.every((axis, i) => axis === i);

/** The order of axes that undoes another one. */
export const inverse = (perm: readonly number[]): number[] => perm.map((_, axis) => perm.indexOf(axis));

/** The tensor with its axes in another order: axis `i` of the result is axis `perm[i]` of the tensor. A copy. */
export function permuted(tensor: TensorData, perm: readonly number[]): TensorData {
  const { shape } = tensor;
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] as number) * (shape[axis + 1] as number);
  }
  const turned = perm.map((axis) => shape[axis] as number);
  const steps = perm.map((axis) => strides[axis] as number);
  return { dtype: tensor.dtype, shape: turned, data: walk(tensor.data, turned, steps) };
}

function walk(data: StoredValues, shape: readonly number[], steps: readonly number[]): StoredValues {
  const source = data as ArrayLike<number>;
  const out = Array.isArray(data) ? new Array<number>(data.length) : emptyLike(data as Uint8Array);
  const inner = shape.at(-1) ?? 1;
  const innerStep = steps.at(-1) ?? 1;
  const at = new Int32Array(shape.length);
  let from = 0;
  for (let to = 0; to < data.length; to += inner) {
    for (let i = 0; i < inner; i++) out[to + i] = source[from + i * innerStep] as number;
    for (let axis = shape.length - 2; axis >= 0; axis--) {
      at[axis] = (at[axis] as number) + 1;
      from += steps[axis] as number;
      if ((at[axis] as number) < (shape[axis] as number)) break;
      from -= (shape[axis] as number) * (steps[axis] as number);
      at[axis] = 0;
    }
  }
  return out as unknown as StoredValues;
}

/** Typed arrays make one of their own kind; elements are only moved, so all kinds are treated as numbers. */
function emptyLike(data: Uint8Array): number[] {
  const { constructor } = data as unknown as { constructor: new (length: number) => unknown };
  return new constructor(data.length) as number[];
}
