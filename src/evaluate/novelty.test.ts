import { describe, expect, it } from 'vitest';
import { createRng } from '../core/rng.ts';
import { fitNovelty, noveltyDistance, noveltyDistances, noveltyThreshold } from './novelty.ts';
import { areaUnderRoc, rankingOf } from './ranking.ts';

/** Normal deviates, Box and Muller. */
function normal(rng: ReturnType<typeof createRng>): number {
  return Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next());
}

/** Two classes that are wide in the first two of `size` directions and narrow in the others. */
function cloud(count: number, size: number, seed: number, shift = 0) {
  const rng = createRng(seed);
  const labels = Array.from({ length: count }, (_, at) => at % 2);
  const features = Float32Array.from({ length: count * size }, (_, at) => {
    const i = at % size;
    const wide = i < 2 ? 10 : 0.5;
    const own = i === 2 ? 4 * (labels[Math.floor(at / size)] ?? 0) : 0;
    return wide * normal(rng) + own + (i === size - 1 ? shift : 0);
  });
  return { features, labels, size };
}

describe('novelty', () => {
  it('equals the Mahalanobis distance where every direction is kept', () => {
    // By hand: four points of one class at (+-2, 0), (0, +-1); covariance diag(8, 2) / 3; of (2, 1) from the origin
    // sqrt((4 / (8 / 3) + 1 / (2 / 3)) / 2) = sqrt(1.5). The directions are found by iteration.
    const features = Float32Array.from([2, 0, -2, 0, 0, 1, 0, -1]);
    const model = fitNovelty({ features, labels: [0, 0, 0, 0], size: 2 });
    expect(noveltyDistance(model, [2, 1])).toBeCloseTo(Math.sqrt(1.5), 2);
    expect(noveltyDistance(model, [0, 0])).toBe(0);
  });

  it('sees a shift in a narrow direction that the wide ones would hide', () => {
    const model = fitNovelty(cloud(200, 24, 1));
    const known = noveltyDistances(model, cloud(200, 24, 2).features);
    const foreign = noveltyDistances(model, cloud(200, 24, 3, 3).features);
    const auroc = areaUnderRoc(rankingOf([...known, ...foreign], (at) => at >= known.length));
    expect(auroc).toBeGreaterThan(0.95);
    const threshold = noveltyThreshold(known) ?? 0;
    const fresh = noveltyDistances(model, cloud(400, 24, 4).features);
    expect(fresh.filter((one) => one <= threshold).length / 400).toBeGreaterThan(0.88);
  });

  it('holds with fewer samples than directions, and with one sample', () => {
    const few = fitNovelty(cloud(8, 64, 1));
    expect(noveltyDistances(few, cloud(3, 64, 2).features).every(Number.isFinite)).toBe(true);
    const one = fitNovelty({ features: Float32Array.from([1, 2]), labels: [0], size: 2 });
    expect(noveltyDistance(one, [1, 2])).toBe(0);
    expect(noveltyDistance(one, [1, 3])).toBeGreaterThan(0);
  });

  it('takes the largest distance as the threshold where there are few', () => {
    expect(noveltyThreshold([])).toBeNull();
    expect(noveltyThreshold([1, 3, 2])).toBe(3);
    expect(noveltyThreshold(Array.from({ length: 99 }, (_, at) => at + 1))).toBe(95);
  });
});
