/**
 * @file Scores that ask how well a class is ranked, one class against the rest: ROC and precision-recall curves and the
 * areas under them. Every function takes weights (how often a sample counts), so that a bootstrap needs no new sort.
 */

/** Samples from the highest score to the lowest. */
export interface Ranking {
  /** Positions, the highest score first. Shape: `[count]`. */
  readonly order: Int32Array;
  /** Scores in that order. */
  readonly scores: Float64Array;
  /** 1 where the sample is of the class, in that order. */
  readonly positive: Uint8Array;
}

/** Ranks samples by a score. `positive` says which of them are of the class. */
export function rankingOf(scores: ArrayLike<number>, positive: (index: number) => boolean): Ranking {
  const order = Int32Array.from({ length: scores.length }, (_, index) => index);
  order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  return {
    order,
    scores: Float64Array.from(order, (index) => scores[index] ?? 0),
    positive: Uint8Array.from(order, (index) => (positive(index) ? 1 : 0)),
  };
}

/** A threshold and what is at or above it. Counts are weighted. */
interface Step {
  readonly threshold: number;
  readonly hits: number;
  readonly falseAlarms: number;
}

/** Equal scores are one step: no order among them is pretended. */
function steps({ order, scores, positive }: Ranking, weights?: ArrayLike<number>): Step[] {
  const result: Step[] = [];
  let hits = 0;
  let falseAlarms = 0;
  for (let at = 0; at < order.length; at++) {
    const weight = weights === undefined ? 1 : (weights[order[at] ?? 0] ?? 0);
    if (positive[at] === 1) hits += weight;
    else falseAlarms += weight;
    if (at + 1 === order.length || scores[at + 1] !== scores[at]) {
      result.push({ threshold: scores[at] ?? 0, hits, falseAlarms });
    }
  }
  return result;
}

export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  /** Of the score; `Infinity` before the first sample. */
  readonly threshold: number;
}

/**
 * The ROC curve: x is the false-positive rate, y the true-positive rate, from (0, 0) to (1, 1). Empty without a sample of
 * either kind. As scikit-learn's `roc_curve(drop_intermediate=False)`.
 */
export function rocCurve(ranking: Ranking): CurvePoint[] {
  const found = steps(ranking);
  const last = found.at(-1);
  if (last === undefined || last.hits === 0 || last.falseAlarms === 0) return [];
  return [
    { x: 0, y: 0, threshold: Infinity },
    ...found.map(({ threshold, hits, falseAlarms }) => ({
      x: falseAlarms / last.falseAlarms,
      y: hits / last.hits,
      threshold,
    })),
  ];
}

/**
 * The precision-recall curve: x is recall, y precision, from recall 0 (precision 1 by convention) upwards. Empty without a
 * positive sample. As scikit-learn's `precision_recall_curve`, in the other order.
 */
export function precisionRecallCurve(ranking: Ranking): CurvePoint[] {
  const found = steps(ranking);
  const total = found.at(-1)?.hits ?? 0;
  if (total === 0) return [];
  return [
    { x: 0, y: 1, threshold: Infinity },
    ...found.map(({ threshold, hits, falseAlarms }) => ({
      x: hits / total,
      y: hits / (hits + falseAlarms),
      threshold,
    })),
  ];
}

/**
 * Area under the ROC curve: the chance that a sample of the class scores above one that is not (a tie counts half).
 * `null` without a sample of either kind. Source: Hanley and McNeil, 1982.
 */
export function areaUnderRoc(ranking: Ranking, weights?: ArrayLike<number>): number | null {
  let area = 0;
  let before = { hits: 0, falseAlarms: 0 };
  for (const step of steps(ranking, weights)) {
    area += ((step.falseAlarms - before.falseAlarms) * (step.hits + before.hits)) / 2;
    before = step;
  }
  return before.hits === 0 || before.falseAlarms === 0 ? null : area / (before.hits * before.falseAlarms);
}

/**
 * Average precision: precision at each threshold, weighted by the recall gained there. `null` without a sample of the
 * class. As scikit-learn's `average_precision_score`: no interpolation.
 */
export function averagePrecision(ranking: Ranking, weights?: ArrayLike<number>): number | null {
  let sum = 0;
  let before = 0;
  for (const { hits, falseAlarms } of steps(ranking, weights)) {
    if (hits > before) sum += ((hits - before) * hits) / (hits + falseAlarms);
    before = hits;
  }
  return before === 0 ? null : sum / before;
}
