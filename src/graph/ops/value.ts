/**
 * @file What flows through the executor. Sizes, indices and other small data stay on the host, so that the arithmetic
 * of shapes that exporters write as nodes (Shape, Gather, Concat, Reshape) never waits for a GPU.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { DataType, TensorData } from '../model/ir.ts';
import { computeType, isFloat, sizeOf, toComputeValues, toNumbers } from '../model/tensor-data.ts';

/** Data on the back-end. `dtype` is what the model calls it; the tensor has its compute type. */
export interface TensorValue {
  readonly kind: 'tensor';
  readonly dtype: DataType;
  readonly tensor: tf.Tensor;
}

/** Small data on the host: all numbers in double precision (bool as 0 and 1), or texts. Never written to. */
export interface HostValue {
  readonly kind: 'host';
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly data: Float64Array | readonly string[];
}

/** A list of values (ONNX `seq`). */
export interface SequenceValue {
  readonly kind: 'sequence';
  readonly items: readonly Value[];
}

/** An ONNX `optional` without a value. */
export interface NothingValue {
  readonly kind: 'nothing';
}

export type Value = TensorValue | HostValue | SequenceValue | NothingValue;

export const NOTHING: NothingValue = { kind: 'nothing' };

/** Numbers on the host as a value. */
export function hostValue(
  data: ArrayLike<number> | readonly string[],
  shape: readonly number[],
  dtype: DataType,
): HostValue {
  const kept =
    data instanceof Float64Array || typeof data[0] === 'string' || dtype === 'string'
      ? (data as Float64Array | readonly string[])
      : Float64Array.from(data as ArrayLike<number>);
  return { kind: 'host', dtype, shape, data: kept };
}

/** One number of a type, on the host. */
export function hostScalar(value: number, dtype: DataType): HostValue {
  return hostValue([value], [], dtype);
}

/** A list of integers (a shape, axes), on the host. */
export function hostInts(values: readonly number[]): HostValue {
  return hostValue(values, [values.length], 'int64');
}

/** Stored data as a host value; a copy. */
export function hostFromData(tensor: TensorData): HostValue {
  const data = tensor.dtype === 'string' ? (tensor.data as readonly string[]) : toNumbers(tensor);
  return { kind: 'host', dtype: tensor.dtype, shape: tensor.shape, data };
}

/** Uploads stored data. The caller disposes it. */
export function tensorFromData(tensor: TensorData): tf.Tensor {
  return tf.tensor(toComputeValues(tensor), [...tensor.shape], computeType(tensor.dtype));
}

/** Uploads a host value. Integers beyond 32 bits are saturated. The caller disposes it. */
export function upload(value: HostValue): tf.Tensor {
  const { dtype, shape, data } = value;
  if (!(data instanceof Float64Array)) return tf.tensor([...data], [...shape], 'string');
  const type = computeType(dtype);
  if (type === 'int32') {
    const whole = Int32Array.from(data, (x) => Math.max(-2147483648, Math.min(2147483647, x)));
    return tf.tensor(whole, [...shape], 'int32');
  }
  return tf.tensor(isFloat(dtype) ? new Float32Array(data) : new Uint8Array(data), [...shape], type);
}

/** All tensors in a value. */
export function tensorsIn(value: Value): tf.Tensor[] {
  if (value.kind === 'tensor') return [value.tensor];
  return value.kind === 'sequence' ? value.items.flatMap(tensorsIn) : [];
}

/** Shape of a tensor or host value. @throws for sequences. */
export function shapeOf(value: Value): readonly number[] {
  if (value.kind === 'tensor') return value.tensor.shape;
  if (value.kind === 'host') return value.shape;
  throw new Error('A sequence has no shape.');
}

/** Number of elements. */
export function countOf(value: Value): number {
  return sizeOf(shapeOf(value));
}

/** Element type; that of a sequence is the type of its first item. */
export function dtypeOf(value: Value): DataType {
  if (value.kind === 'tensor' || value.kind === 'host') return value.dtype;
  const first = value.kind === 'sequence' ? value.items[0] : undefined;
  return first === undefined ? 'float32' : dtypeOf(first);
}
