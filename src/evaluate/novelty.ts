/**
 * @file How far a sample is from everything that a model learned from: the Mahalanobis distance of its features to the
 * nearest class mean, under one covariance for all classes. Source: Lee et al., A Simple Unified Framework for Detecting
 * Out-of-Distribution Samples, 2018. Few samples do not fix a full covariance, so its largest directions are kept and the
 * rest is taken to be equally wide (probabilistic PCA: Tipping and Bishop, 1999).
 */
import { createRng } from '../core/rng.ts';

/** What a distance is measured with. Float32, so that it can be stored as it is. */
export interface NoveltyModel {
  readonly size: number;
  /** Of each class that had samples. Shape: `[means, size]`. */
  readonly means: Float32Array<ArrayBuffer>;
  /** Orthonormal rows, the widest direction first. Shape: `[rank, size]`. */
  readonly basis: Float32Array<ArrayBuffer>;
  /** Variance along each row of the basis, then that of every other direction. Shape: `[rank + 1]`. */
  readonly variances: Float32Array<ArrayBuffer>;
}

/** Rows of features with their labels. */
export interface NoveltySamples {
  /** Shape: `[labels.length, size]`. */
  readonly features: Float32Array;
  readonly labels: ArrayLike<number>;
  readonly size: number;
}

/** Directions that are kept at most. */
const MOST_DIRECTIONS = 48;
/** Rounds of the subspace iteration: the directions need not be exact, only the widest. */
const ROUNDS = 6;
/** Part of the mean variance below which no direction is taken to be: few samples make narrow directions by luck. */
const SMALLEST_VARIANCE = 0.05;

/** Fits class means and the shared covariance. Cost: about `2 * ROUNDS * count * size * rank` multiply-adds. */
export function fitNovelty({ features, labels, size }: NoveltySamples): NoveltyModel {
  const count = labels.length;
  const { means, centred } = centre(features, labels, size);
  const classes = means.length / size;
  let total = 0;
  for (const value of centred) total += value * value;
  const freedom = Math.max(1, count - classes);
  const mean = total / freedom / size;
  const rank = Math.max(0, Math.min(MOST_DIRECTIONS, size - 1, count - classes));
  const { basis, energies } = widestDirections(centred, count, size, rank);
  const kept = energies.reduce((sum, one) => sum + one, 0);
  // Never zero: a single sample repeated has no width, and everything else would be infinitely far.
  const floor = Math.max(SMALLEST_VARIANCE * mean, 1e-12);
  const rest = Math.max(floor, (total - kept) / freedom / Math.max(1, size - rank));
  const variances = Float32Array.from([...energies.map((one) => Math.max(rest, one / freedom)), rest]);
  return { size, means: Float32Array.from(means), basis, variances };
}

function centre(features: Float32Array, labels: ArrayLike<number>, size: number) {
  const present = [...new Set(Array.from(labels))];
  const slot = new Map(present.map((label, at) => [label, at]));
  const means = new Float64Array(present.length * size);
  const counts = new Float64Array(present.length);
  for (let row = 0; row < labels.length; row++) {
    const own = slot.get(labels[row] ?? 0) ?? 0;
    counts[own] = (counts[own] ?? 0) + 1;
    for (let i = 0; i < size; i++) {
      means[own * size + i] = (means[own * size + i] ?? 0) + (features[row * size + i] ?? 0);
    }
  }
  for (let at = 0; at < means.length; at++)
    means[at] = (means[at] ?? 0) / (counts[Math.floor(at / size)] ?? 1);
  const centred = new Float32Array(labels.length * size);
  for (let row = 0; row < labels.length; row++) {
    const own = (slot.get(labels[row] ?? 0) ?? 0) * size;
    for (let i = 0; i < size; i++) {
      centred[row * size + i] = (features[row * size + i] ?? 0) - (means[own + i] ?? 0);
    }
  }
  return { means, centred };
}

/**
 * The `rank` widest directions of rows, by subspace iteration, with the sum of squares along each.
 * Shape of `rows`: `[count, size]`, centred; of the basis: `[rank, size]`.
 */
