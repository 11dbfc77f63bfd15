/**
 * @file The head that needs no training: ridge regression from standardised features to one-hot labels, its strength
 * chosen by leave-one-out error, its scores scaled into logits. It is epoch 0 of every run and the instant head.
 */
import { choleskyOf, choleskySolve, gramLower, inverseDiagonal } from './cholesky.ts';
import { inverseFrequencyWeights } from './class-weights.ts';
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
  /** The chosen ridge strength, relative to the mean of the Gram matrix's diagonal. */
  readonly ridge: number;
}

/** Candidate strengths, relative to the mean diagonal of the Gram matrix of all samples. */
const RELATIVE_RIDGES = [0.03, 0.1, 0.3, 1, 3, 10, 30];
/**
 * The strength and the temperature are chosen on at most this many samples: leave-one-out costs the cube of their
 * number, and the choice hardly moves beyond. (The strength is a prior over weights, so it does not grow with n.)
 */
const SELECTION_SAMPLES = 160;

/**
 * Fits the head. Cost: `n * size^2` and `size^3 / 6` (or with n and size swapped when n is smaller).
 * Source: Hoerl and Kennard, 1970 (ridge); Allen, 1974 (PRESS: leave-one-out residual = residual / (1 - leverage)).
 */
export function fitClosedForm(
  data: LabelledFeatures,
  balance: boolean,
  ridges: readonly number[] = RELATIVE_RIDGES,
): ClosedFormFit {
  const { features, labels, featureSize, classes } = data;
  const count = labels.length;
  const standardiser = fitStandardiser(features, count, featureSize);
  const weights = balance ? inverseFrequencyWeights(labels, classes) : new Float64Array(classes).fill(1);
  const problem = weightedProblem(standardise(features, standardiser), labels, weights, featureSize, classes);
  const selection = select(problem, labels, ridges);
  const solution =
    problem.count <= featureSize ? solveDual(problem, selection) : solvePrimal(problem, selection.ridge);
  const head = toLogits(solution, problem, selection.temperature);
  return { head: foldStandardiser(head, standardiser), standardiser, ridge: selection.relative };
}

/**
 * What the head of all other samples says of each sample: leave-one-out probabilities. Shape: `[samples, classes]`.
 * Cost: the cube of the number of samples; meant for up to about two thousand.
 */
export function leaveOneOut(data: LabelledFeatures): Float64Array {
  const { features, labels, featureSize, classes } = data;
  const standardiser = fitStandardiser(features, labels.length, featureSize);
  const weights = inverseFrequencyWeights(labels, classes);
  const problem = weightedProblem(standardise(features, standardiser), labels, weights, featureSize, classes);
  const { scores, temperature } = select(problem, labels, RELATIVE_RIDGES, labels.length);
  const scaled = Float32Array.from(scores, (score) => score * temperature);
  return Float64Array.from(softmaxRows(scaled, classes));
}

/** Rows scaled by the square root of their weight, centred, so that no intercept is left to fit. */
interface RidgeProblem {
  readonly count: number;
  readonly size: number;
  readonly classes: number;
  readonly x: Float64Array<ArrayBuffer>;
  readonly y: Float64Array<ArrayBuffer>;
  readonly rowWeights: Float64Array;
  readonly meanX: Float64Array;
  readonly meanY: Float64Array;
}

interface Selection {
  readonly ridge: number;
  readonly relative: number;
  readonly temperature: number;
  /** Leave-one-out scores of the samples that were looked at, before the temperature. */
  readonly scores: Float64Array;
  /** The Gram matrix over samples, if the selection looked at all of them. */
  readonly kernel: Float64Array<ArrayBuffer> | null;
}

function weightedProblem(
  features: Float32Array,
  labels: ArrayLike<number>,
  classWeights: Float64Array,
  size: number,
  classes: number,
): RidgeProblem {
  const count = labels.length;
  const rowWeights = Float64Array.from({ length: count }, (_, row) => classWeights[labels[row] ?? 0] ?? 0);
  const total = rowWeights.reduce((sum, one) => sum + one, 0);
  const meanX = new Float64Array(size);
  const meanY = new Float64Array(classes);
  for (let row = 0; row < count; row++) {
    const weight = (rowWeights[row] ?? 0) / total;
    const label = labels[row] ?? 0;
    meanY[label] = (meanY[label] ?? 0) + weight;
    for (let i = 0; i < size; i++) meanX[i] = (meanX[i] ?? 0) + weight * (features[row * size + i] ?? 0);
  }
  const x = new Float64Array(count * size);
  const y = new Float64Array(count * classes);
  for (let row = 0; row < count; row++) {
    const root = Math.sqrt(rowWeights[row] ?? 0);
    for (let i = 0; i < size; i++)
      x[row * size + i] = root * ((features[row * size + i] ?? 0) - (meanX[i] ?? 0));
    for (let c = 0; c < classes; c++) {
      y[row * classes + c] = root * ((labels[row] === c ? 1 : 0) - (meanY[c] ?? 0));
    }
  }
  return { count, size, classes, x, y, rowWeights, meanX, meanY };
}

