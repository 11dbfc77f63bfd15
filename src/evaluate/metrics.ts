/** @file Scores as pure functions of truth and prediction. Empty input has a defined answer; nothing is averaged over NaN. */
import type { Interval } from '../core/evaluation.ts';

/** Quantile of the standard normal for a two-sided 95 % interval. */
const Z95 = 1.959963984540054;

/**
 * Wilson score interval for `correct` out of `total`, 95 %. Total 0 gives [0, 1]: nothing is known.
 * Source: Wilson, 1927; Brown, Cai and DasGupta, 2001, who advise it for small samples.
 */
export function wilsonInterval(correct: number, total: number): Interval {
  if (total === 0) return { low: 0, high: 1 };
  const share = correct / total;
  const z2 = Z95 * Z95;
  const centre = (share + z2 / (2 * total)) / (1 + z2 / total);
  const half = (Z95 / (1 + z2 / total)) * Math.sqrt((share * (1 - share)) / total + z2 / (4 * total * total));
  // Rounding may leave the exact ends 0 and 1 by one unit in the last place.
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** Counts, row: truth, column: predicted. Shape: `[classes][classes]`. */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < truth.length; i++) {
    const row = matrix[truth[i] ?? 0];
    const column = predicted[i] ?? 0;
    if (row !== undefined) row[column] = (row[column] ?? 0) + 1;
  }
  return matrix;
}

/** Scores of one class; `null` where the denominator is zero. */
export interface ClassCounts {
  readonly support: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/** Precision, recall and F1 of each class. F1 is undefined only for a class that is neither present nor predicted. */
export function classScores(confusion: readonly (readonly number[])[]): ClassCounts[] {
  return confusion.map((row, index) => {
    const hit = row[index] ?? 0;
    const support = row.reduce((sum, count) => sum + count, 0);
    const predicted = confusion.reduce((sum, other) => sum + (other[index] ?? 0), 0);
    const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
    return {
      support,
      precision: ratio(hit, predicted),
      recall: ratio(hit, support),
      f1: ratio(2 * hit, support + predicted),
    };
  });
}

/** Mean F1 over the classes where it is defined; 0 if there is none. */
export function macroF1(scores: readonly ClassCounts[]): number {
  const defined = scores.flatMap(({ f1 }) => (f1 === null ? [] : [f1]));
  return defined.length === 0 ? 0 : defined.reduce((sum, f1) => sum + f1, 0) / defined.length;
}
