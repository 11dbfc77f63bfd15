import { EngineError } from '../core/errors.ts';
import type { WeightMap } from './trunk-network.ts';

/** What both kinds of parameters have in common. */
interface Shaped {
  readonly shape: readonly number[];
  readonly data: ArrayLike<unknown>;
}

/**
 * The parameters of a network with some of them replaced, each made by `replace` from the one before.
 * Shapes may differ by axes of size one: earlier versions stored depthwise filters as `[kh, kw, C, 1]`, now it is
 * `[kh, kw, 1, C]`, in the same order.
 * @throws {EngineError} `project-damaged` if a weight is not one of this network's, or has another shape.
 */
export function replaceWeights<P extends Shaped>(
  parameters: ReadonlyMap<string, P>,
  weights: WeightMap,
  replace: (known: P, data: Float32Array<ArrayBuffer>) => P,
): Map<string, P> {
  const replaced = new Map(parameters);
  for (const [name, { shape, data }] of weights) {
    const known = parameters.get(name);
    if (known === undefined || !isSameLayout(known.shape, shape) || known.data.length !== data.length) {
      const expected = known === undefined ? 'no such weight' : `shape [${known.shape.join()}]`;
      throw new EngineError(
        'project-damaged',
        `The weight "${name}" has shape [${shape.join()}] and ${data.length} values; the model has ${expected}.`,
      );
    }
    replaced.set(name, replace(known, data));
  }
  return replaced;
}

function isSameLayout(a: readonly number[], b: readonly number[]): boolean {
  const long = (shape: readonly number[]) => shape.filter((size) => size !== 1).join();
  return long(a) === long(b);
}
