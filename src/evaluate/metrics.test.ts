import { describe, expect, it } from 'vitest';
import { classScores, confusionMatrix, macroF1, wilsonInterval } from './metrics.ts';

/**
 * Expected values: scikit-learn 1.9.1, `confusion_matrix`, `precision_recall_fscore_support` and `f1_score` with
 * `zero_division=nan` (here `null`), and SciPy's `binomtest(...).proportion_ci(method='wilson')`.
 */
const CASES = [
  {
    truth: [0, 0, 0, 1, 1, 2, 2, 2, 2, 2],
    predicted: [0, 1, 0, 1, 1, 2, 0, 2, 2, 1],
    confusion: [
      [2, 1, 0],
      [0, 2, 0],
      [1, 1, 3],
    ],
    precision: [0.6666666666666666, 0.5, 1],
    recall: [0.6666666666666666, 1, 0.6],
    f1: [0.6666666666666666, 0.6666666666666666, 0.75],
    macro: 0.6944444444444443,
  },
  {
    truth: [0, 0, 1, 1],
    predicted: [0, 0, 0, 0],
    confusion: [
      [2, 0, 0],
      [2, 0, 0],
      [0, 0, 0],
    ],
    precision: [0.5, null, null],
    recall: [1, 0, null],
    f1: [0.6666666666666666, 0, null],
    macro: 0.3333333333333333,
  },
];

describe('scores', () => {
  it.each(CASES)('equal those of scikit-learn: $truth', (expected) => {
    const confusion = confusionMatrix(expected.truth, expected.predicted, 3);
    expect(confusion).toEqual(expected.confusion);
    const scores = classScores(confusion);
    for (const [index, score] of scores.entries()) {
      for (const name of ['precision', 'recall', 'f1'] as const) {
        const value = expected[name][index] ?? null;
        if (value === null) expect(score[name]).toBeNull();
        else expect(score[name]).toBeCloseTo(value, 12);
      }
    }
    expect(macroF1(scores)).toBeCloseTo(expected.macro, 12);
  });

  it.each([
    [9, 10, 0.5958499732047615, 0.9821237869049271],
    [0, 5, 0, 0.43448246478317476],
    [7, 7, 0.6456695649333126, 1],
    [143, 151, 0.8989468262835141, 0.9729126939521453],
  ])('give the Wilson interval of %i of %i', (correct, total, low, high) => {
    const interval = wilsonInterval(correct, total);
    expect(interval.low).toBeCloseTo(low, 12);
    expect(interval.high).toBeCloseTo(high, 12);
  });

  it('know nothing about an empty side', () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
    expect(macroF1(classScores(confusionMatrix([], [], 2)))).toBe(0);
  });
});
