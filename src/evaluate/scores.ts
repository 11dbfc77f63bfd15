/**
 * @file The further scores of a result, as pure functions of its predictions. What cannot be said (a denominator of
 * zero) is `null`, never 0 or NaN. All take weights: how often each sample counts.
 */
import { classScores, type ClassCounts } from './metrics.ts';
import type { PredictionTable } from './prediction-table.ts';
import { areaUnderRoc, averagePrecision, rankingOf, type Ranking } from './ranking.ts';

/** Names of the scores, in the order in which they are shown. */
export const SCORE_NAMES = [
  'accuracy',
  'balancedAccuracy',
  'precisionMacro',
  'recallMacro',
  'f1Macro',
  'f1Micro',
  'top3',
  'logLoss',
  'auroc',
  'averagePrecision',
  'kappa',
  'matthews',
] as const;
export type ScoreName = (typeof SCORE_NAMES)[number];
export type Scores = Readonly<Record<ScoreName, number | null>>;

/** Scores of one class against the rest. */
export interface ClassScores extends ClassCounts {
  readonly auroc: number | null;
  readonly averagePrecision: number | null;
}

/** A table with its samples ranked by the probability of each class: sorted once, scored often. */
export interface RankedTable {
  readonly table: PredictionTable;
  readonly rankings: readonly Ranking[];
}

/** Ranks the samples by each class. Cost: one sort per class. */
export function rankTable(table: PredictionTable): RankedTable {
  const { classes } = table;
  return { table, rankings: Array.from({ length: classes }, (_, index) => classRanking(table, index)) };
}

/** The samples ranked by the probability of one class. */
export function classRanking({ count, classes, truth, probabilities }: PredictionTable, index: number) {
  const scores = Float64Array.from({ length: count }, (_, row) => probabilities[row * classes + index] ?? 0);
  return rankingOf(scores, (row) => truth[row] === index);
}

/** Weighted counts, row: truth, column: answer. */
function weightedConfusion(
  { count, classes, truth, predicted }: PredictionTable,
  weights?: ArrayLike<number>,
) {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < count; row++) {
    const cells = matrix[truth[row] ?? 0];
    const column = predicted[row] ?? 0;
    if (cells !== undefined) cells[column] = (cells[column] ?? 0) + (weights?.[row] ?? 1);
  }
  return matrix;
}

/** Every score of a result. Empty input: every score is `null`. */
export function scoresOf({ table, rankings }: RankedTable, weights?: ArrayLike<number>): Scores {
  const confusion = weightedConfusion(table, weights);
  const perClass = classScores(confusion);
  const total = perClass.reduce((sum, { support }) => sum + support, 0);
  const right = confusion.reduce((sum, row, at) => sum + (row[at] ?? 0), 0);
  const accuracy = total === 0 ? null : right / total;
  const recall = meanOf(perClass.map((one) => one.recall));
  return {
    accuracy,
    balancedAccuracy: recall,
    precisionMacro: meanOf(perClass.map((one) => one.precision)),
    recallMacro: recall,
    f1Macro: meanOf(perClass.map((one) => one.f1)),
    // Each wrong answer is one false positive and one false negative, so micro precision, recall and F1 are the accuracy.
    f1Micro: accuracy,
    top3: topAccuracy(table, 3, weights),
    logLoss: logLoss(table, weights),
    auroc: meanOf(rankings.map((ranking) => areaUnderRoc(ranking, weights))),
    averagePrecision: meanOf(rankings.map((ranking) => averagePrecision(ranking, weights))),
    kappa: cohenKappa(confusion),
    matthews: matthewsCorrelation(confusion),
  };
}

/** Scores of each class, one against the rest. */
export function classScoresOf({ table, rankings }: RankedTable): ClassScores[] {
  return classScores(weightedConfusion(table)).map((counts, index) => {
    const ranking = rankings[index];
    return {
      ...counts,
      auroc: ranking === undefined ? null : areaUnderRoc(ranking),
      averagePrecision: ranking === undefined ? null : averagePrecision(ranking),
    };
  });
}

/**
 * Share of samples whose true class is among the `k` most probable. Of equal probabilities the class that comes first
 * ranks higher, as for the answer itself. `null` without a sample.
 */
export function topAccuracy(
  { count, classes, truth, probabilities }: PredictionTable,
  k: number,
  weights?: ArrayLike<number>,
): number | null {
  let found = 0;
  let total = 0;
  for (let row = 0; row < count; row++) {
    const weight = weights?.[row] ?? 1;
    total += weight;
    const own = truth[row] ?? 0;
    const value = probabilities[row * classes + own] ?? 0;
    let above = 0;
    for (let c = 0; c < classes; c++) {
      const other = probabilities[row * classes + c] ?? 0;
      if (other > value || (other === value && c < own)) above++;
    }
    if (above < k) found += weight;
  }
  return total === 0 ? null : found / total;
}

/** Mean negative log probability of the true class, nats; clipped at the double's epsilon, as scikit-learn's `log_loss`. */
export function logLoss(
  { count, classes, truth, probabilities }: PredictionTable,
  weights?: ArrayLike<number>,
): number | null {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < count; row++) {
    const weight = weights?.[row] ?? 1;
    const value = probabilities[row * classes + (truth[row] ?? 0)] ?? 0;
    sum -= weight * Math.log(Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, value)));
    total += weight;
  }
  return total === 0 ? null : sum / total;
}

/**
 * Cohen's kappa: agreement beyond what the shares of the classes alone would give. `null` when chance agrees fully.
 * Source: Cohen, 1960.
 */
export function cohenKappa(confusion: readonly (readonly number[])[]): number | null {
  const { total, right, rows, columns } = marginals(confusion);
  const chance = rows.reduce((sum, row, at) => sum + row * (columns[at] ?? 0), 0);
  const denominator = total * total - chance;
  return denominator === 0 ? null : (total * right - chance) / denominator;
}

/**
 * Matthews correlation for many classes. `null` when all samples are of one class or all answers are one (scikit-learn
 * says 0 there). Source: Gorodkin, 2004.
 */
export function matthewsCorrelation(confusion: readonly (readonly number[])[]): number | null {
  const { total, right, rows, columns } = marginals(confusion);
  const product = rows.reduce((sum, row, at) => sum + row * (columns[at] ?? 0), 0);
  const squares = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0);
  const denominator = (total * total - squares(columns)) * (total * total - squares(rows));
  return denominator <= 0 ? null : (right * total - product) / Math.sqrt(denominator);
}

function marginals(confusion: readonly (readonly number[])[]) {
  const rows = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = confusion.map((_, at) => confusion.reduce((sum, row) => sum + (row[at] ?? 0), 0));
  return {
    rows,
    columns,
    total: rows.reduce((sum, row) => sum + row, 0),
    right: confusion.reduce((sum, row, at) => sum + (row[at] ?? 0), 0),
  };
}

/** Mean of what can be said; `null` if nothing can. */
function meanOf(values: readonly (number | null)[]): number | null {
  const said = values.filter((value) => value !== null);
  return said.length === 0 ? null : said.reduce((sum, value) => sum + value, 0) / said.length;
}
