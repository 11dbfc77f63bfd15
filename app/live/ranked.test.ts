import { describe, expect, it } from 'vitest';
import type { Prediction } from '../../src/index.ts';
import { rankedAnswers } from './ranked.ts';

const prediction: Prediction = {
  classIds: ['a', 'b', 'c'],
  probabilities: [0.2, 0.1, 0.7],
  speaker: { kind: 'instant' },
  elapsedMs: 9,
};
const classes = [
  { id: 'b', name: 'pear' },
  { id: 'a', name: 'apple' },
];

describe('rankedAnswers', () => {
  it('keeps the order of the model while all fit, with today’s names and places', () => {
    expect(rankedAnswers(prediction, classes, [{ id: 'c', name: 'plum' }], 3)).toEqual([
      { classId: 'a', name: 'apple', index: 1, probability: 0.2 },
      { classId: 'b', name: 'pear', index: 0, probability: 0.1 },
      { classId: 'c', name: 'plum', index: 2, probability: 0.7 },
    ]);
  });

  it('shows the most probable first when there are too many', () => {
    expect(rankedAnswers(prediction, classes, [], 2).map(({ classId }) => classId)).toEqual(['c', 'a']);
  });
});
