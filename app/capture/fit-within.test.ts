import { expect, it } from 'vitest';
import { fitWithin } from './fit-within.ts';

it('scales the longest side down to the limit and keeps the proportion', () => {
  expect(fitWithin(1920, 1080, 512)).toEqual({ width: 512, height: 288 });
  expect(fitWithin(1080, 1920, 512)).toEqual({ width: 288, height: 512 });
});

it('never scales up and never makes a side vanish', () => {
  expect(fitWithin(320, 240, 512)).toEqual({ width: 320, height: 240 });
  expect(fitWithin(5000, 1, 512)).toEqual({ width: 512, height: 1 });
});
