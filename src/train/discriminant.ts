/**
 * @file Linear discriminant analysis with a shrunk covariance, and what it says of each sample when it is left out, in
 * closed form. Everything needed of a sample are inner products under the inverse A of the shrunk within-class scatter;
 * they come through the features or through the samples, whichever are fewer.
 */
import { choleskyOf, choleskySolve, forwardSolve, gramLower } from './cholesky.ts';

/** Rows of standardised features with their labels. */
export interface LabelledRows {
  readonly count: number;
  readonly size: number;
  readonly classes: number;
  /** Shape: `[count, size]`. */
  readonly rows: Float64Array;
  /** Shape: `[count]`. */
  readonly labels: Int32Array;
  /** Samples of each class. Shape: `[classes]`. */
  readonly counts: Float64Array;
  /** Means of the classes; zeros for one without samples. Shape: `[classes, size]`. */
  readonly means: Float64Array;
  /** Rows less the mean of their class. Shape: `[count, size]`. */
  readonly residuals: Float64Array;
}

export function labelledRows(rows: Float64Array, labels: Int32Array, classes: number): LabelledRows {
  const count = labels.length;
  const size = rows.length / count;
  const counts = new Float64Array(classes);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  const means = classMeans(rows, labels, counts, size);
  const residuals = rows.map((value, at) => {
    const label = labels[Math.floor(at / size)] ?? 0;
    return value - (means[label * size + (at % size)] ?? 0);
  });
  return { count, size, classes, rows, labels, counts, means, residuals };
}

/** Means over the rows of each class. Shape: `[classes, columns]`. */
function classMeans(values: Float64Array, labels: Int32Array, counts: Float64Array, columns: number) {
  const means = new Float64Array(counts.length * columns);
  labels.forEach((label, row) => {
    const share = 1 / (counts[label] ?? 1);
    for (let i = 0, to = label * columns, from = row * columns; i < columns; i++, to++, from++) {
      means[to] = (means[to] ?? 0) + share * (values[from] ?? 0);
    }
  });
  return means;
}

/** Mean variance of a feature within the classes; 1, that of standardised features, where no class has two samples. */
export function varianceWithin({ count, size, counts, residuals }: LabelledRows): number {
  const degrees = count - counts.filter((one) => one > 0).length;
  const sum = residuals.reduce((total, value) => total + value * value, 0);
  return degrees > 0 && sum > 0 ? sum / (degrees * size) : 1;
}

/** `M A`: what the discriminants weigh the features by. Shape: `[size, classes]`. */
export function meanWeights(data: LabelledRows, ridge: number): Float64Array<ArrayBuffer> {
  const { count, size, classes, means, residuals } = data;
  const weights = transposed(means, classes, size);
  if (count > size) {
    choleskySolve(scatterFactor(data, ridge), size, weights, classes);
    return weights;
  }
  // (D'D + r)^-1 M' = (M' - D' (DD' + r)^-1 D M') / r, by the matrix inversion lemma.
  const dual = product(residuals, weights, count, size, classes);
  choleskySolve(choleskyOf(gramLower(residuals, count, size), count, ridge), count, dual, classes);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < size; i++) {
      const residual = residuals[row * size + i] ?? 0;
      for (let c = 0, at = i * classes; c < classes; c++, at++) {
        weights[at] = (weights[at] ?? 0) - residual * (dual[row * classes + c] ?? 0);
      }
    }
  }
  return weights.map((value) => value / ridge);
}

const scatterFactor = ({ count, size, residuals }: LabelledRows, ridge: number): Float64Array =>
  choleskyOf(gramLower(transposed(residuals, count, size), size, count), size, ridge);

/** Inner products under A. */
interface Products {
  /** Of each sample with itself. Shape: `[count]`. */
  readonly own: Float64Array;
  /** Of each sample with each mean. Shape: `[count, classes]`. */
  readonly toMeans: Float64Array;
  /** Of the means with each other. Shape: `[classes, classes]`. */
  readonly between: Float64Array;
}

