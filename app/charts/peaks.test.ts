import { expect, it } from 'vitest';
import { peaksOf } from './peaks.ts';

it('keeps the loudest of each stretch, whichever way it swings, and no more than the whole', () => {
  expect(peaksOf(Float32Array.of(0, 0.25, -0.5, 0.125, 3, 0), 3)).toEqual([0.25, 0.5, 1]);
});

it('repeats samples where there are fewer than stretches, and is silent where there are none', () => {
  expect(peaksOf(Float32Array.of(0.5), 3)).toEqual([0.5, 0.5, 0.5]);
  expect(peaksOf(new Float32Array(0), 2)).toEqual([0, 0]);
});
