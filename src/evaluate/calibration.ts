/** @file Whether a model is as sure as it should be: reliability, expected calibration error, temperature. */
import type { Interval } from '../core/evaluation.ts';
import { wilsonInterval } from './metrics.ts';
import { confidences, type PredictionTable } from './prediction-table.ts';

/** Samples whose answer was given with a probability in `(low, high]`. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  /** Rows of the table. */
  readonly rows: readonly number[];
  /** Mean probability of the answers; `null` for an empty bin. */
  readonly confidence: number | null;
  /** Share of right answers; `null` for an empty bin. */
  readonly accuracy: number | null;
  /** Of the accuracy, Wilson, 95 %. */
  readonly interval: Interval;
}

/** Bins of equal width, as in most papers. */
export const RELIABILITY_BINS = 10;

/** How often answers of each confidence were right. Source: Niculescu-Mizil and Caruana, 2005. */
export function reliabilityBins(table: PredictionTable, bins = RELIABILITY_BINS): ReliabilityBin[] {
  const sure = confidences(table);
  const rows: number[][] = Array.from({ length: bins }, () => []);
  for (const [row, confidence] of sure.entries()) {
    // A bin owns its upper end, as in Guo et al. The tiny step back keeps 0.3 out of the bin above where 0.3 * 10 > 3.
    const at = Math.ceil(confidence * bins - 1e-9) - 1;
    rows[Math.min(bins - 1, Math.max(0, at))]?.push(row);
  }
  return rows.map((own, at) => {
    const right = own.filter((row) => table.truth[row] === table.predicted[row]).length;
    return {
      low: at / bins,
      high: (at + 1) / bins,
      rows: own,
      confidence: own.length === 0 ? null : own.reduce((sum, row) => sum + (sure[row] ?? 0), 0) / own.length,
      accuracy: own.length === 0 ? null : right / own.length,
      interval: wilsonInterval(right, own.length),
    };
  });
}

/**
 * Expected calibration error: the gap between confidence and accuracy, mean over the samples. `null` without a sample.
 * Source: Guo et al., On Calibration of Modern Neural Networks, 2017.
 */
export function expectedCalibrationError(table: PredictionTable, bins = RELIABILITY_BINS): number | null {
  if (table.count === 0) return null;
  return reliabilityBins(table, bins).reduce(
    (sum, { rows, confidence, accuracy }) =>
      sum + (rows.length * Math.abs((confidence ?? 0) - (accuracy ?? 0))) / table.count,
    0,
  );
}

/** Smallest float32: a softmax that underflowed is not minus infinity. */
const SMALLEST = 1e-38;
/** Range of the temperature. Outside of it the likelihood is flat, or the fit rests on samples that were all right. */
const RANGE = { low: 0.2, high: 20 };
/** Fewer samples than this say nothing about a temperature. */
export const LEAST_TO_CALIBRATE = 10;

/** How far the logarithm of a temperature lies from 0, as a standard deviation, before anything is known. */
const SPREAD = 0.3;

/**
 * The temperature that makes the true classes most likely: probabilities become `softmax(log p / T)`, so T > 1 makes a model
 * less sure. Golden-section search over log T, in which the likelihood has one peak. `spread` holds it near 1 by a normal
 * prior of log T: where nearly all answers were right, the likelihood alone runs off to its end. 1 with fewer than
 * {@link LEAST_TO_CALIBRATE} samples. Source: Guo et al., 2017; Kiefer, 1953.
 */
export function fitTemperature(table: PredictionTable, spread = Infinity): number {
  if (table.count < LEAST_TO_CALIBRATE) return 1;
  const logs = table.probabilities.map((value) => Math.log(Math.max(SMALLEST, value)));
  const loss = (logT: number) => table.count * lossAt(table, logs, Math.exp(logT)) + (logT / spread) ** 2 / 2;
  const golden = (Math.sqrt(5) - 1) / 2;
  let low = Math.log(RANGE.low);
  let high = Math.log(RANGE.high);
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)];
  let [atLeft, atRight] = [loss(left), loss(right)];
  for (let step = 0; step < 32; step++) {
    if (atLeft < atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - golden * (high - low);
      atLeft = loss(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + golden * (high - low);
      atRight = loss(right);
    }
  }
  return Math.exp((low + high) / 2);
}

/** Parts of the samples, each scored at the temperature of the others. */
const FOLDS = 5;

