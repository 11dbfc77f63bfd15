import { expect, it } from 'vitest';
import { moveBorder, sharesOf, withShares } from './split-shares.ts';

const shares = { train: 70, validation: 15, test: 15 };

it('reads and writes the fractions of the settings', () => {
  const settings = { validation: 0.15, test: 0.15, seed: 7 };
  expect(sharesOf(settings)).toEqual(shares);
  expect(withShares(settings, { train: 60, validation: 10, test: 30 })).toEqual({
    validation: 0.1,
    test: 0.3,
    seed: 7,
  });
});

it('moves the first border: learning gives to checking', () => {
  expect(moveBorder(shares, 'first', 60)).toEqual({ train: 60, validation: 25, test: 15 });
  expect(moveBorder(shares, 'first', 100)).toEqual({ train: 85, validation: 0, test: 15 });
  expect(moveBorder(shares, 'first', 0)).toEqual({ train: 45, validation: 40, test: 15 });
});

it('moves the second border: checking gives to the exam, then learning does', () => {
  expect(moveBorder(shares, 'second', 80)).toEqual({ train: 70, validation: 10, test: 20 });
  expect(moveBorder(shares, 'second', 65)).toEqual({ train: 65, validation: 0, test: 35 });
  expect(moveBorder(shares, 'second', 100)).toEqual({ train: 70, validation: 30, test: 0 });
});

it('always sums to 100', () => {
  for (let percent = -10; percent <= 110; percent += 7) {
    for (const border of ['first', 'second'] as const) {
      const { train, validation, test } = moveBorder(shares, border, percent);
      expect(train + validation + test).toBe(100);
    }
  }
});
