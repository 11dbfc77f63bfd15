import { describe, expect, it } from 'vitest';
import { comparePaired, mcnemarExact } from './paired.ts';
import fixture from './scores.fixture.json';

const prediction = (id: string, right: boolean, truth = 0) => ({
  id,
  truth,
  predicted: right ? truth : 1 - truth,
  probabilities: [0.5, 0.5],
});

describe('comparePaired', () => {
  /** Expected values: statsmodels 0.15.0, `mcnemar(exact=True)`; `scripts/evaluate/expected_scores.py`. */
  it.each(fixture.mcnemar)('gives the p-value of statsmodels: $onlyFirst against $onlySecond', (one) => {
    expect(mcnemarExact(one.onlyFirst, one.onlySecond)).toBeCloseTo(one.pValue, 10);
  });

  it('counts the common samples only, and leaves out whose label changed', () => {
    const first = [
      prediction('a', true),
      prediction('b', true),
      prediction('c', false),
      prediction('gone', true),
    ];
    const second = [
      prediction('a', true),
      prediction('b', false),
      prediction('c', true, 1),
      prediction('new', true),
    ];
    const found = comparePaired(first, second);
    expect(found).toMatchObject({
      common: 2,
      bothRight: 1,
      onlyFirst: 1,
      onlySecond: 0,
      neither: 0,
      pValue: 1,
    });
    expect(found.difference).toBe(-0.5);
    expect(found.interval.low).toBeGreaterThanOrEqual(-1);
    expect(found.interval.high).toBeGreaterThan(found.interval.low);
  });

  it('says nothing without common samples', () => {
    expect(comparePaired([], [prediction('a', true)])).toMatchObject({
      common: 0,
      pValue: 1,
      difference: null,
    });
  });
});
