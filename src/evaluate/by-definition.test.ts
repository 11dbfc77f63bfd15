/** @file Every score again by its definition, straight from the array of predictions: pair by pair, sample by sample. */
import { describe, expect, it } from 'vitest';
import type { SamplePrediction } from '../core/evaluation.ts';
import { createRng } from '../core/rng.ts';
import { abstentionCurve } from './abstention.ts';
import { expectedCalibrationError, reliabilityBins } from './calibration.ts';
import { largestConfusions } from './confusions.ts';
import { evaluateModel } from './evaluator.ts';
import { confusionMatrix } from './metrics.ts';
import { predictionTable } from './prediction-table.ts';
import { classScoresOf, rankTable, SCORE_NAMES, scoresOf, type ScoreName } from './scores.ts';

/** Random results, with ties and empty classes, as a model may give them. */
function randomPredictions(seed: number): { predictions: SamplePrediction[]; classes: number } {
  const rng = createRng(seed);
  const classes = 2 + Math.floor(rng.next() * 6);
  const count = 1 + Math.floor(rng.next() * 60);
  const used = 1 + Math.floor(rng.next() * classes);
  const predictions = Array.from({ length: count }, (_, at) => {
    const raw = Array.from({ length: classes }, () => 0.1 + Math.round(rng.next() * 4));
    const sum = raw.reduce((a, b) => a + b, 0);
    const probabilities = raw.map((value) => value / sum);
    return {
      id: `s${at}`,
      truth: Math.floor(rng.next() * used),
      predicted: probabilities.indexOf(Math.max(...probabilities)),
      probabilities,
    };
  });
  return { predictions, classes };
}

type List = readonly SamplePrediction[];
const labelsOf = (classes: number) => Array.from({ length: classes }, (_, c) => c);
const mean = (values: readonly number[]) =>
  values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;
const share = (list: List, test: (one: SamplePrediction) => boolean) =>
  list.length === 0 ? null : list.filter(test).length / list.length;
const said = (values: readonly (number | null)[]) => mean(values.filter((one) => one !== null));

/** How often a sample of the class is ranked above one of another, a tie being half. */
function auroc(list: List, c: number): number | null {
  const own = list.filter((one) => one.truth === c);
  const rest = list.filter((one) => one.truth !== c);
  const wins = own.flatMap((a) =>
    rest.map((b) => {
      const gap = a.probabilities[c]! - b.probabilities[c]!;
      return gap > 0 ? 1 : gap === 0 ? 0.5 : 0;
    }),
  );
  return mean(wins);
}

/** The precision at each threshold, times the recall that it adds. */
function averagePrecision(list: List, c: number): number | null {
  const own = list.filter((one) => one.truth === c);
  if (own.length === 0) return null;
  const thresholds = [...new Set(list.map((one) => one.probabilities[c]!))].sort((a, b) => b - a);
  let recall = 0;
  let area = 0;
  for (const threshold of thresholds) {
    const named = list.filter((one) => one.probabilities[c]! >= threshold);
    const hits = named.filter((one) => one.truth === c).length;
    area += (hits / own.length - recall) * (hits / named.length);
    recall = hits / own.length;
  }
  return area;
}

/** The correlation of truth and answer, both as one column of zeros and ones for each class. */
function matthews(list: List, classes: number): number | null {
  const covariance = (a: 'truth' | 'predicted', b: 'truth' | 'predicted') =>
    labelsOf(classes).reduce((sum, c) => {
      const [x, y] = [a, b].map((side) => list.map((one) => Number(one[side] === c)));
      const [meanX, meanY] = [mean(x!)!, mean(y!)!];
      return sum + x!.reduce((all, one, at) => all + (one - meanX) * (y![at]! - meanY), 0);
    }, 0);
  const spread = covariance('truth', 'truth') * covariance('predicted', 'predicted');
  return spread < 1e-12 ? null : covariance('truth', 'predicted') / Math.sqrt(spread);
}

function kappa(list: List, classes: number): number | null {
  const agreed = share(list, (one) => one.truth === one.predicted)!;
  const chance = labelsOf(classes).reduce(
    (sum, c) => sum + share(list, (one) => one.truth === c)! * share(list, (one) => one.predicted === c)!,
    0,
  );
  return chance > 1 - 1e-12 ? null : (agreed - chance) / (1 - chance);
}

function byDefinition(list: List, classes: number): Record<ScoreName, number | null> {
  const labels = labelsOf(classes);
  const isRight = (one: SamplePrediction) => one.truth === one.predicted;
  const recall = labels.map((c) =>
    share(
      list.filter((one) => one.truth === c),
      isRight,
    ),
  );
  const precision = labels.map((c) =>
    share(
      list.filter((one) => one.predicted === c),
      isRight,
    ),
  );
  const f1 = labels.map((c) => {
    const either = list.filter((one) => one.truth === c || one.predicted === c);
    const hits = either.filter(isRight).length;
    return either.length === 0 ? null : (2 * hits) / (either.length + hits);
  });
  const rank = ({ probabilities, truth }: SamplePrediction) =>
    labels.toSorted((a, b) => probabilities[b]! - probabilities[a]! || a - b).indexOf(truth);
  return {
    accuracy: share(list, isRight),
    balancedAccuracy: said(recall),
    precisionMacro: said(precision),
    recallMacro: said(recall),
    f1Macro: said(f1),
    f1Micro: share(list, isRight),
    top3: share(list, (one) => rank(one) < 3),
    logLoss: mean(list.map((one) => -Math.log(one.probabilities[one.truth]!))),
    auroc: said(labels.map((c) => auroc(list, c))),
    averagePrecision: said(labels.map((c) => averagePrecision(list, c))),
    kappa: kappa(list, classes),
    matthews: matthews(list, classes),
  };
}

