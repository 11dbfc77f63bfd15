import { expect, test } from 'vitest';
import type { EvaluationReport } from '../../../src/index.ts';
import { matrixChanges } from './matrix-change.ts';

/** An exam with these answers: pairs of truth and answer, by sample. */
function exam(classIds: string[], answers: [number, number][]): EvaluationReport {
  const confusion = classIds.map((_, truth) =>
    classIds.map((__, predicted) => answers.filter(([a, b]) => a === truth && b === predicted).length),
  );
  const predictions = answers.map(([truth, predicted], at) => ({
    id: `s${at}`,
    truth,
    predicted,
    probabilities: [],
  }));
  const total = answers.length;
  const correct = answers.filter(([a, b]) => a === b).length;
  return {
    runId: 'r',
    side: 'test',
    splitHash: '',
    classIds,
    total,
    correct,
    accuracy: correct / total,
    accuracyInterval: { low: 0, high: 1 },
    confusion,
    perClass: [],
    macroF1: 0,
    predictions,
    evaluatedAtMs: 0,
  };
}

test('cells that differ, the largest change first, whatever the order of the classes', () => {
  const before = exam(
    ['a', 'b'],
    [
      [0, 0],
      [0, 1],
      [0, 1],
      [1, 1],
      [1, 1],
    ],
  );
  const after = exam(
    ['b', 'a'],
    [
      [1, 1],
      [1, 1],
      [1, 1],
      [0, 0],
      [0, 1],
    ],
  );
  expect(matrixChanges(before, after)).toEqual([
    { truth: 1, predicted: 0, before: 2, after: 0, better: true },
    { truth: 1, predicted: 1, before: 1, after: 3, better: true },
    { truth: 0, predicted: 0, before: 2, after: 1, better: false },
    { truth: 0, predicted: 1, before: 0, after: 1, better: false },
  ]);
  expect(matrixChanges(before, before)).toEqual([]);
});

test('exams on other samples or other labels are not compared', () => {
  const before = exam(
    ['a', 'b'],
    [
      [0, 0],
      [1, 1],
    ],
  );
  expect(matrixChanges(before, exam(['a', 'b'], [[0, 0]]))).toBeNull();
  expect(
    matrixChanges(
      before,
      exam(
        ['a', 'b'],
        [
          [0, 0],
          [0, 1],
        ],
      ),
    ),
  ).toBeNull();
});
