import { expect, test } from 'vitest';
import type { StressReport } from '../../../../src/index.ts';
import { placeOfCell, weakestPoint } from './stress-words.ts';

const report = (curves: StressReport['curves']): StressReport => ({
  runId: 'r',
  side: 'test',
  splitHash: '',
  total: 20,
  of: 20,
  correct: 18,
  curves,
  background: { covered: 0.7, correct: 5, chance: 0.5, perClass: [], enough: false },
  shortcuts: [],
  elapsedMs: 1,
});
const points = (...pairs: [number, number][]) => pairs.map(([strength, correct]) => ({ strength, correct }));

test('the weakest point is the change that costs most at its middle strength, on either side', () => {
  const curves: StressReport['curves'] = [
    {
      kind: 'brightness',
      points: points([-0.6, 2], [-0.4, 9], [-0.2, 17], [0, 18], [0.2, 18], [0.4, 18], [0.6, 17]),
    },
    { kind: 'noise', points: points([0, 18], [0.05, 15], [0.1, 12], [0.2, 4], [0.3, 1]) },
    { kind: 'jpeg', points: points([100, 18], [50, 18], [25, 17], [10, 3], [5, 3]) },
    { kind: 'background', points: points([0, 18], [0.3, 0]) },
  ];
  expect(weakestPoint(report(curves))).toEqual({ kind: 'brightness', correct: 9 });
  expect(weakestPoint(report(curves.slice(1)))).toEqual({ kind: 'noise', correct: 12 });
  expect(weakestPoint(report(curves.slice(2)))).toBeNull();
  expect(weakestPoint(report([]))).toBeNull();
});

test('a cell is said as a place', () => {
  expect(placeOfCell({ row: 0, column: 0 })).toBe('topLeft');
  expect(placeOfCell({ row: 2, column: 3 })).toBe('right');
  expect(placeOfCell({ row: 3, column: 1 })).toBe('bottom');
});
