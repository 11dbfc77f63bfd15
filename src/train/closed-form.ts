/**
 * @file The head that needs no training: linear discriminant analysis whose covariance is shrunk towards a sphere, how
 * far being chosen by leave-one-out likelihood, and its scores scaled into logits by the same. It is epoch 0 of every
 * run and the instant head.
 */
import {
  type LabelledRows,
  labelledRows,
  leftOutScores,
  meanWeights,
  varianceWithin,
} from './discriminant.ts';
import type { LinearHead, Standardiser } from './linear-head.ts';
import { fitStandardiser, foldStandardiser, softmaxRows, standardise } from './linear-head.ts';

/** Rows of features with their labels. */
export interface LabelledFeatures {
  /** Shape: `[labels.length, featureSize]`. */
  readonly features: Float32Array;
  readonly labels: ArrayLike<number>;
  readonly featureSize: number;
  readonly classes: number;
}

/** What a closed-form fit found. */
export interface ClosedFormFit {
  /** On raw features. */
  readonly head: LinearHead;
  readonly standardiser: Standardiser;
  /** The chosen strength of the prior, in samples per feature. */
  readonly shrinkage: number;
}

/**
 * Candidate strengths of the prior, in samples per feature: as if so many times the number of features had been seen
 * that vary equally in all directions. It is a prior over the covariance, so it does not grow with the number of samples.
 */
const SHRINKAGES = [0.03, 0.1, 0.3, 1, 3, 10, 30];
/**
 * The strength and the temperature are chosen on about this many samples: leave-one-out costs the cube of their number,
 * and the choice hardly moves beyond.
 */
const SELECTION_SAMPLES = 160;
/** The logit of a class without samples: below any other, and a number in float16 too. */
const ABSENT = -1e4;
/** Of many classes so few are looked at that there are this many samples of each. */
const LEAST_OF_CLASS = 4;

/**
 * Fits the head. Cost: `n * size^2 / 2` and `size^3 / 6` (or with n and size swapped when n is smaller).
 * Source: Friedman, Regularized Discriminant Analysis, 1989.
 *
 * @param balance Every class is as likely as any other; else as its share of the samples.
 */
export function fitClosedForm(
  data: LabelledFeatures,
  balance: boolean,
  shrinkages: readonly number[] = SHRINKAGES,
): ClosedFormFit {
  const { standardiser, rows } = standardised(data);
  const { shrinkage, temperature } = select(rows, shrinkages);
  const { ridge, degrees } = prior(rows, shrinkage);
  const scale = degrees * temperature;
  const { size, classes, counts, means, count } = rows;
  const weights = meanWeights(rows, ridge);
  const bias = Float32Array.from(counts, (samples, c) => {
    let square = 0;
    for (let i = 0; i < size; i++) square += (means[c * size + i] ?? 0) * (weights[i * classes + c] ?? 0);
    if (samples === 0) return ABSENT;
    return (-scale * square) / 2 + (balance ? 0 : Math.log(samples / count));
  });
  const head = {
    featureSize: size,
    classes,
    weights: Float32Array.from(weights, (value) => value * scale),
    bias,
  };
  return { head: foldStandardiser(head, standardiser), standardiser, shrinkage };
}

/**
 * What the head of all other samples says of each sample, all classes being equally likely: leave-one-out probabilities;
 * of a class's only sample nothing (all the same). Shape: `[samples, classes]`.
 * Cost: the cube of the number of samples, or of features if they are fewer.
 */
export function leaveOneOut(data: LabelledFeatures): Float64Array {
  const { rows } = standardised(data);
  const { classes, labels, counts } = rows;
  const { shrinkage, temperature } = select(rows, SHRINKAGES);
  const { ridge, degrees } = prior(rows, shrinkage);
  const scores = leftOutScores(rows)(ridge);
  const logits = Float32Array.from(scores, (score, at) => {
    const label = labels[Math.floor(at / classes)] ?? 0;
    if ((counts[at % classes] ?? 0) === 0) return ABSENT;
    return (counts[label] ?? 0) < 2 ? 0 : score * degrees * temperature;
  });
  return Float64Array.from(softmaxRows(logits, classes));
}

function standardised({ features, labels, featureSize, classes }: LabelledFeatures) {
  const standardiser = fitStandardiser(features, labels.length, featureSize);
  const values = Float64Array.from(standardise(features, standardiser));
  return { standardiser, rows: labelledRows(values, Int32Array.from(labels), classes) };
}

/** What a strength adds to the scatter, and the degrees of freedom that the sum stands for. */
function prior(rows: LabelledRows, shrinkage: number): { readonly ridge: number; readonly degrees: number } {
  const samples = shrinkage * rows.size;
  const known = rows.counts.filter((one) => one > 0).length;
  return { ridge: samples * varianceWithin(rows), degrees: rows.count - known + samples };
}

