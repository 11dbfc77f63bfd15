import { describe, expect, it } from 'vitest';
import type { LearningCurve } from '../core/learning-curve.ts';
import { createRng } from '../core/rng.ts';
import { accuracyAt, curveSamples, expectedBand, expectedGain, fitPowerLaw } from './learning-curve.ts';

describe('the power law', () => {
  it('is found where the points lie on one', () => {
    const law = { floor: 0.1, scale: 1.5, rate: 0.7 };
    const points = [10, 25, 50, 100].map((n) => ({ n, accuracy: accuracyAt(law, n), weight: 1 }));
    const found = fitPowerLaw(points);
    expect(found.floor).toBeCloseTo(0.1, 6);
    expect(found.scale).toBeCloseTo(1.5, 6);
    expect(found.rate).toBeCloseTo(0.7, 6);
  });

  it('expects no loss from more data, and no more than all right', () => {
    const worse = [10, 25, 50, 100].map((n) => ({ n, accuracy: 0.9 - n / 1000, weight: 1 }));
    expect(accuracyAt(fitPowerLaw(worse), 1000)).toBeCloseTo(accuracyAt(fitPowerLaw(worse), 10), 9);
    const steep = [10, 25, 50].map((n) => ({ n, accuracy: 1 - 5 / n, weight: 1 }));
    expect(accuracyAt(fitPowerLaw(steep), 1e6)).toBeLessThanOrEqual(1);
  });
});

/** An exam of 200 in which each repeat is right with the law's chance. */
function madeCurve(): LearningCurve {
  const rng = createRng(3);
  const law = { floor: 0.05, scale: 2, rate: 0.6 };
  const truth = Array.from({ length: 200 }, (_, at) => at % 2);
  return {
    modelId: 'toy',
    splitHash: 'h',
    classIds: ['a', 'b'],
    truth,
    points: [0.1, 0.25, 0.5, 1].map((fraction) => ({
      fraction,
      repeats: Array.from({ length: fraction === 1 ? 1 : 4 }, () => ({
        samples: [100 * fraction, 100 * fraction],
        right: truth.map(() => rng.next() < accuracyAt(law, 200 * fraction)),
      })),
    })),
  };
}

describe('expectedGain', () => {
  it('lies within its band, which holds what the law would bring', () => {
    const curve = madeCurve();
    expect(curveSamples(curve, null).map(({ n }) => n)).toEqual([20, 50, 100, 200]);
    const found = expectedGain(curve, null, 100)!;
    const truth = 2 * 200 ** -0.6 - 2 * 400 ** -0.6;
    expect(found.band.low).toBeLessThanOrEqual(truth);
    expect(found.band.high).toBeGreaterThanOrEqual(truth);
    expect(found.gain).toBeGreaterThanOrEqual(0);
    expect(expectedGain(curve, null, 100)).toEqual(found);
    expect(expectedGain(curve, 1, 50)!.band.high).toBeGreaterThan(0);
  });

  it('has a band that holds the law, and is widest where nothing was measured', () => {
    const band = expectedBand(madeCurve(), null, [50, 200, 400, 1600]);
    const law = { floor: 0.05, scale: 2, rate: 0.6 };
    for (const { n, low, high } of band) {
      expect(low).toBeLessThanOrEqual(accuracyAt(law, n));
      expect(high).toBeGreaterThanOrEqual(accuracyAt(law, n));
    }
    const width = band.map(({ low, high }) => high - low);
    expect(width[3]).toBeGreaterThan(width[1]!);
    expect(expectedBand({ ...madeCurve(), truth: [] }, null, [100])).toEqual([]);
  });

  it('says nothing of a class without exam samples', () => {
    const curve = madeCurve();
    expect(expectedGain({ ...curve, truth: curve.truth.map(() => 0) }, 1, 20)).toBeNull();
  });
});
