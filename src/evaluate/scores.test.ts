import { describe, expect, it } from 'vitest';
import { createRng } from '../core/rng.ts';
import { abstentionAt, abstentionCurve } from './abstention.ts';
import { bootstrapIntervals } from './bootstrap.ts';
import {
  expectedCalibrationError,
  fitTemperature,
  reliabilityBins,
  supportedTemperature,
  temperedTable,
} from './calibration.ts';
import { largestConfusions } from './confusions.ts';
import { confusionMatrix } from './metrics.ts';
import { confidences, predictionTable, type PredictionTable } from './prediction-table.ts';
import { precisionRecallCurve, rocCurve } from './ranking.ts';
import fixture from './scores.fixture.json';
import { classRanking, classScoresOf, rankTable, scoresOf, topAccuracy, type ScoreName } from './scores.ts';

function predictionsOf(truth: readonly number[], probabilities: readonly (readonly number[])[]) {
  return probabilities.map((row, at) => ({
    id: `s${at}`,
    truth: truth[at] ?? 0,
    predicted: row.indexOf(Math.max(...row)),
    probabilities: row,
  }));
}
const tableOf = (truth: readonly number[], probabilities: readonly (readonly number[])[]) =>
  predictionTable(predictionsOf(truth, probabilities), probabilities[0]?.length ?? 0);

/** Expected values: `scripts/evaluate/expected_scores.py`, which asks scikit-learn 1.9.1 and SciPy 1.17.1. */
describe.each(fixture.cases)('scores equal those of scikit-learn: $name', (one) => {
  const table = tableOf(one.truth, one.probabilities);
  const ranked = rankTable(table);
  const { expected } = one;

  it('of the whole result', () => {
    const found = scoresOf(ranked);
    const wanted = Object.entries(expected.scores).filter(([name]) => name in found);
    expect(wanted.length).toBeGreaterThanOrEqual(11);
    for (const [name, value] of wanted) expect(found[name as ScoreName], name).toBeCloseTo(value, 10);
  });

  it('of each class', () => {
    for (const [at, found] of classScoresOf(ranked).entries()) {
      expect(found.auroc).toBeCloseTo(expected.perClass[at]!.auroc, 10);
      expect(found.averagePrecision).toBeCloseTo(expected.perClass[at]!.averagePrecision, 10);
    }
  });

  it('of the curves', () => {
    const ranking = classRanking(table, 0);
    expect(rocCurve(ranking).map(({ x }) => x)).toEqual(expected.roc.x.map(near));
    expect(rocCurve(ranking).map(({ y }) => y)).toEqual(expected.roc.y.map(near));
    const curve = precisionRecallCurve(ranking);
    expect(curve.map(({ x }) => x)).toEqual(expected.precisionRecall.x.map(near));
    expect(curve.map(({ y }) => y)).toEqual(expected.precisionRecall.y.map(near));
  });

  it('of calibration', () => {
    expect(expectedCalibrationError(table)).toBeCloseTo(expected.scores.ece, 10);
    expect(fitTemperature(table)).toBeCloseTo(expected.scores.temperature, 4);
    expect(fitTemperature(table, 0.3)).toBeCloseTo(expected.scores.heldTemperature, 4);
  });
});

const going = new AbortController().signal;
const near = (value: number): unknown => expect.closeTo(value, 10);

it('bootstraps an interval as SciPy and scikit-learn do with many more draws', async () => {
  const [first] = fixture.cases;
  const ranked = rankTable(tableOf(first!.truth, first!.probabilities));
  const { kappa } = await bootstrapIntervals(ranked, going);
  expect(kappa!.low).toBeCloseTo(fixture.kappaBootstrap.low, 1);
  expect(kappa!.high).toBeCloseTo(fixture.kappaBootstrap.high, 1);
  expect(await bootstrapIntervals(ranked, going)).toEqual(await bootstrapIntervals(ranked, going));
});

