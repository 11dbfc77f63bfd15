import type { ClassId } from './dataset.ts';
import type { SamplePrediction } from './evaluation.ts';

/** What a simple model says in the exam that was never pre-trained: what a run adds to it is what pre-training brought. */
export interface Baseline {
  readonly splitHash: string;
  readonly classIds: readonly ClassId[];
  /** Of exactly the recorded test ids. */
  readonly predictions: readonly SamplePrediction[];
}
