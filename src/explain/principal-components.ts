import { widestDirections } from '../evaluate/novelty.ts';

/** Rows along their widest directions. */
export interface Components {
  /** Shape: `[count, rank]`, the widest direction first. */
  readonly rows: Float32Array<ArrayBuffer>;
  readonly rank: number;
  /** Variance along each direction. Length: `rank`. */
  readonly variances: readonly number[];
}

/** Directions beyond those asked for: with them the iteration closes in faster. */
const SPARE = 6;
/** Rounds of the subspace iteration; the first directions of features stand out, so that few are enough. */
const ROUNDS = 24;

/**
 * Principal components by subspace iteration (Halko, Martinsson and Tropp, 2011). Each direction points to where its
 * largest coefficient is positive, as in scikit-learn, so that the same features give the same picture.
 * Shape of `features`: `[count, size]`. Cost: about `2 * rounds * count * size * (rank + 6)` multiply-adds.
 */
export function principalComponents(
  features: Float32Array,
  size: number,
  rank: number,
  rounds = ROUNDS,
): Components {
  const count = features.length / size;
  const centred = aroundMean(features, size);
  const wide = Math.max(0, Math.min(rank + SPARE, size, count));
  const { basis, energies } = widestDirections(centred, count, size, wide, rounds);
  const order = energies
    .map((energy, at) => ({ energy, at }))
    .sort((a, b) => b.energy - a.energy)
    .slice(0, rank);
  const rows = new Float32Array(count * rank);
  for (const [k, { at }] of order.entries()) {
    const direction = basis.subarray(at * size, (at + 1) * size);
    const largest = direction.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
    const sign = largest < 0 ? -1 : 1;
    for (let row = 0; row < count; row++) {
      let sum = 0;
      for (let i = 0, from = row * size; i < size; i++, from++)
        sum += (direction[i] ?? 0) * (centred[from] ?? 0);
      rows[row * rank + k] = sign * sum;
    }
  }
  return { rows, rank, variances: order.map(({ energy }) => energy / Math.max(1, count - 1)) };
}

function aroundMean(features: Float32Array, size: number): Float32Array {
  const count = Math.max(1, features.length / size);
  const mean = new Float64Array(size);
  for (let at = 0; at < features.length; at++)
    mean[at % size] = (mean[at % size] ?? 0) + (features[at] ?? 0) / count;
  return features.map((value, at) => value - (mean[at % size] ?? 0));
}
