import * as tf from '@tensorflow/tfjs-core';
import type { DataType } from '../model/ir.ts';
import { computeType } from '../model/tensor-data.ts';
import type { OpCall } from '../ops/call.ts';
import type { Result } from '../ops/op.ts';
import { dtypeOf, type HostValue, tensorsIn, type TensorValue, type Value } from '../ops/value.ts';

/** Disposes all tensors in a value. */
export function disposeValue(value: Value): void {
  for (const tensor of tensorsIn(value)) tensor.dispose();
}

/**
 * The value with handles of its own (the data are shared) for those tensors that are `taken`; without a set, for all.
 * Every value of a run can then be disposed without a look at the others.
 */
export function ownHandle(value: Value, taken?: Set<tf.Tensor>): Value {
  if (value.kind === 'sequence')
    return { ...value, items: value.items.map((item) => ownHandle(item, taken)) };
  if (value.kind !== 'tensor') return value;
  if (taken !== undefined && !taken.has(value.tensor)) {
    taken.add(value.tensor);
    return value;
  }
  return { ...value, tensor: tf.clone(value.tensor) };
}

/** Results of an operation as values, see {@link Result} for their types. */
export function asValues(result: Result | readonly Result[], call: OpCall): Value[] {
  const results = Array.isArray(result) ? (result as readonly Result[]) : [result as Result];
  return results.map((item) => {
    if (!(item instanceof tf.Tensor)) return item;
    return { kind: 'tensor', dtype: resultType(item, call), tensor: item };
  });
}

function resultType(tensor: tf.Tensor, call: OpCall): DataType {
  if (call.has(0)) {
    const first = dtypeOf(call.value(0));
    if (computeType(first) === tensor.dtype) return first;
  }
  if (tensor.dtype === 'int32') return 'int64';
  return tensor.dtype === 'bool' ? 'bool' : 'float32';
}

/** A tensor's numbers as a host value. */
export function toHost({ dtype, tensor }: TensorValue, numbers: Float64Array): HostValue {
  return { kind: 'host', dtype, shape: tensor.shape, data: numbers };
}

export function readTensorSync(tensor: tf.Tensor): Float64Array {
  return new Float64Array(tensor.dataSync());
}

export async function readTensor(tensor: tf.Tensor): Promise<Float64Array> {
  return new Float64Array(await tensor.data());
}
