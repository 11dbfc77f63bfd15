/** @file The largest confusions: what a matrix of many classes is read for. */

export interface Confusion {
  readonly truth: number;
  readonly predicted: number;
  readonly count: number;
  /** Part of the samples of the true class. */
  readonly share: number;
}

/** The wrong cells of a matrix, the largest first, at most `most`; of equal ones, the larger share first. */
export function largestConfusions(confusion: readonly (readonly number[])[], most: number): Confusion[] {
  return confusion
    .flatMap((row, truth) => {
      const total = row.reduce((sum, count) => sum + count, 0);
      return row.flatMap((count, predicted) =>
        count === 0 || truth === predicted ? [] : [{ truth, predicted, count, share: count / total }],
      );
    })
    .sort((a, b) => b.count - a.count || b.share - a.share || a.truth - b.truth || a.predicted - b.predicted)
    .slice(0, most);
}
