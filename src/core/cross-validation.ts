/** @file Cross-validation on frozen features: how good the data are already, before anything is trained. */
import type { Interval } from './evaluation.ts';

/** One round over all folds. */
export interface FoldScores {
  /** Accuracy on each fold, by a head that learned from all others. */
  readonly accuracies: readonly number[];
  /** Over all samples, each asked once. */
  readonly accuracy: number;
  /** 95 % for the mean of the folds. */
  readonly interval: Interval;
}

export interface CrossValidation {
  readonly modelId: string;
  /** Revision of the data set. */
  readonly revision: number;
  readonly folds: number;
  /** Samples that took part: of the training and validation sides, so that the exam stays closed. */
  readonly samples: number;
  /** Of those, samples that have relatives: bursts, copies, what a person tied. */
  readonly related: number;
  /** Relatives lie in one fold. */
  readonly guarded: FoldScores;
  /** The same without the guard; `null` where there are no relatives. */
  readonly unguarded: FoldScores | null;
}
