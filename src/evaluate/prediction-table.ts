/** @file The one array of per-sample predictions as typed arrays: what every score is a pure function of. */
import { EngineError } from '../core/errors.ts';
import type { SamplePrediction } from '../core/evaluation.ts';

/** Predictions side by side. */
export interface PredictionTable {
  readonly ids: readonly string[];
  readonly count: number;
  readonly classes: number;
  /** Index of the true class. Shape: `[count]`. */
  readonly truth: Int32Array;
  /** Index of the answer. Shape: `[count]`. */
  readonly predicted: Int32Array;
  /** Shape: `[count, classes]`, row-major; rows sum to 1. */
  readonly probabilities: Float64Array;
}

/**
 * The table of a list of predictions.
 * @throws {EngineError} `loss-not-finite` naming the sample (detail: sampleId) whose probabilities are not numbers, or
 * are not one per class: nothing is averaged over it.
 */
export function predictionTable(predictions: readonly SamplePrediction[], classes: number): PredictionTable {
  const probabilities = new Float64Array(predictions.length * classes);
  for (const [row, one] of predictions.entries()) {
    if (one.probabilities.length !== classes || !one.probabilities.every(Number.isFinite)) {
      throw new EngineError(
        'loss-not-finite',
        `${classes} probabilities were expected for the sample ${one.id}, but they are ${one.probabilities.join(', ')}.`,
        { sampleId: one.id },
      );
    }
    probabilities.set(one.probabilities, row * classes);
  }
  return {
    ids: predictions.map(({ id }) => id),
    count: predictions.length,
    classes,
    truth: Int32Array.from(predictions, ({ truth }) => truth),
    predicted: Int32Array.from(predictions, ({ predicted }) => predicted),
    probabilities,
  };
}

/** The probability that the model gave its answer, per sample. Shape: `[count]`. */
export function confidences({ count, classes, predicted, probabilities }: PredictionTable): Float64Array {
  return Float64Array.from(
    { length: count },
    (_, row) => probabilities[row * classes + (predicted[row] ?? 0)] ?? 0,
  );
}
