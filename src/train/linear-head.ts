/** A dense layer from features to one logit per class: `logits = features * weights + bias`. */
export interface LinearHead {
  readonly featureSize: number;
  readonly classes: number;
  /** Shape: `[featureSize, classes]`, row-major. */
  readonly weights: Float32Array<ArrayBuffer>;
  /** Shape: `[classes]`. */
  readonly bias: Float32Array<ArrayBuffer>;
}

/** Column means and inverse standard deviations that bring features to mean 0 and deviation 1. */
export interface Standardiser {
  readonly mean: Float32Array<ArrayBuffer>;
  readonly inverseDeviation: Float32Array<ArrayBuffer>;
}

/**
 * A column whose deviation is below this part of the mean deviation is as good as constant in the training data;
 * dividing by it would let one unusual picture shout. It is scaled as if its deviation were this.
 */
const SMALLEST_RELATIVE_DEVIATION = 0.05;

/** Means and deviations of `count` rows of `size` features. Population deviation, as scikit-learn's StandardScaler. */
export function fitStandardiser(features: Float32Array, count: number, size: number): Standardiser {
  const mean = new Float64Array(size);
  const square = new Float64Array(size);
  for (let row = 0; row < count; row++) {
    for (let i = 0, at = row * size; i < size; i++, at++) mean[i] = (mean[i] ?? 0) + (features[at] ?? 0);
  }
  for (let i = 0; i < size; i++) mean[i] = (mean[i] ?? 0) / count;
  for (let row = 0; row < count; row++) {
    for (let i = 0, at = row * size; i < size; i++, at++) {
      const distance = (features[at] ?? 0) - (mean[i] ?? 0);
      square[i] = (square[i] ?? 0) + distance * distance;
    }
  }
  const deviation = square.map((sum) => Math.sqrt(sum / count));
  const smallest = (SMALLEST_RELATIVE_DEVIATION * deviation.reduce((sum, one) => sum + one, 0)) / size;
  return {
    mean: Float32Array.from(mean),
    inverseDeviation: Float32Array.from(deviation, (one) => (smallest > 0 ? 1 / Math.max(one, smallest) : 1)),
  };
}

/** Standardised copy of rows of features. */
export function standardise(
  features: Float32Array,
  { mean, inverseDeviation }: Standardiser,
): Float32Array<ArrayBuffer> {
  const size = mean.length;
  const result = new Float32Array(features.length);
  for (let start = 0; start < features.length; start += size) {
    for (let i = 0; i < size; i++) {
      result[start + i] = ((features[start + i] ?? 0) - (mean[i] ?? 0)) * (inverseDeviation[i] ?? 0);
    }
  }
  return result;
}

/** The head on raw features that equals `head` on standardised ones. */
export function foldStandardiser(head: LinearHead, { mean, inverseDeviation }: Standardiser): LinearHead {
  const { featureSize, classes } = head;
  const weights = new Float32Array(head.weights.length);
  const bias = Float64Array.from(head.bias);
  for (let i = 0; i < featureSize; i++) {
    for (let c = 0; c < classes; c++) {
      const folded = (head.weights[i * classes + c] ?? 0) * (inverseDeviation[i] ?? 0);
      weights[i * classes + c] = folded;
      bias[c] = (bias[c] ?? 0) - folded * (mean[i] ?? 0);
    }
  }
  return { featureSize, classes, weights, bias: Float32Array.from(bias) };
}

/** The inverse of {@link foldStandardiser}: a head on raw features, as one on standardised features. */
export function unfoldStandardiser(head: LinearHead, { mean, inverseDeviation }: Standardiser): LinearHead {
  const { featureSize, classes } = head;
  const weights = new Float32Array(head.weights.length);
  const bias = Float64Array.from(head.bias);
  for (let i = 0; i < featureSize; i++) {
    for (let c = 0; c < classes; c++) {
      const raw = head.weights[i * classes + c] ?? 0;
      weights[i * classes + c] = raw / (inverseDeviation[i] ?? 1);
      bias[c] = (bias[c] ?? 0) + raw * (mean[i] ?? 0);
    }
  }
  return { featureSize, classes, weights, bias: Float32Array.from(bias) };
}

/** Logits of `count` rows of features. Shape: `[count, classes]`. */
export function headLogits(
  head: LinearHead,
  features: Float32Array,
  count: number,
): Float32Array<ArrayBuffer> {
  const { featureSize, classes, weights, bias } = head;
  const logits = new Float32Array(count * classes);
  const sums = new Float64Array(classes);
  for (let row = 0; row < count; row++) {
    sums.set(bias);
    for (let i = 0; i < featureSize; i++) {
      const x = features[row * featureSize + i] ?? 0;
      for (let c = 0, at = i * classes; c < classes; c++, at++)
        sums[c] = (sums[c] ?? 0) + x * (weights[at] ?? 0);
    }
    logits.set(sums, row * classes);
  }
  return logits;
}

/** Turns rows of logits into probabilities, in place. Stable: the row's maximum is subtracted first. */
export function softmaxRows(logits: Float32Array<ArrayBuffer>, classes: number): Float32Array<ArrayBuffer> {
  for (let start = 0; start < logits.length; start += classes) {
    const row = logits.subarray(start, start + classes);
    const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += row[c] = Math.exp((row[c] ?? 0) - largest);
    for (let c = 0; c < classes; c++) row[c] = (row[c] ?? 0) / sum;
  }
  return logits;
}

/** Index of the largest value of a row; the first one on a tie. */
export function argmax(row: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if ((row[i] ?? 0) > (row[best] ?? 0)) best = i;
  return best;
}

/** Mean cross-entropy (nats) and accuracy of logits. Not finite if a logit is not. Empty input: 0 and 0. */
export function scoreLogits(
  logits: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
): { readonly loss: number; readonly accuracy: number } {
  const count = labels.length;
  if (count === 0) return { loss: 0, accuracy: 0 };
  let loss = 0;
  let correct = 0;
  for (let row = 0; row < count; row++) {
    const values = logits.subarray(row * classes, (row + 1) * classes);
    const label = labels[row] ?? 0;
    const largest = values.reduce((a, b) => Math.max(a, b), -Infinity);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp((values[c] ?? 0) - largest);
    loss += Math.log(sum) + largest - (values[label] ?? 0);
    if (argmax(values) === label) correct++;
  }
  return { loss: loss / count, accuracy: correct / count };
}
