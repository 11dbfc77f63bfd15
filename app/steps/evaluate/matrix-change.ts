import type { EvaluationReport } from '../../../src/index.ts';

/** One cell of the confusion matrix in two exams. Indices into the second one's classes. */
export interface CellChange {
  readonly truth: number;
  readonly predicted: number;
  readonly before: number;
  readonly after: number;
  /** More right answers, or fewer wrong ones. */
  readonly better: boolean;
}

/**
 * The cells that differ between two exams, the largest change first; `null` where they were not on the same samples with
 * the same labels, so that they cannot be compared.
 */
export function matrixChanges(
  before: EvaluationReport,
  after: EvaluationReport,
): readonly CellChange[] | null {
  const truths = new Map(before.predictions.map(({ id, truth }) => [id, before.classIds[truth]]));
  const same =
    before.predictions.length === after.predictions.length &&
    after.predictions.every(({ id, truth }) => truths.get(id) === after.classIds[truth]);
  if (!same) return null;
  const at = after.classIds.map((id) => before.classIds.indexOf(id));
  return after.confusion
    .flatMap((row, truth) =>
      row.map((count, predicted) => {
        const earlier = before.confusion[at[truth] ?? -1]?.[at[predicted] ?? -1] ?? 0;
        const better = truth === predicted ? count > earlier : count < earlier;
        return { truth, predicted, before: earlier, after: count, better };
      }),
    )
    .filter((one) => one.before !== one.after)
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before));
}