/** The inner products of all samples for one ridge after the other. */
function productsOf(data: LabelledRows): (ridge: number) => Products {
  const { count, size, classes, rows, labels, counts, residuals } = data;
  if (count > size) {
    return (ridge) => {
      const columns = transposed(rows, count, size);
      forwardSolve(scatterFactor(data, ridge), size, columns, count);
      return innerProducts(transposed(columns, size, count), data);
    };
  }
  // A = (1 - D' (DD' + r)^-1 D) / r: from the samples' own products less those of what the factor makes of them.
  const plain = innerProducts(rows, data);
  const gram = gramLower(residuals, count, size);
  const across = product(residuals, transposed(rows, count, size), count, size, count);
  return (ridge) => {
    const solved = Float64Array.from(across);
    forwardSolve(choleskyOf(gram, count, ridge), count, solved, count);
    const less = innerProducts(transposed(solved, count, count), { count, classes, labels, counts });
    const shrunk = (a: Float64Array, b: Float64Array) => a.map((value, at) => (value - (b[at] ?? 0)) / ridge);
    return {
      own: shrunk(plain.own, less.own),
      toMeans: shrunk(plain.toMeans, less.toMeans),
      between: shrunk(plain.between, less.between),
    };
  };
}

function innerProducts(
  vectors: Float64Array,
  { count, classes, labels, counts }: Pick<LabelledRows, 'count' | 'classes' | 'labels' | 'counts'>,
): Products {
  const size = vectors.length / count;
  const means = classMeans(vectors, labels, counts, size);
  const columns = transposed(means, classes, size);
  const own = Float64Array.from({ length: count }, (_, row) =>
    vectors.subarray(row * size, (row + 1) * size).reduce((sum, value) => sum + value * value, 0),
  );
  return {
    own,
    toMeans: product(vectors, columns, count, size, classes),
    between: product(means, columns, classes, size, classes),
  };
}

/**
 * What the discriminants of all other samples give each sample, for one ridge after the other: `x A m - m A m / 2` for the
 * mean m of each class, both without the sample. Taking a sample out of the scatter is a change of rank one, so A without
 * it is `A + g A d d' A`, with its residual d (Sherman and Morrison, 1950). Shape: `[count, classes]`; rows of a class's
 * only sample are not to be read.
 */
export function leftOutScores(data: LabelledRows): (ridge: number) => Float64Array<ArrayBuffer> {
  const { count, classes, labels, counts } = data;
  const products = productsOf(data);
  return (ridge) => {
    const { own, toMeans, between } = products(ridge);
    const scores = new Float64Array(count * classes);
    labels.forEach((label, row) => {
      const others = Math.max(1, (counts[label] ?? 1) - 1);
      const toOwn = toMeans[row * classes + label] ?? 0;
      const ofOwn = between[label * classes + label] ?? 0;
      const toResidual = (own[row] ?? 0) - toOwn;
      const leverage = toResidual - toOwn + ofOwn;
      const factor = (others + 1) / others;
      const gain = factor / Math.max(1e-12, 1 - factor * leverage);
      for (let c = 0; c < classes; c++) {
        let toMean = toMeans[row * classes + c] ?? 0;
        let residualToMean = toMean - (between[label * classes + c] ?? 0);
        let mean = between[c * classes + c] ?? 0;
        if (c === label) {
          // Its own mean moves away from it.
          mean += (leverage / others - 2 * residualToMean) / others;
          toMean -= toResidual / others;
          residualToMean -= leverage / others;
        }
        scores[row * classes + c] =
          toMean + gain * toResidual * residualToMean - (mean + gain * residualToMean ** 2) / 2;
      }
    });
    return scores;
  };
}

function transposed(values: Float64Array, rows: number, columns: number): Float64Array<ArrayBuffer> {
  const result = new Float64Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) result[i * rows + row] = values[row * columns + i] ?? 0;
  }
  return result;
}

/** `a b`. Shapes: `[rows, inner]`, `[inner, columns]`, `[rows, columns]`. */
function product(a: Float64Array, b: Float64Array, rows: number, inner: number, columns: number) {
  const result = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    for (let k = 0; k < inner; k++) {
      const value = a[row * inner + k] ?? 0;
      for (let c = 0, at = k * columns; c < columns; c++, at++) {
        result[start + c] = (result[start + c] ?? 0) + value * (b[at] ?? 0);
      }
    }
  }
  return result;
}
