import { expect, test } from 'vitest';
import { foldInterval } from './fold-interval.ts';
import { wilsonInterval } from './metrics.ts';

// Expected by scipy 1.17.1: mean -+ stats.t.ppf(0.975, k - 1) * sqrt(var(ddof=1) * (1/k + 1/(k - 1))).
test('the corrected interval of the mean over folds', () => {
  const five = foldInterval([0.9, 0.8, 1, 0.85, 0.95], 90, 100);
  expect(five.low).toBeCloseTo(0.7527567628891833, 3);
  expect(five.high).toBe(1);
  expect(foldInterval([0.5, 0.75, 0.6], 37, 60).low).toBeCloseTo(0.12243354174849452, 3);
});

test('where all folds agree it is that of the pooled answers', () => {
  expect(foldInterval([1, 1, 1, 1, 1], 50, 50)).toEqual(wilsonInterval(50, 50));
});