export function widestDirections(
  rows: Float32Array,
  count: number,
  size: number,
  rank: number,
  rounds = ROUNDS,
): { readonly basis: Float32Array<ArrayBuffer>; readonly energies: number[] } {
  const rng = createRng(1);
  const basis = Float32Array.from({ length: rank * size }, () => rng.next() - 0.5);
  orthonormalise(basis, size, rank);
  const projected = new Float32Array(count * rank);
  const energies = new Array<number>(rank).fill(0);
  for (let round = 0; round < rounds; round++) {
    project(rows, basis, count, size, rank, projected);
    basis.fill(0);
    for (let row = 0; row < count; row++) {
      for (let k = 0; k < rank; k++) {
        const factor = projected[row * rank + k] ?? 0;
        for (let i = 0, at = k * size, from = row * size; i < size; i++, at++, from++)
          basis[at] = (basis[at] ?? 0) + factor * (rows[from] ?? 0);
      }
    }
    orthonormalise(basis, size, rank);
  }
  project(rows, basis, count, size, rank, projected);
  for (let at = 0; at < projected.length; at++)
    energies[at % rank] = (energies[at % rank] ?? 0) + (projected[at] ?? 0) ** 2;
  return { basis, energies };
}

function project(
  rows: Float32Array,
  basis: Float32Array,
  count: number,
  size: number,
  rank: number,
  into: Float32Array,
): void {
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < rank; k++) {
      let sum = 0;
      for (let i = 0, a = row * size, b = k * size; i < size; i++, a++, b++)
        sum += (rows[a] ?? 0) * (basis[b] ?? 0);
      into[row * rank + k] = sum;
    }
  }
}

/** Gram-Schmidt, in place; a direction that others already span becomes zero. */
function orthonormalise(basis: Float32Array, size: number, rank: number): void {
  for (let k = 0; k < rank; k++) {
    const own = basis.subarray(k * size, (k + 1) * size);
    const before = lengthOf(own);
    for (let other = 0; other < k; other++) {
      const row = basis.subarray(other * size, (other + 1) * size);
      let dot = 0;
      for (let i = 0; i < size; i++) dot += (own[i] ?? 0) * (row[i] ?? 0);
      for (let i = 0; i < size; i++) own[i] = (own[i] ?? 0) - dot * (row[i] ?? 0);
    }
    const length = lengthOf(own);
    const scale = length > 1e-6 * before ? 1 / length : 0;
    for (let i = 0; i < size; i++) own[i] = (own[i] ?? 0) * scale;
  }
}

function lengthOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

/** Distance of one row of features to the nearest class mean, per direction (root mean square): about 1 is usual. */
export function noveltyDistance(model: NoveltyModel, features: ArrayLike<number>): number {
  const { size, means, basis, variances } = model;
  const rank = variances.length - 1;
  const rest = variances[rank] ?? 1;
  let nearest = Infinity;
  const offset = new Float64Array(size);
  for (let start = 0; start < means.length; start += size) {
    let square = 0;
    for (let i = 0; i < size; i++) {
      const one = (features[i] ?? 0) - (means[start + i] ?? 0);
      offset[i] = one;
      square += one * one;
    }
    let distance = 0;
    for (let k = 0; k < rank; k++) {
      let along = 0;
      for (let i = 0, at = k * size; i < size; i++, at++) along += (basis[at] ?? 0) * (offset[i] ?? 0);
      distance += (along * along) / (variances[k] ?? rest);
      square -= along * along;
    }
    nearest = Math.min(nearest, distance + Math.max(0, square) / rest);
  }
  return Math.sqrt(nearest / size);
}

/** Distances of many rows. Shape of `features`: `[n, size]`. */
export function noveltyDistances(model: NoveltyModel, features: Float32Array): number[] {
  return Array.from({ length: features.length / model.size }, (_, row) =>
    noveltyDistance(model, features.subarray(row * model.size, (row + 1) * model.size)),
  );
}

/** Part of known samples that the threshold lets pass. */
const KEPT = 0.95;

/**
 * The distance above which a sample counts as none of the classes: of distances of samples that the fit had not seen, the
 * rank that at least 95 % of further ones stay below (split conformal prediction: Vovk et al., 2005); their largest where
 * there are too few for that. `null` for none.
 */
export function noveltyThreshold(unseen: readonly number[]): number | null {
  if (unseen.length === 0) return null;
  const sorted = unseen.toSorted((a, b) => a - b);
  const rank = Math.min(sorted.length, Math.ceil((sorted.length + 1) * KEPT));
  return sorted[rank - 1] ?? null;
}
