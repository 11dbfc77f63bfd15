import { EngineError } from '../core/errors.ts';
import { adaptedName, adapterNames, mergedWeight } from './adapters.ts';
import type { Parameter } from './model/ir.ts';
import { sizeOf, toComputeValues } from './model/tensor-data.ts';
import type { WeightMap } from './trunk-network.ts';

/**
 * Kept weights with each pair of adapter matrices turned into the weight that it stands for.
 * @throws {EngineError} `project-damaged` if a matrix has no partner, or a pair does not fit its weight.
 */
export function mergeAdapters(parameters: ReadonlyMap<string, Parameter>, kept: WeightMap): WeightMap {
  const merged = new Map(kept);
  for (const name of kept.keys()) {
    const weight = adaptedName(name);
    if (weight === null) continue;
    merged.delete(name);
    if (!merged.has(weight)) merged.set(weight, merge(parameters.get(weight), weight, kept));
  }
  return merged;
}

function merge(parameter: Parameter | undefined, name: string, kept: WeightMap) {
  const [a, b] = adapterNames(name).map((one) => kept.get(one));
  const [rows = 0, rank = 0] = a?.shape ?? [];
  const [inner = 0, columns = 0] = b?.shape ?? [];
  const fits =
    parameter !== undefined &&
    rank > 0 &&
    inner === rank &&
    a?.data.length === rows * rank &&
    b?.data.length === rank * columns &&
    columns === parameter.shape.at(-1) &&
    rows * columns === sizeOf(parameter.shape);
  if (!fits) {
    throw new EngineError('project-damaged', `The adapter of the weight "${name}" does not fit the model.`, {
      weight: name,
    });
  }
  const data = mergedWeight(toComputeValues(parameter), a.data, b.data, rank);
  return { shape: parameter.shape, data };
}
