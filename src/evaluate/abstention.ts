/** @file What a model may decline to answer: coverage against accuracy. */
import type { Interval } from '../core/evaluation.ts';
import { wilsonInterval } from './metrics.ts';
import { confidences, type PredictionTable } from './prediction-table.ts';

/** What answering only above a threshold would give. */
export interface AbstentionPoint {
  /** Answers with at least this probability are given. */
  readonly threshold: number;
  readonly answered: number;
  readonly right: number;
  /** Share of samples that are answered. */
  readonly coverage: number;
  /** Share of right answers among those given; `null` if none is. */
  readonly accuracy: number | null;
  /** Wilson, 95 %. */
  readonly interval: Interval;
}

/** The point of one threshold. Empty input: nothing is covered. */
export function abstentionAt(table: PredictionTable, threshold: number): AbstentionPoint {
  const sure = confidences(table);
  let answered = 0;
  let right = 0;
  for (let row = 0; row < table.count; row++) {
    if ((sure[row] ?? 0) < threshold) continue;
    answered++;
    if (table.truth[row] === table.predicted[row]) right++;
  }
  return {
    threshold,
    answered,
    right,
    coverage: table.count === 0 ? 0 : answered / table.count,
    accuracy: answered === 0 ? null : right / answered,
    interval: wilsonInterval(right, answered),
  };
}

/**
 * The points of every threshold that makes a difference, from answering all to answering only the surest. Source: the
 * risk-coverage curve of El-Yaniv and Wiener, 2010.
 */
export function abstentionCurve(table: PredictionTable): AbstentionPoint[] {
  const sure = confidences(table);
  const order = Array.from(sure.keys()).sort((a, b) => (sure[b] ?? 0) - (sure[a] ?? 0));
  const points: AbstentionPoint[] = [];
  let right = 0;
  for (const [at, row] of order.entries()) {
    if (table.truth[row] === table.predicted[row]) right++;
    const next = order[at + 1];
    if (next !== undefined && sure[next] === sure[row]) continue;
    const answered = at + 1;
    points.push({
      threshold: sure[row] ?? 0,
      answered,
      right,
      coverage: answered / table.count,
      accuracy: right / answered,
      interval: wilsonInterval(right, answered),
    });
  }
  return points.reverse();
}
