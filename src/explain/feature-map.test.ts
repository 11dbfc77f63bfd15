import { describe, expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import { mapFeatures } from './feature-map.ts';
import { intoSquare, laidOver, sizedAs } from './planes.ts';
import { principalComponents } from './principal-components.ts';
import { nearest, umap } from './umap.ts';

const { signal } = new AbortController();

/** Three clouds of rows with their labels. */
function clouds(each: number, size: number, seed = 1) {
  const rng = createRng(seed);
  const labels = Array.from({ length: 3 * each }, (_, row) => row % 3);
  const rows = Float32Array.from({ length: labels.length * size }, (_, at) => {
    const label = labels[Math.floor(at / size)] ?? 0;
    return (at % size === label ? 6 : 0) + rng.normal();
  });
  return { rows, labels, size };
}

/** Share of points whose nearest other point has their label. */
function purity(points: Float32Array, labels: readonly number[]): number {
  const same = labels.filter((label, row) => {
    const near = labels.reduce(
      (best, _, other) => {
        const far = Math.hypot(
          (points[2 * row] ?? 0) - (points[2 * other] ?? 0),
          (points[2 * row + 1] ?? 0) - (points[2 * other + 1] ?? 0),
        );
        return other !== row && far < best.far ? { other, far } : best;
      },
      { other: -1, far: Infinity },
    );
    return labels[near.other] === label;
  });
  return same.length / labels.length;
}

describe('principal components', () => {
  test('are those of scikit-learn', () => {
    const features = Float32Array.from({ length: 60 }, (_, at) => {
      const [i, j] = [Math.floor(at / 5), at % 5];
      return ((7 * i + 13 * j + i * j * 5) % 17) / 4 + (j < 2 ? 6 * Math.sin(i) : 0);
    });
    const { rows, variances } = principalComponents(features, 5, 2);
    // PCA(2, svd_solver='full').fit_transform and explained_variance_, scikit-learn 1.9.1.
    PCA_ROWS.forEach((value, at) => expect(rows[at]).toBeCloseTo(value, 3));
    [42.96642, 2.92926].forEach((value, at) => expect(variances[at]).toBeCloseTo(value, 3));
  });

  test('of fewer rows than directions, and of equal rows, are numbers', () => {
    expect(
      [...principalComponents(Float32Array.from([1, 2, 3, 4, 5, 6]), 3, 2).rows].every(Number.isFinite),
    ).toBe(true);
    expect([...principalComponents(new Float32Array(12).fill(3), 4, 2).rows].every((one) => one === 0)).toBe(
      true,
    );
  });
});

const PCA_ROWS = [
  -0.93834, 0.89743, 6.76639, 0.64211, 7.8636, -2.29502, 1.36258, 2.81191, -5.70721, -0.61309, -10.08767,
  -1.88669, -3.94661, -0.00605, 7.29116, -0.34668, 7.4958, 0.94071, 3.13791, -2.32228, -4.95264, 2.68969,
  -8.28499, -0.51204,
];

describe('planes', () => {
  const points = Float32Array.from({ length: 12 }, (_, at) => {
    const i = Math.floor(at / 2);
    return at % 2 === 0 ? (3 * i) % 7 : (5 * i) % 4;
  });

  test('are laid over each other as SciPy does', () => {
    const others = Float32Array.from({ length: 12 }, (_, at) => {
      const i = Math.floor(at / 2);
      return at % 2 === 0 ? i + ((20 - 2 * i) % 5) : (3 * i) % 6;
    });
    const found = laidOver(points, others);
    // orthogonal_procrustes of the centred points, times it, plus the mean of the others: SciPy 1.17.1.
    PROCRUSTES.forEach((value, at) => expect(found[at]).toBeCloseTo(value, 4));
  });

  test('a mirrored, turned, moved and larger copy is found again', () => {
    const copy = Float32Array.from(points, (_, at) =>
      at % 2 === 0 ? 2 * (points[at + 1] ?? 0) + 10 : 2 * (points[at - 1] ?? 0) - 3,
    );
    const back = laidOver(sizedAs(copy, points), points);
    back.forEach((value, at) => expect(value).toBeCloseTo(points[at] ?? NaN, 4));
  });

  test('fit into a square together', () => {
    const [a, b] = intoSquare([Float32Array.from([0, 0, 4, 2]), Float32Array.from([2, 1, 2, 1])]);
    expect([...(a ?? [])]).toEqual([0, 0.25, 1, 0.75]);
    expect([...(b ?? [])]).toEqual([0.5, 0.5, 0.5, 0.5]);
  });
});

const PROCRUSTES = [
  1.41622, 2.85053, 4.15214, 1.26475, 6.88807, -0.32104, 4.98861, 3.33847, 4.72721, -0.89611, 2.82775, 2.7634,
];

describe('UMAP', () => {
  test('keeps clouds together, and gives the same twice', async () => {
    const { rows, labels, size } = clouds(30, 8);
    const start = principalComponents(rows, size, 2).rows;
    const told: number[] = [];
    const task = { rows, size, start, seed: 3, signal, onProgress: (done: number) => told.push(done) };
    const points = await umap(task);
    expect([...points].every(Number.isFinite)).toBe(true);
    expect(purity(points, labels)).toBeGreaterThan(0.95);
    expect(await umap(task)).toEqual(points);
  });

  test('finds the exact nearest rows, each one first itself, copies too', async () => {
    const rows = Float32Array.from([0, 0, 3, 0, 0, 0, 10, 0]);
    const { indices, distances } = await nearest(rows, 2, 3, () => Promise.resolve());
    expect(indices).toEqual([
      [0, 2, 1],
      [1, 0, 2],
      [2, 0, 1],
      [3, 1, 0],
    ]);
    expect(distances[0]).toEqual([0, 0, 3]);
  });

  test('leaves a handful of rows where they were, and can be cancelled', async () => {
    const start = Float32Array.from([0, 0, 1, 1, 2, 0]);
    const few = { rows: Float32Array.from([1, 2, 3]), size: 1, start, seed: 1, signal };
    expect(await umap(few)).toEqual(start);
    const { rows, size } = clouds(60, 8);
    const gone = {
      rows,
      size,
      start: principalComponents(rows, size, 2).rows,
      seed: 1,
      signal: AbortSignal.abort(),
    };
    await expect(umap(gone)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

test.each(['pca', 'umap'] as const)(
  'a map by %s lies in a square and moves no more than learning does',
  async (method) => {
    const { rows, labels, size } = clouds(20, 6);
    const same = { method, before: rows, size, seed: 1, signal };
    const head = await mapFeatures({ ...same, after: null });
    expect(head.after).toBeNull();
    expect(Math.min(...head.before)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...head.before)).toBeLessThanOrEqual(1);
    // The same features with their axes exchanged: no map of them differs.
    const turned = rows.map((_, at) => rows[at - (at % size) + (((at % size) + 1) % size)] ?? 0);
    const { before, after } = await mapFeatures({ ...same, after: turned });
    const moved = labels.map((_, row) =>
      Math.hypot(
        (before[2 * row] ?? 0) - (after?.[2 * row] ?? NaN),
        (before[2 * row + 1] ?? 0) - (after?.[2 * row + 1] ?? NaN),
      ),
    );
    const mean = moved.reduce((a, b) => a + b, 0) / moved.length;
    expect(mean).toBeLessThan(method === 'pca' ? 0.01 : 0.2);
  },
);
