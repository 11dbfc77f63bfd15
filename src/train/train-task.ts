import type { EngineError } from '../core/errors.ts';
import type { EpochLog, RunStatus } from '../core/run.ts';
import type { TrainSettings } from '../core/train-settings.ts';
import type { TrainCheckpoint } from './checkpoint.ts';
import type { FeatureExtractor } from './features.ts';
import type { TrainedWeights } from './learner.ts';
import type { TrainControl } from './train-control.ts';

/** A picture of one side of the split. */
export interface LabelledSample {
  readonly id: string;
  readonly contentHash: string;
  /** Index of the class. */
  readonly label: number;
}

export interface TrainTask {
  readonly extractor: FeatureExtractor;
  readonly settings: TrainSettings;
  readonly classes: number;
  readonly train: readonly LabelledSample[];
  readonly validation: readonly LabelledSample[];
  readonly control: TrainControl;
  readonly signal: AbortSignal;
  /** What an earlier run of the same depth and classes learned: where this one begins, in place of the pre-trained weights. */
  readonly start?: { readonly weights: TrainedWeights; readonly seenIds: readonly string[] };
  /** Where the run goes on, instead of at its beginning. */
  readonly checkpoint?: TrainCheckpoint;
  /** Told where the run is, at the end of epochs and now and then in them; awaited. */
  readonly onCheckpoint?: (checkpoint: TrainCheckpoint) => Promise<void>;
  /** Told of each epoch that is the best so far, with its weights; awaited. */
  readonly onBest?: (
    weights: TrainedWeights,
    epochs: readonly EpochLog[],
    bestEpoch: number,
  ) => Promise<void>;
}

/** What a run learned. */
export interface TrainOutcome {
  readonly status: Extract<RunStatus, 'done' | 'stopped' | 'early-stopped' | 'failed'>;
  /** Of the best epoch. */
  readonly weights: TrainedWeights;
  readonly epochs: readonly EpochLog[];
  readonly bestEpoch: number;
  /** Exactly the ids whose pictures moved a weight. */
  readonly seenIds: readonly string[];
  readonly trainableParameters: number;
  readonly seconds: { readonly features: number; readonly train: number };
  /** Why the run failed, if it did; the weights are of the best epoch before. */
  readonly failure: EngineError | null;
}
