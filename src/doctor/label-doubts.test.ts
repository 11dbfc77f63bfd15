import { expect, test } from 'vitest';
// 40 samples of three classes, six labels turned; `issues` is what cleanlab 2.9.0 says:
// find_label_issues(labels, probabilities, filter_by='confident_learning', return_indices_ranked_by='normalized_margin').
import expected from './confident-learning.json';
import { confidentDoubts, labelDoubts, rankedDoubts, type OutOfFold } from './label-doubts.ts';

const given: OutOfFold = {
  ids: expected.labels.map((_, i) => `s${i}`),
  classIds: ['a', 'b', 'c'],
  labels: expected.labels,
  probabilities: expected.probabilities.flat(),
};

test('the doubts and their order are those of cleanlab', () => {
  expect(confidentDoubts(given).map(({ id }) => id)).toEqual(expected.issues.map((i) => `s${i}`));
});

test('every sample has a rank; the suggested class is the best of the others', () => {
  const ranked = rankedDoubts(given);
  expect(ranked.length).toBe(40);
  expect(new Set(ranked.slice(0, 8).map(({ id }) => id))).toEqual(
    new Set([...expected.flipped.map((i) => `s${i}`), ...ranked.slice(6, 8).map(({ id }) => id)]),
  );
  for (const { id, suggested } of ranked) {
    const label = expected.labels[Number(id.slice(1))];
    expect(suggested).not.toBe(given.classIds[label ?? 0]);
  }
});

test('in an easy set a plain contradiction is doubted though it is less sure than is usual', () => {
  const easy = {
    ids: ['p', 'q', 'r', 's', 'wrong'],
    classIds: ['a', 'b'],
    labels: [0, 0, 1, 1, 1],
    probabilities: [0.99, 0.01, 0.98, 0.02, 0.01, 0.99, 0.02, 0.98, 0.9, 0.1],
  };
  expect(confidentDoubts(easy)).toEqual([]);
  expect(labelDoubts(easy).map(({ id, suggested }) => [id, suggested])).toEqual([['wrong', 'a']]);
});

test('labels that all agree leave no doubt', () => {
  const sure = { ids: ['x', 'y'], classIds: ['a', 'b'], labels: [0, 1], probabilities: [0.9, 0.1, 0.2, 0.8] };
  expect(confidentDoubts(sure)).toEqual([]);
});
