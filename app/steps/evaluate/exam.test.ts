import { describe, expect, it } from 'vitest';
import {
  DEFAULT_TRAIN_SETTINGS,
  type EvaluationReport,
  type ProjectSnapshot,
  type RunSummary,
  type SamplePrediction,
} from '../../../src/index.ts';
import { examSize, hasOtherSettings, predictionsOf, topAnswers } from './exam.ts';

const prediction = (id: string, truth: number, probabilities: readonly number[]): SamplePrediction => ({
  id,
  truth,
  predicted: probabilities.indexOf(Math.max(...probabilities)),
  probabilities,
});

const predictions = [
  prediction('right', 0, [0.9, 0.1, 0]),
  prediction('unsure', 0, [0.4, 0.5, 0.1]),
  prediction('sure', 0, [0.05, 0.95, 0]),
  prediction('other', 2, [0.6, 0.1, 0.3]),
];
const report = { predictions } as unknown as EvaluationReport;
const ids = (cell: Parameters<typeof predictionsOf>[1]) => predictionsOf(report, cell).map(({ id }) => id);

describe('predictionsOf', () => {
  it('lists all mistakes, the most confident first', () => {
    expect(ids(null)).toEqual(['sure', 'other', 'unsure']);
  });

  it('lists one cell, right ones too', () => {
    expect(ids({ truth: 0, predicted: 1 })).toEqual(['sure', 'unsure']);
    expect(ids({ truth: 0, predicted: 0 })).toEqual(['right']);
    expect(ids({ truth: 1, predicted: 1 })).toEqual([]);
  });
});

describe('topAnswers', () => {
  it('ranks the answers', () => {
    expect(topAnswers(prediction('x', 0, [0.2, 0.5, 0.3]), 2).map(({ at }) => at)).toEqual([1, 0]);
  });

  it('keeps the true class even if it is far down', () => {
    const answers = topAnswers(prediction('x', 3, [0.5, 0.3, 0.15, 0.05]), 3);
    expect(answers).toEqual([
      { at: 0, probability: 0.5 },
      { at: 1, probability: 0.3 },
      { at: 3, probability: 0.05 },
    ]);
  });
});

it('calls a handful of pictures a glimpse', () => {
  expect([0, 1, 9, 10, 39, 40].map(examSize)).toEqual([
    'none',
    'glimpse',
    'glimpse',
    'small',
    'small',
    'fair',
  ]);
});

it('knows a run of other settings, whatever the order in which they were kept', () => {
  const { seed, ...rest } = DEFAULT_TRAIN_SETTINGS;
  const project = (train: object, modelId = 'm') => ({ settings: { modelId, train } }) as ProjectSnapshot;
  const run = { modelId: 'm', settings: DEFAULT_TRAIN_SETTINGS } as RunSummary;
  expect(hasOtherSettings(run, project({ seed, ...rest }))).toBe(false);
  expect(hasOtherSettings(run, project({ ...rest, seed: seed + 1 }))).toBe(true);
  expect(hasOtherSettings(run, project({ ...rest, seed, begin: 'random' }))).toBe(true);
  expect(hasOtherSettings(run, project({ ...rest, seed }, 'other'))).toBe(true);
});
