import { useEffect, useMemo, useState } from 'react';
import {
  bootstrapIntervals,
  predictionTable,
  rankTable,
  scoresOf,
  temperedTable,
  toErrorData,
  type ErrorData,
  type EvaluationReport,
  type PredictionTable,
  type RankedTable,
  type ScoreIntervals,
  type Scores,
} from '../../../src/index.ts';

/** The predictions of a report as a table at a temperature, or why there is none: a prediction that is not a number. */
export function useExamTable(
  report: EvaluationReport,
  temperature = 1,
):
  | { readonly table: PredictionTable; readonly error: null }
  | { readonly table: null; readonly error: ErrorData } {
  return useMemo(() => {
    try {
      const table = predictionTable(report.predictions, report.classIds.length);
      return { table: temperature === 1 ? table : temperedTable(table, temperature), error: null };
    } catch (thrown) {
      return { table: null, error: toErrorData(thrown) };
    }
  }, [report, temperature]);
}

export interface ExamScores {
  readonly ranked: RankedTable;
  readonly scores: Scores;
  /** `null` until they are computed: a moment after the scores, which are drawn first. */
  readonly intervals: ScoreIntervals | null;
}

/** Every score of a table, and shortly after their intervals. */
export function useExamScores(table: PredictionTable): ExamScores {
  const { ranked, scores } = useMemo(() => {
    const sorted = rankTable(table);
    return { ranked: sorted, scores: scoresOf(sorted) };
  }, [table]);
  const [found, setFound] = useState<{ of: RankedTable; intervals: ExamScores['intervals'] } | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    bootstrapIntervals(ranked, controller.signal).then(
      (intervals) => setFound({ of: ranked, intervals }),
      // Only because the table was left: the scores themselves could be computed.
      () => undefined,
    );
    return () => controller.abort();
  }, [ranked]);
  return { ranked, scores, intervals: found?.of === ranked ? found.intervals : null };
}