/** The ridge with the least leave-one-out error and the temperature that fits its leave-one-out scores. */
function select(
  problem: RidgeProblem,
  labels: ArrayLike<number>,
  ridges: readonly number[],
  most = SELECTION_SAMPLES,
): Selection {
  const { size, classes, x, y, rowWeights, meanY } = problem;
  const total = problem.count;
  const count = Math.min(total, most);
  const picked = Int32Array.from({ length: count }, (_, i) => Math.floor((i * total) / count));
  const rows = new Float64Array(count * size);
  const targets = new Float64Array(count * classes);
  picked.forEach((row, i) => {
    rows.set(x.subarray(row * size, (row + 1) * size), i * size);
    targets.set(y.subarray(row * classes, (row + 1) * classes), i * classes);
  });
  const roots = Float64Array.from(picked, (row) => Math.sqrt(rowWeights[row] ?? 0));
  const kernel = gramLower(rows, count, size);
  // Of all samples: the sum of squares is what the Gram matrix's diagonal holds, whichever side it is taken from.
  const scale = sumOfSquares(x) / size;
  let best = { error: Infinity, ridge: scale, relative: 1, residuals: targets };
  for (const relative of ridges) {
    const ridge = relative * scale;
    const residuals = looResiduals(kernel, targets, roots, classes, ridge);
    const error = sumOfSquares(residuals);
    if (error < best.error) best = { error, ridge, relative, residuals };
  }
  const scores = Float64Array.from({ length: count * classes }, (_, at) => {
    const root = (roots[Math.floor(at / classes)] ?? 1) || 1;
    return ((targets[at] ?? 0) - (best.residuals[at] ?? 0)) / root + (meanY[at % classes] ?? 0);
  });
  const truth = Int32Array.from(picked, (row) => labels[row] ?? 0);
  return {
    ridge: best.ridge,
    relative: best.relative,
    temperature: fitTemperature(scores, truth, classes),
    kernel: count === total ? kernel : null,
    scores,
  };
}

/**
 * Leave-one-out residuals of ridge regression with an intercept that is fitted anew without the sample. That matters:
 * rows centred by a mean that includes a sample tell that sample's label to the others wherever there are fewer rows than
 * columns. The intercept borders the matrix of the dual problem, and a residual is the dual variable over the diagonal of
 * the bordered inverse. Source: Cawley and Talbot 2004, "Fast exact leave-one-out cross-validation of sparse
 * least-squares support vector machines".
 *
 * @param roots Square roots of the rows' weights: what the intercept multiplies.
 */
function looResiduals(
  kernel: Float64Array,
  targets: Float64Array,
  roots: Float64Array,
  classes: number,
  ridge: number,
): Float64Array<ArrayBuffer> {
  const count = roots.length;
  const factor = choleskyOf(kernel, count, ridge);
  const dual = Float64Array.from(targets);
  choleskySolve(factor, count, dual, classes);
  const border = Float64Array.from(roots);
  choleskySolve(factor, count, border, 1);
  const corner = border.reduce((sum, value, row) => sum + value * (roots[row] ?? 0), 0);
  const shift = new Float64Array(classes);
  dual.forEach((value, at) => {
    const c = at % classes;
    shift[c] = (shift[c] ?? 0) + ((roots[Math.floor(at / classes)] ?? 0) * value) / corner;
  });
  const diagonal = inverseDiagonal(factor, count).map(
    (value, row) => value - (border[row] ?? 0) ** 2 / corner,
  );
  return dual.map((value, at) => {
    const row = Math.floor(at / classes);
    return (value - (border[row] ?? 0) * (shift[at % classes] ?? 0)) / (diagonal[row] ?? 1);
  });
}

/** Weights `[size, classes]` through the samples' Gram matrix: `X^T (X X^T + ridge)^-1 Y`. */
function solveDual(problem: RidgeProblem, { ridge, kernel }: Selection): Float64Array {
  const { count, size, classes, x, y } = problem;
  const factor = choleskyOf(kernel ?? gramLower(x, count, size), count, ridge);
  const dual = Float64Array.from(y);
  choleskySolve(factor, count, dual, classes);
  return transposedProduct(x, dual, count, size, classes);
}

/** The same through the features' Gram matrix: `(X^T X + ridge)^-1 X^T Y`. */
function solvePrimal({ count, size, classes, x, y }: RidgeProblem, ridge: number): Float64Array {
  const columns = new Float64Array(x.length);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < size; i++) columns[i * count + row] = x[row * size + i] ?? 0;
  }
  const weights = transposedProduct(x, y, count, size, classes);
  choleskySolve(choleskyOf(gramLower(columns, size, count), size, ridge), size, weights, classes);
  return weights;
}

function transposedProduct(x: Float64Array, y: Float64Array, count: number, size: number, classes: number) {
  const product = new Float64Array(size * classes);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < size; i++) {
      const value = x[row * size + i] ?? 0;
      for (let c = 0, at = i * classes; c < classes; c++, at++) {
        product[at] = (product[at] ?? 0) + value * (y[row * classes + c] ?? 0);
      }
    }
  }
  return product;
}

function toLogits(solution: Float64Array, problem: RidgeProblem, temperature: number): LinearHead {
  const { size, classes, meanX, meanY } = problem;
  const bias = Float64Array.from(meanY);
  for (let i = 0; i < size; i++) {
    for (let c = 0; c < classes; c++) {
      bias[c] = (bias[c] ?? 0) - (meanX[i] ?? 0) * (solution[i * classes + c] ?? 0);
    }
  }
  return {
    featureSize: size,
    classes,
    weights: Float32Array.from(solution, (value) => value * temperature),
    bias: Float32Array.from(bias, (value) => value * temperature),
  };
}

/** Bounds of the inverse temperature: from almost flat to a head that never doubts. */
const TEMPERATURE_RANGE = { low: 0.5, high: 60 };

/**
 * The factor on the scores that makes their softmax most likely: golden-section search on its logarithm, over which
 * the likelihood has one peak. Source: Guo et al., On Calibration of Modern Neural Networks, 2017; Kiefer, 1953.
 */
export function fitTemperature(scores: Float64Array, labels: Int32Array, classes: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let low = Math.log(TEMPERATURE_RANGE.low);
  let high = Math.log(TEMPERATURE_RANGE.high);
  for (let step = 0; step < 30; step++) {
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

function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