/**
 * The fitted temperature, held near 1, if it helps samples that it was not fitted to, else 1. Each fifth of the samples is
 * scored at the temperature of the other four. It helps if the calibration error is lower then, and the log loss by more
 * than the standard error of that difference: a few dozen samples always fit some temperature, and one that fits their
 * noise makes a model worse.
 */
export function supportedTemperature(table: PredictionTable): number {
  if (table.count < LEAST_TO_CALIBRATE) return 1;
  const folds = Array.from({ length: FOLDS }, (_, fold) => {
    const rest = rowsOf(table, (row) => row % FOLDS !== fold);
    const own = rowsOf(table, (row) => row % FOLDS === fold);
    return { own, crossed: temperedTable(own, fitTemperature(rest, SPREAD)) };
  });
  const gapOf = (one: PredictionTable) => expectedCalibrationError(one) ?? 0;
  const gains = folds.flatMap(({ own, crossed }) => {
    const before = logTruths(own);
    return Array.from(logTruths(crossed), (after, row) => after - (before[row] ?? 0));
  });
  const helps = gapOf(joined(folds.map(({ crossed }) => crossed))) < gapOf(table) && isGain(gains);
  return helps ? fitTemperature(table, SPREAD) : 1;
}

/** Logarithm of the probability of each true class. */
function logTruths({ count, classes, truth, probabilities }: PredictionTable): Float64Array {
  return Float64Array.from({ length: count }, (_, row) =>
    Math.log(Math.max(SMALLEST, probabilities[row * classes + (truth[row] ?? 0)] ?? 0)),
  );
}

/** Whether the mean of differences is above its standard error. */
function isGain(differences: readonly number[]): boolean {
  const { length } = differences;
  const mean = differences.reduce((sum, one) => sum + one, 0) / length;
  const square = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return mean > Math.sqrt(square / (length * Math.max(1, length - 1)));
}

function rowsOf(table: PredictionTable, isKept: (row: number) => boolean): PredictionTable {
  const { classes } = table;
  const kept = table.ids.flatMap((_, row) => (isKept(row) ? [row] : []));
  const probabilities = new Float64Array(kept.length * classes);
  for (const [at, row] of kept.entries())
    probabilities.set(table.probabilities.subarray(row * classes, (row + 1) * classes), at * classes);
  return {
    ids: kept.map((row) => table.ids[row] ?? ''),
    count: kept.length,
    classes,
    truth: Int32Array.from(kept, (row) => table.truth[row] ?? 0),
    predicted: Int32Array.from(kept, (row) => table.predicted[row] ?? 0),
    probabilities,
  };
}

function joined(parts: readonly PredictionTable[]): PredictionTable {
  return {
    ids: parts.flatMap(({ ids }) => ids),
    count: parts.reduce((sum, { count }) => sum + count, 0),
    classes: parts[0]?.classes ?? 0,
    truth: Int32Array.from(parts.flatMap(({ truth }) => [...truth])),
    predicted: Int32Array.from(parts.flatMap(({ predicted }) => [...predicted])),
    probabilities: Float64Array.from(parts.flatMap(({ probabilities }) => [...probabilities])),
  };
}

function lossAt({ count, classes, truth }: PredictionTable, logs: Float64Array, temperature: number): number {
  let loss = 0;
  for (let row = 0; row < count; row++) {
    let largest = -Infinity;
    for (let c = 0; c < classes; c++) largest = Math.max(largest, logs[row * classes + c] ?? 0);
    let sum = 0;
    for (let c = 0; c < classes; c++)
      sum += Math.exp(((logs[row * classes + c] ?? 0) - largest) / temperature);
    loss += Math.log(sum) - ((logs[row * classes + (truth[row] ?? 0)] ?? 0) - largest) / temperature;
  }
  return loss / count;
}

/** Probabilities at a temperature: `softmax(log p / T)`. The order of the classes stays. */
export function tempered(probabilities: readonly number[], temperature: number): number[] {
  if (temperature === 1) return [...probabilities];
  const logs = probabilities.map((value) => Math.log(Math.max(SMALLEST, value)) / temperature);
  const largest = Math.max(...logs);
  const powers = logs.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((all, one) => all + one, 0);
  return powers.map((value) => value / sum);
}

/** The table at a temperature; the answers stay. */
export function temperedTable(table: PredictionTable, temperature: number): PredictionTable {
  const { count, classes } = table;
  const probabilities = new Float64Array(table.probabilities.length);
  for (let row = 0; row < count; row++) {
    const own = Array.from(table.probabilities.subarray(row * classes, (row + 1) * classes));
    probabilities.set(tempered(own, temperature), row * classes);
  }
  return { ...table, probabilities };
}
