import { expect, test } from 'vitest';
import {
  FREE_OPENINGS,
  type Opening,
  openingsOf,
  opensBeyondFree,
  timesOpened,
  withOpening,
} from './openings.ts';

const report = (runId: string, splitHash = 'a', side: 'test' | 'validation' = 'test', evaluatedAtMs = 1) => ({
  runId,
  splitHash,
  side,
  evaluatedAtMs,
});
const opened = (count: number): readonly Opening[] =>
  Array.from({ length: count }, (_, at) => ({ runId: `r${at + 1}`, splitHash: 'a', atMs: at }));

test('each run opens a state of the split once, however often it is examined', () => {
  let openings: readonly Opening[] = [];
  for (const one of [report('r1'), report('r2'), report('r1', 'a', 'test', 9)])
    openings = withOpening(openings, one);
  expect(openings).toEqual([
    { runId: 'r1', splitHash: 'a', atMs: 1 },
    { runId: 'r2', splitHash: 'a', atMs: 1 },
  ]);
  expect(timesOpened(openings, 'a')).toBe(2);
});

test('the validation side is no opening, and another split is another exam', () => {
  const openings = openingsOf([report('r1'), report('r2', 'a', 'validation'), report('r1', 'b')]);
  expect([timesOpened(openings, 'a'), timesOpened(openings, 'b'), timesOpened(openings, 'c')]).toEqual([
    1, 1, 0,
  ]);
});

test.each([
  [4, ['new'], false],
  [5, ['new'], true],
  [5, ['r3'], false],
  [9, ['r9'], false],
  [9, ['r9', 'new'], true],
  [3, [null, null], false],
  [3, [null, null, null], true],
  [4, ['r1', null], false],
  [9, [], false],
])('opened %i times, examining %j asks the person: %s', (count, runIds, asks) => {
  expect(opensBeyondFree(opened(count), 'a', runIds)).toBe(asks);
  // On another split nothing has been opened yet.
  expect(opensBeyondFree(opened(count), 'b', runIds)).toBe(false);
});

test('the first five are free', () => {
  expect(FREE_OPENINGS).toBe(5);
});
