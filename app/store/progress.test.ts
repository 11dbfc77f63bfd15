import { describe, expect, it } from 'vitest';
import { foldProgress, startTask } from './progress.ts';

describe('foldProgress', () => {
  const task = startTask('import', 'pictures', 1000);

  it('knows rate and time left once the work is old enough', () => {
    const folded = foldProgress(task, { done: 50, total: 200 }, 3000);
    expect(folded).toMatchObject({ done: 50, total: 200, rate: 25, remainingMs: 6000 });
  });

  it('claims no rate at the very start', () => {
    expect(foldProgress(task, { done: 5, total: 200 }, 1100)).toMatchObject({
      rate: null,
      remainingMs: null,
    });
  });

  it('keeps a total that was known and shows no time left without one', () => {
    const known = foldProgress(task, { done: 1, total: 10 }, 1100);
    expect(foldProgress(known, { done: 5 }, 2000)).toMatchObject({ total: 10, rate: 5, remainingMs: 1000 });
    expect(foldProgress(task, { done: 5 }, 2000)).toMatchObject({ total: null, remainingMs: null });
  });

  it('leaves nothing to do when more came than was announced', () => {
    expect(foldProgress(task, { done: 12, total: 10 }, 2000).remainingMs).toBe(0);
  });
});
