import type { EpochLog, RunSummary, TrainEvent, TrainSettings } from '../../src/index.ts';

export type TrainStage = Extract<TrainEvent, { kind: 'stage' }>['stage'];

/** A run while it goes, folded from its events. */
export interface TrainingState {
  readonly status: 'idle' | 'running' | 'paused' | 'stopping';
  readonly settings: TrainSettings | null;
  readonly startedAtMs: number;
  readonly stage: TrainStage;
  /** Features at the cut so far; `null` outside of that stage. */
  readonly features: { readonly done: number; readonly total: number } | null;
  readonly epoch: number;
  readonly batch: number;
  readonly batches: number;
  readonly loss: number | null;
  readonly stepsPerSecond: number | null;
  readonly remainingMs: number | null;
  readonly epochs: readonly EpochLog[];
  readonly bestEpoch: number | null;
  /** The last time that the run went back to a checkpoint; `null`: it never had to. */
  readonly rescue: Extract<TrainEvent, { kind: 'rescued' }> | null;
}

export const IDLE_TRAINING: TrainingState = {
  status: 'idle',
  settings: null,
  startedAtMs: 0,
  stage: 'loading',
  features: null,
  epoch: 0,
  batch: 0,
  batches: 0,
  loss: null,
  stepsPerSecond: null,
  remainingMs: null,
  epochs: [],
  bestEpoch: null,
  rescue: null,
};

export function startTraining(settings: TrainSettings, nowMs: number): TrainingState {
  return { ...IDLE_TRAINING, status: 'running', settings, startedAtMs: nowMs };
}

/** The run after one of its events. */
export function foldTrainEvent(state: TrainingState, event: TrainEvent): TrainingState {
  switch (event.kind) {
    case 'stage':
      return { ...state, stage: event.stage, features: null };
    case 'features':
      return { ...state, stage: 'features', features: { done: event.done, total: event.total } };
    case 'batch':
      return {
        ...state,
        stage: 'training',
        epoch: event.epoch,
        batch: event.batch,
        batches: event.batches,
        loss: event.loss,
        stepsPerSecond: event.stepsPerSecond ?? state.stepsPerSecond,
        remainingMs: event.remainingMs ?? state.remainingMs,
      };
    case 'epoch':
      return {
        ...state,
        epoch: event.log.epoch,
        epochs: [...state.epochs.filter(({ epoch }) => epoch !== event.log.epoch), event.log],
        bestEpoch: event.bestEpoch,
      };
    case 'rescued':
      return { ...state, rescue: event, epochs: state.epochs.filter(({ epoch }) => epoch < event.epoch) };
    case 'unkept':
      // Told as a notice; the run itself goes on as before.
      return state;
    case 'paused':
      return { ...state, status: 'paused' };
    case 'resumed':
      return { ...state, status: 'running' };
  }
}

/** Part of the run that is done, 0..1; `null` before its length is known. */
export function trainingFraction(state: TrainingState): number | null {
  if (state.stage === 'features' && state.features !== null && state.features.total > 0) {
    return state.features.done / state.features.total;
  }
  const epochs = state.settings?.epochs ?? 0;
  if (state.stage === 'saving') return 1;
  if (state.stage !== 'training' || epochs === 0 || state.batches === 0) return null;
  const before = Math.max(0, state.epoch - 1);
  return Math.min(1, (before + state.batch / state.batches) / epochs);
}

/** A finished run in place of one with its id, else at the end. */
export function withRun(runs: readonly RunSummary[], run: RunSummary): readonly RunSummary[] {
  return runs.some(({ id }) => id === run.id)
    ? runs.map((other) => (other.id === run.id ? run : other))
    : [...runs, run];
}