/** The gap of each tenth of certainty, weighed by its samples. */
function calibrationError(list: List): number {
  const sure = (one: SamplePrediction) => one.probabilities[one.predicted]!;
  return Array.from({ length: 10 }, (_, bin) => {
    const own = list.filter((one) => Math.max(0, Math.ceil(sure(one) * 10 - 1e-9) - 1) === bin);
    const gap = Math.abs(
      (mean(own.map(sure)) ?? 0) - (share(own, (one) => one.truth === one.predicted) ?? 0),
    );
    return (own.length / list.length) * gap;
  }).reduce((a, b) => a + b, 0);
}

const expectSame = (found: number | null, wanted: number | null, name: string) => {
  if (wanted === null) expect(found, name).toBeNull();
  else expect(found, name).toBeCloseTo(wanted, 10);
};

describe('every score is a function of the one array of predictions', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('draw %i', (seed) => {
    const { predictions, classes } = randomPredictions(seed);
    const table = predictionTable(predictions, classes);
    const found = scoresOf(rankTable(table));
    const wanted = byDefinition(predictions, classes);
    for (const name of SCORE_NAMES) expectSame(found[name], wanted[name], name);
    for (const [c, one] of classScoresOf(rankTable(table)).entries()) {
      expectSame(one.auroc, auroc(predictions, c), 'AUROC of a class');
      expectSame(one.averagePrecision, averagePrecision(predictions, c), 'average precision of a class');
    }
    expect(expectedCalibrationError(table)).toBeCloseTo(calibrationError(predictions), 10);
    // The order of the array does not matter, and a sample with weight two counts as two samples.
    const shuffled = scoresOf(rankTable(predictionTable(predictions.toReversed(), classes)));
    const doubled = predictions.flatMap((one, at) => (at % 3 === 0 ? [one, one] : [one]));
    const weights = predictions.map((_, at) => (at % 3 === 0 ? 2 : 1));
    const twice = scoresOf(rankTable(predictionTable(doubled, classes)));
    const weighted = scoresOf(rankTable(table), weights);
    for (const name of SCORE_NAMES) {
      expect(shuffled[name] ?? -9, name).toBeCloseTo(found[name] ?? -9, 10);
      expect(weighted[name] ?? -9, name).toBeCloseTo(twice[name] ?? -9, 10);
    }
    // The matrix, the list of mistakes, the bins and the curve count the same samples.
    const wrong = predictions.filter((one) => one.truth !== one.predicted).length;
    const matrix = confusionMatrix(table.truth, table.predicted, classes);
    expect(largestConfusions(matrix, 1000).reduce((sum, one) => sum + one.count, 0)).toBe(wrong);
    const rows = reliabilityBins(table).flatMap((bin) => bin.rows);
    expect(rows.toSorted((a, b) => a - b)).toEqual(predictions.map((_, at) => at));
    const [all] = abstentionCurve(table);
    expect(all).toMatchObject({ coverage: 1, answered: predictions.length });
    expect(all!.accuracy).toBeCloseTo(found.accuracy!, 12);
  });

  it.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'and so is a whole report: draw %i',
    async (seed) => {
      const { predictions, classes } = randomPredictions(seed);
      const byId = new Map(predictions.map((one) => [one.id, one]));
      const report = await evaluateModel({
        runId: 'r',
        side: 'test',
        splitHash: 'h',
        classIds: labelsOf(classes).map(String),
        samples: predictions,
        signal: new AbortController().signal,
        predict: (ids) =>
          Promise.resolve(Float32Array.from(ids.flatMap((id) => byId.get(id)?.probabilities ?? []))),
      });
      const list = report.predictions;
      const wanted = byDefinition(list, classes);
      expect(list.map(({ id }) => id)).toEqual(predictions.map(({ id }) => id));
      expect(report.accuracy).toBeCloseTo(wanted.accuracy!, 12);
      expect(report.macroF1).toBeCloseTo(wanted.f1Macro!, 12);
      expect(report.correct).toBe(list.filter((one) => one.truth === one.predicted).length);
      for (const truth of labelsOf(classes))
        for (const predicted of labelsOf(classes))
          expect(report.confusion[truth]?.[predicted]).toBe(
            list.filter((one) => one.truth === truth && one.predicted === predicted).length,
          );
      for (const [c, one] of report.perClass.entries()) {
        const own = list.filter(({ truth }) => truth === c);
        expect(one.support).toBe(own.length);
        expectSame(
          one.recall,
          share(own, ({ predicted }) => predicted === c),
          'recall',
        );
      }
    },
  );
});
