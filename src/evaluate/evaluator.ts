import { assertNotAborted, EngineError } from '../core/errors.ts';
import type { EvaluationReport, SamplePrediction } from '../core/evaluation.ts';
import type { SplitSide } from '../core/split.ts';
import { classScores, confusionMatrix, macroF1, wilsonInterval } from './metrics.ts';

/** A recorded id with its true class (index into `classIds`). */
export interface EvaluationSample {
  readonly id: string;
  readonly truth: number;
}

export interface EvaluationTask {
  readonly runId: string;
  readonly side: SplitSide;
  readonly splitHash: string;
  readonly classIds: readonly string[];
  readonly samples: readonly EvaluationSample[];
  /** Probabilities of some samples. Shape: `[count, classIds.length]`. */
  readonly predict: (ids: readonly string[], signal: AbortSignal) => Promise<Float32Array>;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Pictures per call of the model. */
const BATCH = 8;

/**
 * Runs a model on exactly the given samples and derives every score from the one list of predictions.
 * @throws {EngineError} `no-test-samples`; `loss-not-finite` naming a sample whose probabilities are not numbers:
 * a broken model has no accuracy.
 */
export async function evaluateModel(task: EvaluationTask): Promise<EvaluationReport> {
  const { samples, classIds, signal } = task;
  if (samples.length === 0) {
    throw new EngineError(
      'no-test-samples',
      `No picture is on the ${task.side} side. Split again with a larger part.`,
    );
  }
  const predictions: SamplePrediction[] = [];
  for (let start = 0; start < samples.length; start += BATCH) {
    const batch = samples.slice(start, start + BATCH);
    const rows = await task.predict(
      batch.map(({ id }) => id),
      signal,
    );
    assertNotAborted(signal);
    batch.forEach((sample, at) => {
      const probabilities = Array.from(rows.subarray(at * classIds.length, (at + 1) * classIds.length));
      predictions.push(predictionOf(sample, probabilities));
    });
    task.onProgress?.(predictions.length, samples.length);
  }
  return reportOf(task, predictions);
}

function predictionOf({ id, truth }: EvaluationSample, probabilities: readonly number[]): SamplePrediction {
  if (!probabilities.every(Number.isFinite)) {
    throw new EngineError(
      'loss-not-finite',
      `The model's answer for the picture ${id} is not a number, so it cannot be scored. Train again with a smaller learning rate.`,
      { sampleId: id },
    );
  }
  return { id, truth, predicted: probabilities.indexOf(Math.max(...probabilities)), probabilities };
}

function reportOf(task: EvaluationTask, predictions: readonly SamplePrediction[]): EvaluationReport {
  const { runId, side, splitHash, classIds } = task;
  const truth = predictions.map((one) => one.truth);
  const predicted = predictions.map((one) => one.predicted);
  const confusion = confusionMatrix(truth, predicted, classIds.length);
  const scores = classScores(confusion);
  const total = predictions.length;
  const correct = predictions.filter((one) => one.truth === one.predicted).length;
  return {
    runId,
    side,
    splitHash,
    classIds,
    total,
    correct,
    accuracy: correct / total,
    accuracyInterval: wilsonInterval(correct, total),
    confusion,
    perClass: scores.map((score, index) => ({ classId: classIds[index] ?? '', ...score })),
    macroF1: macroF1(scores),
    predictions,
    evaluatedAtMs: Date.now(),
  };
}
