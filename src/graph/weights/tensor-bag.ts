import type { TensorData } from '../model/ir.ts';
import { toComputeValues } from '../model/tensor-data.ts';
import type { WeightMap } from '../trunk-network.ts';

/** The tensors of a weight file by name: what an architecture builder takes. */
export type TensorBag = ReadonlyMap<string, TensorData>;

/** The floating-point tensors of a bag, widened to float32. */
export function toWeightMap(bag: TensorBag): WeightMap {
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array<ArrayBuffer> }>();
  for (const [name, tensor] of bag) {
    if (tensor.dtype === 'string') continue;
    const data = toComputeValues(tensor);
    if (data instanceof Float32Array) {
      weights.set(name, { shape: tensor.shape, data: data as Float32Array<ArrayBuffer> });
    }
  }
  return weights;
}
