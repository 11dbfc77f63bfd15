import { describe, expect, it } from 'vitest';
import type { Prediction } from '../../src/index.ts';
import { NOTHING_HEARD, spot, type Spotting } from './spotter.ts';

const answer = (left: number, right: number, noise: number): Prediction => ({
  classIds: ['left', 'right', 'noise'],
  probabilities: [left, right, noise],
  speaker: { kind: 'instant' },
  elapsedMs: 5,
});
const OPTIONS = { threshold: 0.7, quiet: new Set(['noise']) };

/** Answers 200 ms apart. */
function after(answers: readonly (Prediction | null)[], from: Spotting = NOTHING_HEARD): Spotting {
  return answers.reduce<Spotting>((state, one, i) => spot(state, one, i * 200, OPTIONS), from);
}

describe('spot', () => {
  it('averages the answers of the last 600 ms', () => {
    const state = after([answer(1, 0, 0), answer(0.4, 0.6, 0), answer(0.2, 0.8, 0), answer(0, 1, 0)]);
    expect(state.smoothed?.probabilities[0]).toBeCloseTo((0.4 + 0.2 + 0) / 3);
    expect(state.smoothed?.probabilities[1]).toBeCloseTo((0.6 + 0.8 + 1) / 3);
  });

  it('tells a word once while it sounds, and again after a pause', () => {
    const word = [answer(0.95, 0.03, 0.02), answer(0.9, 0.05, 0.05), answer(0.9, 0.05, 0.05)];
    const pause = [answer(0, 0, 1), answer(0, 0, 1), answer(0, 0, 1)];
    expect(after(word).heard.map(({ classId }) => classId)).toEqual(['left']);
    expect(after([...word, ...pause, ...word]).heard.map(({ classId }) => classId)).toEqual(['left', 'left']);
    expect(after([...word, null, ...word]).heard).toHaveLength(2);
  });

  it('tells nothing below the threshold, of one answer alone, and of noise', () => {
    expect(after([answer(0.6, 0.4, 0), answer(0.6, 0.4, 0)]).heard).toEqual([]);
    expect(after([answer(1, 0, 0)]).heard).toEqual([]);
    expect(after([answer(0, 0, 1), answer(0, 0, 1)]).heard).toEqual([]);
  });

  it('tells two words that follow each other', () => {
    const left = Array.from({ length: 4 }, () => answer(0.95, 0.05, 0));
    const right = Array.from({ length: 4 }, () => answer(0.05, 0.95, 0));
    expect(after([...left, ...right]).heard.map(({ classId }) => classId)).toEqual(['right', 'left']);
  });

  it('says nothing where the model doubts', () => {
    const doubted = { ...answer(0.95, 0.05, 0), doubt: 'none-of-these' as const };
    expect(after([doubted, doubted, doubted]).heard).toEqual([]);
  });

  it('tells a word that one window holds whole, though its halves are doubted', () => {
    const half = { ...answer(0.9, 0.1, 0), doubt: 'none-of-these' as const };
    expect(after([half, answer(0.95, 0.05, 0), half]).heard.map(({ classId }) => classId)).toEqual(['left']);
  });

  it('begins anew when another model answers', () => {
    const other: Prediction = { ...answer(0, 1, 0), speaker: { kind: 'run', runId: 'r', bestEpoch: 1 } };
    const state = after([answer(1, 0, 0), answer(1, 0, 0), other]);
    expect(state.smoothed?.probabilities).toEqual([0, 1, 0]);
  });
});
