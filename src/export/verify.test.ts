import { describe, expect, it } from 'vitest';
import { pattern } from './test-vectors.ts';
import { compareAnswers } from './verify.ts';

describe('compareAnswers', () => {
  it('counts what is within the tolerance and tells the largest difference', () => {
    const expected = [
      [0.25, 0.75],
      [1, 0],
    ];
    expect(
      compareAnswers(
        expected,
        [
          [0.25, 0.75],
          [0.5, 0.5],
        ],
        0.01,
      ),
    ).toEqual({
      checked: 2,
      agreeing: 1,
      largestDifference: 0.5,
    });
  });

  it('agrees with no answer that is no number, is missing or has another length', () => {
    const check = compareAnswers([[1], [1], [1, 0]], [[NaN], undefined as never, [1]], 1);
    expect(check).toEqual({ checked: 3, agreeing: 0, largestDifference: Infinity });
  });
});

describe('pattern', () => {
  it('is whole numbers of a byte, another one each', () => {
    const all = [0, 1, 15].map((k) => pattern(k, 224));
    for (const one of all) {
      expect(one.every((value) => Number.isInteger(value) && value >= 0 && value < 256)).toBe(true);
    }
    expect(new Set(all.map((one) => one.join())).size).toBe(3);
    // By the rule, by hand: k = 1, y = 2, x = 3, c = 1: 3 * 5 + 2 * 45 + 85 + (6 >> 1) = 193.
    expect(all[1]?.[(2 * 224 + 3) * 3 + 1]).toBe(193);
  });
});
