import type { ClassId, SampleId } from './dataset.ts';
import type { SplitSide } from './split.ts';

/** A closed interval, e.g. a 95 % confidence interval. Fractions in [0, 1]. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The one array from which every score is derived. */
export interface SamplePrediction {
  readonly id: SampleId;
  /** Index into the report's `classIds`. */
  readonly truth: number;
  readonly predicted: number;
  /** One probability per class, in the order of `classIds`; sums to 1. */
  readonly probabilities: readonly number[];
}

export interface ClassScore {
  readonly classId: ClassId;
  /** Samples of this class on this side. */
  readonly support: number;
  /** `null` where the denominator is zero: never predicted, or no such sample. */
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/** What a model did on exactly the recorded ids of one side. */
export interface EvaluationReport {
  readonly runId: string;
  readonly side: SplitSide;
  readonly splitHash: string;
  readonly classIds: readonly ClassId[];
  readonly total: number;
  readonly correct: number;
  readonly accuracy: number;
  /** Wilson score interval, 95 %. */
  readonly accuracyInterval: Interval;
  /** Row: truth; column: predicted. */
  readonly confusion: readonly (readonly number[])[];
  readonly perClass: readonly ClassScore[];
  readonly macroF1: number;
  readonly predictions: readonly SamplePrediction[];
  readonly evaluatedAtMs: number;
}

/** Which model answered a live prediction. */
export type Speaker =
  { readonly kind: 'instant' } | { readonly kind: 'run'; readonly runId: string; readonly bestEpoch: number };

export interface Prediction {
  readonly classIds: readonly ClassId[];
  readonly probabilities: readonly number[];
  readonly speaker: Speaker;
  /**
   * Distance from what the model learned from, relative to the threshold: above 1 the picture is none of the classes.
   * Absent where it is not known.
   */
  readonly novelty?: number;
  /** The model should not answer: the picture is like none of its classes, or it is less sure than it was told to be. */
  readonly doubt?: 'none-of-these' | 'unsure';
  /** Decode, forward and head, ms. */
  readonly elapsedMs: number;
}
