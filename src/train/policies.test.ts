import { describe, expect, it } from 'vitest';
import { inverseFrequencyWeights } from './class-weights.ts';
import type { BestState } from './early-stop.ts';
import { NO_BEST, nextBest } from './early-stop.ts';
import { createMeter } from './meter.ts';
import { scheduleFactor } from './schedule.ts';

describe('scheduleFactor', () => {
  it('climbs to 1 in the warm-up and follows a cosine to 0', () => {
    const factors = Array.from({ length: 10 }, (_, step) => scheduleFactor(step, 10, 0.2));
    expect(factors[0]).toBe(0.5);
    expect(factors[1]).toBe(1);
    expect(factors[2]).toBe(1);
    expect(factors[6]).toBeCloseTo(0.5, 12);
    expect(factors[9]).toBeCloseTo(0.5 * (1 + Math.cos((Math.PI * 7) / 8)), 12);
    expect(scheduleFactor(10, 10, 0.2)).toBeCloseTo(0, 12);
  });

  it('starts at 1 without a warm-up, even for a single step', () => {
    expect(scheduleFactor(0, 1, 0)).toBe(1);
  });
});

describe('nextBest', () => {
  const run = (losses: number[], patience: number) => {
    let state: BestState = NO_BEST;
    for (const [epoch, loss] of losses.entries()) {
      const decision = nextBest(state, epoch, loss, patience);
      state = decision.state;
      if (decision.stop) return { ...state, stoppedAt: epoch };
    }
    return { ...state, stoppedAt: null };
  };

  it.each([
    [[1, 0.5, 0.7, 0.6, 0.4], 0, 4, null],
    [[1, 0.5, 0.7, 0.6, 0.4], 2, 1, 3],
    [[1, 1, 1], 2, 0, 2],
    [[1, NaN, 0.9], 3, 2, null],
  ])('losses %j with patience %i: best %i, stopped at %j', (losses, patience, bestEpoch, stoppedAt) => {
    expect(run(losses, patience)).toMatchObject({ bestEpoch, stoppedAt });
  });
});

describe('inverseFrequencyWeights', () => {
  it('equals the balanced weights of scikit-learn, and 0 for an absent class', () => {
    // compute_class_weight('balanced', classes=[0, 1, 2], y=[0, 0, 0, 1, 2, 2]) = [2/3, 2, 1]
    const weights = inverseFrequencyWeights([0, 0, 0, 1, 2, 2], 4);
    [2 / 3, 2, 1, 0].forEach((value, i) => expect(weights[i]).toBeCloseTo(value, 12));
  });
});

describe('createMeter', () => {
  it('tells at most ten times a second, with what is left at the present rate', () => {
    let now = 0;
    const meter = createMeter(100, () => now);
    const told = Array.from({ length: 50 }, (_, i) => {
      now += 20;
      return meter.tick(i + 1);
    });
    const rates = told.filter((one) => one !== null);
    expect(rates).toHaveLength(10);
    expect(rates.at(-1)).toEqual({ stepsPerSecond: 50, remainingMs: (100 - 46) * 20 });
  });
});