it('draws nothing for a call that was cancelled', async () => {
  const ranked = rankTable(
    tableOf(
      [0, 1],
      [
        [0.75, 0.25],
        [0.25, 0.75],
      ],
    ),
  );
  const stopped = bootstrapIntervals(ranked, AbortSignal.abort());
  await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
});

describe('the edges', () => {
  it('says nothing of no samples', async () => {
    const scores = scoresOf(rankTable(predictionTable([], 3)));
    expect(Object.values(scores).every((value) => value === null)).toBe(true);
    expect(expectedCalibrationError(predictionTable([], 3))).toBeNull();
    const intervals = await bootstrapIntervals(rankTable(predictionTable([], 3)), going);
    expect(Object.values(intervals).every((one) => one === null)).toBe(true);
  });

  it('says of one class what can be said', () => {
    const scores = scoresOf(
      rankTable(
        tableOf(
          [0, 0, 0],
          [0.9, 0.8, 0.3].map((p) => [p, 1 - p]),
        ),
      ),
    );
    expect(scores.accuracy).toBeCloseTo(2 / 3);
    expect(scores.auroc).toBeNull();
    expect(scores.matthews).toBeNull();
    expect(scores.kappa).toBe(0);
  });

  it('is perfect when all are right and as bad as can be when all are wrong', () => {
    const probabilities = [[0.9, 0.1], [0.8, 0.2], [0.2, 0.8]]; // prettier-ignore
    expect(scoresOf(rankTable(tableOf([0, 0, 1], probabilities)))).toMatchObject({
      accuracy: 1,
      auroc: 1,
      averagePrecision: 1,
      kappa: 1,
      matthews: 1,
      f1Macro: 1,
    });
    expect(scoresOf(rankTable(tableOf([1, 1, 0], probabilities)))).toMatchObject({
      accuracy: 0,
      auroc: 0,
      f1Macro: 0,
      matthews: -1,
      precisionMacro: 0,
    });
  });

  it('gives a tie to the first class, as the answer does, and half to an area', () => {
    const table = tableOf(
      [0, 1, 1, 0],
      Array.from({ length: 4 }, () => [0.5, 0.5]),
    );
    expect(topAccuracy(table, 1)).toBe(0.5);
    expect(topAccuracy(table, 1)).toBe(scoresOf(rankTable(table)).accuracy);
    expect(scoresOf(rankTable(table)).auroc).toBe(0.5);
    expect(rocCurve(classRanking(table, 0))).toHaveLength(2);
  });

  it('names the sample whose prediction is not a number', () => {
    const broken = [{ id: 'bad.jpg', truth: 0, predicted: 0, probabilities: [NaN, 1] }];
    expect(() => predictionTable(broken, 2)).toThrow(
      expect.objectContaining({ detail: { sampleId: 'bad.jpg' } }),
    );
    const short = [{ id: 'short.jpg', truth: 0, predicted: 0, probabilities: [1] }];
    expect(() => predictionTable(short, 2)).toThrow(/short\.jpg/);
  });

  it('scores one sample', async () => {
    const ranked = rankTable(tableOf([1], [[0.25, 0.75]]));
    expect(scoresOf(ranked)).toMatchObject({ accuracy: 1, balancedAccuracy: 1, auroc: null, kappa: null });
    expect(scoresOf(ranked).logLoss).toBeCloseTo(-Math.log(0.75), 12);
    expect(await bootstrapIntervals(ranked, going)).toMatchObject({
      accuracy: { low: 1, high: 1 },
      auroc: null,
    });
    expect(fitTemperature(ranked.table)).toBe(1);
  });

  it('scores 200 classes and finds the largest confusions', () => {
    const truth = Array.from({ length: 1000 }, (_, at) => at % 200);
    const rows = truth.map((own, at) => {
      const row = new Array<number>(200).fill(0.2 / 199);
      row[own === 7 && at > 200 ? 9 : own] = 0.8;
      return row;
    });
    const table = tableOf(truth, rows);
    expect(scoresOf(rankTable(table)).accuracy).toBeCloseTo(0.996);
    const matrix = confusionMatrix(table.truth, table.predicted, 200);
    expect(largestConfusions(matrix, 10)).toEqual([{ truth: 7, predicted: 9, count: 4, share: 0.8 }]);
  });
});

