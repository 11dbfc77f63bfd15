/** @file Samples that are far from all others of their class, in the frozen features. */
import * as tf from '@tensorflow/tfjs-core';
import { assertNotAborted } from '../core/errors.ts';

/** Neighbours whose mean distance counts. */
const NEIGHBOURS = 5;
/** A class needs more than this for its own distances to say what is usual. */
const SMALLEST_CLASS = 12;
/** So many interquartile ranges above the third quartile: Tukey's outer fence. */
const OUTER_FENCE = 3;

export interface FeatureRows {
  /** Shape: `[labels.length, featureSize]`. */
  readonly features: Float32Array;
  readonly featureSize: number;
  readonly labels: ArrayLike<number>;
  readonly classes: number;
}

/**
 * Mean cosine distance of each sample to its {@link NEIGHBOURS} nearest of the same class; `NaN` in classes that are too
 * small. Source of the measure: Ramaswamy, Rastogi and Shim 2000, "Efficient algorithms for mining outliers from large data
 * sets"; the mean instead of the k-th as in Angiulli and Pizzuti 2002.
 * @throws {EngineError} `cancelled`.
 */
export async function neighbourDistances(
  { features, featureSize, labels, classes }: FeatureRows,
  signal: AbortSignal,
): Promise<Float64Array> {
  const distances = new Float64Array(labels.length).fill(Number.NaN);
  for (let label = 0; label < classes; label++) {
    const own = Array.from(labels).flatMap((one, row) => (one === label ? [row] : []));
    if (own.length < SMALLEST_CLASS) continue;
    assertNotAborted(signal);
    const rows = new Float32Array(own.length * featureSize);
    for (const [at, row] of own.entries()) {
      rows.set(unit(features.subarray(row * featureSize, (row + 1) * featureSize)), at * featureSize);
    }
    const table = tf.tidy(() => {
      const all = tf.tensor2d(rows, [own.length, featureSize]);
      return tf.matMul(all, all, false, true);
    });
    const similar = await table.data<'float32'>();
    table.dispose();
    for (const [at, row] of own.entries()) {
      const others = Array.from(similar.subarray(at * own.length, (at + 1) * own.length));
      others.splice(at, 1);
      others.sort((a, b) => b - a);
      distances[row] = others.slice(0, NEIGHBOURS).reduce((sum, one) => sum + (1 - one), 0) / NEIGHBOURS;
    }
  }
  return distances;
}

/** Rows beyond the outer fence of their class, the farthest first. */
export function outlierRows(distances: Float64Array, labels: ArrayLike<number>, classes: number): number[] {
  const found: { row: number; excess: number }[] = [];
  for (let label = 0; label < classes; label++) {
    const own = Array.from(labels).flatMap((one, row) =>
      one === label && !Number.isNaN(distances[row]) ? [row] : [],
    );
    const sorted = own.map((row) => distances[row] as number).sort((a, b) => a - b);
    const [low, high] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
    const fence = high + OUTER_FENCE * (high - low);
    for (const row of own) {
      const distance = distances[row] as number;
      if (distance > fence && high > 0) found.push({ row, excess: distance / high });
    }
  }
  return found.sort((a, b) => b.excess - a.excess).map(({ row }) => row);
}

/** Linear between neighbours, as numpy's default. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}

function unit(row: Float32Array): Float32Array {
  let squares = 0;
  for (const value of row) squares += value * value;
  const factor = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  return row.map((value) => value * factor);
}
