import { describe, expect, it } from 'vitest';
import { DEFAULT_TRAIN_SETTINGS, type EpochLog, type RunSummary, type TrainEvent } from '../../src/index.ts';
import { foldTrainEvent, startTraining, trainingFraction, withRun } from './training.ts';

const started = startTraining({ ...DEFAULT_TRAIN_SETTINGS, epochs: 10 }, 5);
const fold = (...events: TrainEvent[]) => events.reduce(foldTrainEvent, started);
const log = (epoch: number, trainLoss = 1): EpochLog => ({
  epoch,
  trainLoss,
  trainAccuracy: 0.5,
  validationLoss: null,
  validationAccuracy: null,
  elapsedMs: 10,
});

describe('foldTrainEvent', () => {
  it('counts features while they are computed and forgets them at the next stage', () => {
    const counting = fold({ kind: 'stage', stage: 'features' }, { kind: 'features', done: 30, total: 120 });
    expect(counting.features).toEqual({ done: 30, total: 120 });
    expect(trainingFraction(counting)).toBe(0.25);
    expect(foldTrainEvent(counting, { kind: 'stage', stage: 'head' }).features).toBeNull();
  });

  it('keeps rate and time left of the batch before when a batch does not know them', () => {
    const batch = { kind: 'batch', epoch: 3, batches: 4, loss: 0.4 } as const;
    const state = fold(
      { ...batch, batch: 1, stepsPerSecond: 20, remainingMs: 900 },
      { ...batch, batch: 2, loss: 0.3 },
    );
    expect(state).toMatchObject({ stage: 'training', loss: 0.3, stepsPerSecond: 20, remainingMs: 900 });
    expect(trainingFraction(state)).toBe(0.25);
  });

  it('collects epochs, each once, with the best so far', () => {
    const state = fold(
      { kind: 'epoch', log: log(0), bestEpoch: 0 },
      { kind: 'epoch', log: log(1, 0.8), bestEpoch: 1 },
      { kind: 'epoch', log: log(1, 0.7), bestEpoch: 1 },
    );
    expect(state.epochs.map(({ epoch, trainLoss }) => [epoch, trainLoss])).toEqual([
      [0, 1],
      [1, 0.7],
    ]);
    expect(state.bestEpoch).toBe(1);
  });

  it('pauses and goes on', () => {
    expect(fold({ kind: 'paused' }).status).toBe('paused');
    expect(fold({ kind: 'paused' }, { kind: 'resumed' }).status).toBe('running');
  });
});

describe('trainingFraction', () => {
  it('does not know before the first batch, and is whole while saving', () => {
    expect(trainingFraction(started)).toBeNull();
    expect(trainingFraction(fold({ kind: 'stage', stage: 'saving' }))).toBe(1);
  });
});

describe('withRun', () => {
  it('appends a new run and replaces one that is there', () => {
    const first = { id: 'a', number: 1 } as RunSummary;
    const again = { id: 'a', number: 7 } as RunSummary;
    const second = { id: 'b', number: 2 } as RunSummary;
    expect(withRun([first], second)).toEqual([first, second]);
    expect(withRun([first, second], again)).toEqual([again, second]);
  });
});
