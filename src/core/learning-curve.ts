import type { ClassId } from './dataset.ts';

/** Heads taught on parts of the training ids, each examined on the whole test side. */
export interface LearningCurve {
  readonly modelId: string;
  readonly splitHash: string;
  readonly classIds: readonly ClassId[];
  /** Index of the true class of each exam sample. */
  readonly truth: readonly number[];
  /** The smallest part first. */
  readonly points: readonly {
    /** Of the training ids, 0..1. */
    readonly fraction: number;
    /** One per draw of that part. */
    readonly repeats: readonly {
      /** Samples learned from, per class. */
      readonly samples: readonly number[];
      /** Per exam sample, in the order of `truth`. */
      readonly right: readonly boolean[];
    }[];
  }[];
}
