import { expect, test } from 'vitest';
import { wantedThreads } from './wasm.ts';

test.each([
  [1, true, 1],
  [2, true, 2],
  [4, true, 3],
  [8, true, 7],
  [32, true, 8],
  [8, false, 1],
])('%i cores, isolated %s: %i threads', (cores, isolated, threads) => {
  expect(wantedThreads(cores, isolated)).toBe(threads);
});