/** 150 samples whose truth is drawn from their probabilities, which are then made so many times too sure. */
function drawn(seed: number, factor: number): PredictionTable {
  const rng = createRng(seed + 1);
  const fair = Array.from({ length: 150 }, () => {
    const raw = Array.from({ length: 4 }, () => Math.exp(1.5 * rng.normal()));
    const sum = raw.reduce((a, b) => a + b, 0);
    return raw.map((one) => one / sum);
  });
  const truth = fair.map((row) => {
    let left = rng.next();
    const at = row.findIndex((one) => (left -= one) < 0);
    return at < 0 ? row.length - 1 : at;
  });
  return temperedTable(tableOf(truth, fair), 1 / factor);
}

describe('calibration', () => {
  const [, sure] = fixture.cases;
  const table: PredictionTable = tableOf(sure!.truth, sure!.probabilities);

  it('makes a model that is too sure less sure, and leaves its answers', () => {
    const softer = temperedTable(table, fitTemperature(table));
    expect(expectedCalibrationError(softer)!).toBeLessThan(expectedCalibrationError(table)!);
    expect(softer.predicted).toEqual(table.predicted);
    expect(Math.max(...confidences(softer))).toBeLessThan(Math.max(...confidences(table)));
    expect(temperedTable(table, 1).probabilities).toEqual(table.probabilities);
  });

  it('takes a temperature only where it helps samples that it was not fitted to', () => {
    expect(supportedTemperature(table)).toBe(fitTemperature(table, 0.3));
    expect(supportedTemperature(table)).toBeGreaterThan(1.3);
    expect(supportedTemperature(predictionTable([], 2))).toBe(1);
  });

  it('leaves a model that is calibrated nearly as it is, and mends one that is not', () => {
    const found = Array.from({ length: 20 }, (_, seed) => {
      const fair = supportedTemperature(drawn(seed, 1));
      const tooSure = supportedTemperature(drawn(seed, 3));
      return { fair, tooSure };
    });
    for (const { fair, tooSure } of found) {
      expect(fair).toBeGreaterThan(0.75);
      expect(fair).toBeLessThan(1.33);
      // With the prior, nearer to 1 than the 3 that it was spoilt by.
      expect(tooSure).toBeGreaterThan(2);
      expect(tooSure).toBeLessThan(3.5);
    }
    expect(found.filter(({ fair }) => fair === 1).length).toBeGreaterThanOrEqual(10);
  });

  it('does not run off where every checking sample was right', () => {
    const right = tableOf(
      Array.from({ length: 40 }, () => 0),
      Array.from({ length: 40 }, () => [0.9, 0.1]),
    );
    expect(fitTemperature(right)).toBeCloseTo(0.2, 2);
    expect(supportedTemperature(right)).toBeGreaterThan(0.5);
    expect(supportedTemperature(right)).toBeLessThan(1);
  });

  it('puts a confidence on a border into the bin below', () => {
    const bins = reliabilityBins(tableOf([0, 0], [[0.7, 0.3], [0.70001, 0.29999]])); // prettier-ignore
    expect(bins.map(({ rows }) => rows.length)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 0, 0]);
  });

  it('trades coverage against accuracy', () => {
    expect(abstentionAt(table, 0)).toMatchObject({ coverage: 1, answered: 80 });
    const curve = abstentionCurve(table);
    for (const point of curve) expect(abstentionAt(table, point.threshold)).toEqual(point);
    expect(abstentionAt(table, 1.01)).toMatchObject({ coverage: 0, accuracy: null });
  });
});
