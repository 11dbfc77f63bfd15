import { describe, expect, it } from 'vitest';
import { evaluateModel } from './evaluator.ts';

const signal = new AbortController().signal;
const base = { runId: 'r', side: 'test', splitHash: 'h', classIds: ['a', 'b'], signal } as const;
const samples = Array.from({ length: 11 }, (_, i) => ({ id: `s${i}`, truth: i % 2 }));

describe('evaluateModel', () => {
  it('asks for exactly the recorded ids, in order, and scores each once', async () => {
    const asked: string[] = [];
    const report = await evaluateModel({
      ...base,
      samples,
      predict(ids) {
        asked.push(...ids);
        return Promise.resolve(
          Float32Array.from(ids.flatMap((id) => (id === 's3' ? [0.9, 0.1] : truthOf(id)))),
        );
      },
    });
    expect(asked).toEqual(samples.map(({ id }) => id));
    expect(report).toMatchObject({
      total: 11,
      correct: 10,
      confusion: [
        [6, 0],
        [1, 4],
      ],
    });
    expect(report.accuracy).toBeCloseTo(10 / 11, 12);
    expect(report.predictions[3]).toMatchObject({ id: 's3', truth: 1, predicted: 0 });
  });

  it('names the picture whose probabilities are not numbers instead of averaging them', async () => {
    const predict = (ids: readonly string[]) =>
      Promise.resolve(Float32Array.from(ids.flatMap((id) => (id === 's9' ? [NaN, NaN] : [1, 0]))));
    const report = evaluateModel({ ...base, samples, predict });
    await expect(report).rejects.toMatchObject({ code: 'loss-not-finite', detail: { sampleId: 's9' } });
  });

  it('says so when no picture is kept aside', async () => {
    const report = evaluateModel({
      ...base,
      samples: [],
      predict: () => Promise.resolve(new Float32Array()),
    });
    await expect(report).rejects.toMatchObject({ code: 'no-test-samples' });
  });
});

const truthOf = (id: string): number[] => (Number(id.slice(1)) % 2 === 0 ? [0.8, 0.2] : [0.3, 0.7]);
