import type { BackendName } from './device.ts';
import type { ErrorData } from './errors.ts';
import type { TrainSettings } from './train-settings.ts';

/** One pass over the training ids. Losses are mean cross-entropy in nats. */
export interface EpochLog {
  /** From 1. Epoch 0 is the closed-form head before any step. */
  readonly epoch: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  /** `null` when no sample is kept aside for validation. */
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  readonly elapsedMs: number;
}

export type RunStatus = 'done' | 'stopped' | 'early-stopped' | 'failed' | 'interrupted';

/** How sure a run may be, found out after it learned, on pictures that it did not learn from. */
export interface RunCalibration {
  /** Its logits are divided by this before the softmax. Above 1: it was too sure. */
  readonly temperature: number;
  /** Validation samples that the temperature was fitted on; 0: none were kept aside, and it is 1. */
  readonly samples: number;
  /** The split that these ids are of. */
  readonly splitHash: string;
  /** Distance of features above which a picture is none of the classes; `null`: not known. */
  readonly noveltyThreshold: number | null;
  /** An answer with a smaller probability is withheld, 0..1. 0: never. */
  readonly abstainBelow: number;
}

/** A finished or interrupted run, as kept in the project. */
export interface RunSummary {
  readonly id: string;
  /** Its number in the project, from 1. */
  readonly number: number;
  readonly status: RunStatus;
  readonly modelId: string;
  readonly settings: TrainSettings;
  readonly splitHash: string;
  /** Revision of the data set that it learned from: older than today's means stale. */
  readonly datasetRevision: number;
  /** Order of the outputs; names as they were. */
  readonly classes: readonly { readonly id: string; readonly name: string }[];
  readonly epochs: readonly EpochLog[];
  /** The epoch whose weights are kept (0: the closed-form head). */
  readonly bestEpoch: number;
  readonly backend: BackendName;
  readonly trainableParameters: number;
  readonly totalParameters: number;
  readonly startedAtMs: number;
  readonly seconds: { readonly features: number; readonly train: number };
  /** The run with whose weights it began; absent: the pre-trained ones. */
  readonly startedFrom?: string;
  /** Absent before it is calibrated. */
  readonly calibration?: RunCalibration;
}

/** A run that was cut off and can go on. */
export interface UnfinishedRun {
  readonly runId: string;
  readonly number: number;
  /** In which it was cut off, from 1. */
  readonly epoch: number;
  /** Of so many. */
  readonly epochs: number;
  readonly savedAtMs: number;
  /** The data is no longer what it learned from: it cannot go on as it was. */
  readonly stale: boolean;
}

/** Why a run went back, and what it does otherwise from then on. */
export interface Rescue {
  readonly reason: 'loss-not-finite' | 'device-lost' | 'out-of-memory';
  /** Where it goes on. */
  readonly epoch: number;
  readonly batchSize: number;
  /** What every learning rate is multiplied by, of what the settings say. */
  readonly rateFactor: number;
  /** Absent where it stays the same. */
  readonly backend?: BackendName;
}

/** What a run tells while it goes. `batch` is coalesced to about ten a second; `epoch` is never dropped. */
export type TrainEvent =
  | {
      readonly kind: 'stage';
      readonly stage: 'loading' | 'features' | 'head' | 'training' | 'saving';
    }
  /** Features at the cut, computed once per sample and variant. */
  | { readonly kind: 'features'; readonly done: number; readonly total: number }
  | {
      readonly kind: 'batch';
      readonly epoch: number;
      readonly batch: number;
      readonly batches: number;
      readonly loss: number;
      /** Steps per second and what is left at that rate; absent before it is known. */
      readonly stepsPerSecond?: number;
      readonly remainingMs?: number;
    }
  | { readonly kind: 'epoch'; readonly log: EpochLog; readonly bestEpoch: number }
  /** The run went back to where it last was whole and goes on from there, otherwise than before. */
  | ({ readonly kind: 'rescued' } & Rescue)
  /** Where the run is could not be kept, e.g. because the disk is full. It goes on. Told once. */
  | { readonly kind: 'unkept'; readonly error: ErrorData }
  | { readonly kind: 'paused' }
  | { readonly kind: 'resumed' };

/** What a plan would cost, before it is started. */
export interface TrainEstimate {
  readonly trainableParameters: number;
  readonly totalParameters: number;
  readonly seconds: number;
  readonly memoryBytes: number;
  /** What the run will take in the project. */
  readonly storedBytes: number;
}
