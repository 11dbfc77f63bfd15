import type { SplitSettings } from '../../../src/index.ts';

/** Whole percent of each side; they sum to 100. */
export interface Shares {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** The largest share of each of the two kept sides, percent. */
const MOST_KEPT = 40;

export function sharesOf({ validation, test }: Pick<SplitSettings, 'validation' | 'test'>): Shares {
  const kept = { validation: Math.round(validation * 100), test: Math.round(test * 100) };
  return { ...kept, train: 100 - kept.validation - kept.test };
}

/**
 * The shares after one of the two borders was moved to `percent` from the left. The first border lies between learning
 * and checking, the second between checking and the exam. The neighbour gives or takes.
 */
export function moveBorder(shares: Shares, border: 'first' | 'second', percent: number): Shares {
  if (border === 'first') {
    const validation = limit(100 - shares.test - percent);
    return { validation, test: shares.test, train: 100 - validation - shares.test };
  }
  const test = limit(100 - percent);
  const validation = limit(shares.validation + shares.test - test);
  return { validation, test, train: 100 - validation - test };
}

export function withShares(settings: SplitSettings, shares: Shares): SplitSettings {
  return { ...settings, validation: shares.validation / 100, test: shares.test / 100 };
}

function limit(percent: number): number {
  return Math.max(0, Math.min(MOST_KEPT, Math.round(percent)));
}
