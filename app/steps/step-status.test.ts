import { describe, expect, it } from 'vitest';
import { DEFAULT_SPLIT, DEFAULT_TRAIN_SETTINGS, type ProjectSnapshot } from '../../src/index.ts';
import { INITIAL_STATE, type AppState } from '../store/state.ts';
import { stepStatus } from './step-status.ts';
import { STEPS } from './steps.ts';

function withPictures(counts: readonly number[]): AppState {
  const classes = counts.map((_, index) => ({ id: `c${index}`, name: `class ${index}` }));
  const samples = counts.flatMap((count, index) =>
    Array.from({ length: count }, (_, number) => ({ id: `${index}-${number}`, classId: `c${index}` })),
  );
  const project = {
    settings: { train: DEFAULT_TRAIN_SETTINGS, split: DEFAULT_SPLIT },
    dataset: { revision: 1, classes, samples: new Map(samples.map((one) => [one.id, one])) },
    runs: [],
    reports: {},
  } as unknown as ProjectSnapshot;
  const model = { card: { name: 'Small' }, blocks: [] } as unknown as AppState['model'];
  return { ...INITIAL_STATE, project, model };
}

const waits = (state: AppState) => Object.fromEntries(STEPS.map(({ id, waitsFor }) => [id, waitsFor(state)]));

describe('what each step waits for', () => {
  it('a model, then two classes, then three pictures in two of them', () => {
    expect(waits({ ...withPictures([5, 5]), model: null })['fine-tune']).toBe('common:waits.model');
    expect(waits(withPictures([5]))['fine-tune']).toBe('common:waits.classes');
    expect(waits(withPictures([5, 2, 0]))['fine-tune']).toBe('common:waits.samples');
    expect(waits(withPictures([3, 3]))).toEqual({
      choose: null,
      prepare: null,
      'fine-tune': null,
      evaluate: 'common:waits.run',
      use: null,
    });
  });
});

describe('stepStatus', () => {
  it('tells what is there', () => {
    const state = withPictures([4, 3]);
    expect(stepStatus('choose', state)).toMatchObject({ state: 'done', values: { model: 'Small' } });
    expect(stepStatus('prepare', state)).toMatchObject({ state: 'done', classes: 2, pictures: 7 });
    expect(stepStatus('fine-tune', state).line).toBe('common:rail.fineTuneReady');
    expect(stepStatus('evaluate', state)).toEqual({ state: 'waits', line: 'common:waits.run' });
  });

  it('shows the accuracy of the latest run that was examined', () => {
    const state = withPictures([4, 3]);
    const project = {
      ...state.project,
      runs: [
        { id: 'a', status: 'done' },
        { id: 'b', status: 'stopped' },
      ],
      reports: { a: { accuracy: 0.75 } },
    } as unknown as ProjectSnapshot;
    expect(stepStatus('evaluate', { ...state, project })).toMatchObject({ state: 'done', accuracy: 0.75 });
  });

  it('waits for the project while it opens', () => {
    expect(stepStatus('prepare', INITIAL_STATE)).toEqual({ state: 'waits', line: 'common:rail.opening' });
  });
});