/** The strength under which the samples that are left out are most likely, at the temperature that suits them best. */
function select(
  all: LabelledRows,
  shrinkages: readonly number[],
): { readonly shrinkage: number; readonly temperature: number } {
  const rows = someRows(all);
  const { classes, labels, counts } = rows;
  const judged = [...labels.keys()].filter((row) => (counts[labels[row] ?? 0] ?? 0) > 1);
  const truth = Int32Array.from(judged, (row) => labels[row] ?? 0);
  // One picture a class tells nothing of how far its like may lie: the means are taken as they are, and hardly believed.
  let best = { loss: Infinity, shrinkage: Math.max(...shrinkages), temperature: 4 / all.size };
  if (judged.length === 0) return best;
  const leftOut = leftOutScores(rows);
  for (const shrinkage of shrinkages) {
    const { ridge, degrees } = prior(rows, shrinkage);
    const scores = leftOut(ridge);
    const logits = new Float64Array(judged.length * classes);
    judged.forEach((row, at) => {
      for (let c = 0; c < classes; c++) {
        const isKnown = (counts[c] ?? 0) > 0;
        logits[at * classes + c] = isKnown ? degrees * (scores[row * classes + c] ?? 0) : -Infinity;
      }
    });
    const temperature = fitTemperature(logits, truth, classes);
    const loss = meanLoss(logits, truth, classes, temperature);
    if (loss < best.loss) best = { loss, shrinkage, temperature };
  }
  return best;
}

/** About {@link SELECTION_SAMPLES} of the samples, spread over the classes: of as many classes as there can be several of. */
function someRows(all: LabelledRows): LabelledRows {
  const { count, size, classes, rows, labels, counts } = all;
  if (count <= SELECTION_SAMPLES) return all;
  const known = [...counts.keys()].filter((c) => (counts[c] ?? 0) > 0);
  const looked = Math.min(known.length, Math.max(2, Math.floor(SELECTION_SAMPLES / LEAST_OF_CLASS)));
  const chosen = new Set(
    Array.from({ length: looked }, (_, i) => known[Math.floor((i * known.length) / looked)]),
  );
  const total = [...chosen].reduce<number>((sum, c) => sum + (counts[c ?? 0] ?? 0), 0);
  const keep = Math.min(1, SELECTION_SAMPLES / total);
  const seen = new Float64Array(classes);
  const picked = [...labels.keys()].filter((row) => {
    const label = labels[row] ?? 0;
    if (!chosen.has(label)) return false;
    const before = seen[label] ?? 0;
    seen[label] = before + 1;
    const share = Math.max(keep, Math.min(1, LEAST_OF_CLASS / (counts[label] ?? 1)));
    return Math.floor((before + 1) * share) > Math.floor(before * share);
  });
  const values = new Float64Array(picked.length * size);
  picked.forEach((row, i) => values.set(rows.subarray(row * size, (row + 1) * size), i * size));
  return labelledRows(
    values,
    Int32Array.from(picked, (row) => labels[row] ?? 0),
    classes,
  );
}

/** Bounds of the inverse temperature: from almost flat to a head that never doubts. */
const TEMPERATURE_RANGE = { low: 1e-3, high: 60 };

/**
 * The factor on the scores that makes their softmax most likely: golden-section search on its logarithm, over which
 * the likelihood has one peak. Source: Guo et al., On Calibration of Modern Neural Networks, 2017; Kiefer, 1953.
 */
export function fitTemperature(scores: Float64Array, labels: Int32Array, classes: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let low = Math.log(TEMPERATURE_RANGE.low);
  let high = Math.log(TEMPERATURE_RANGE.high);
  for (let step = 0; step < 40; step++) {
    const left = high - golden * (high - low);
    const right = low + golden * (high - low);
    if (
      meanLoss(scores, labels, classes, Math.exp(left)) < meanLoss(scores, labels, classes, Math.exp(right))
    ) {
      high = right;
    } else low = left;
  }
  return Math.exp((low + high) / 2);
}

function meanLoss(scores: Float64Array, labels: Int32Array, classes: number, factor: number): number {
  let loss = 0;
  for (let row = 0; row < labels.length; row++) {
    let largest = -Infinity;
    for (let c = 0; c < classes; c++) largest = Math.max(largest, factor * (scores[row * classes + c] ?? 0));
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(factor * (scores[row * classes + c] ?? 0) - largest);
    loss += Math.log(sum) + largest - factor * (scores[row * classes + (labels[row] ?? 0)] ?? 0);
  }
  return loss / labels.length;
}
