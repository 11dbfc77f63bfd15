import { expect, test } from 'vitest';
import { heardSpan } from './heard-span.ts';
import { RATE, samplesFor, STEP } from './mel.ts';

const whole = { frames: 148, from: 0, to: 148 };

test('a sound as long as what is heard is covered from end to end', () => {
  const { left, right, fromSeconds, toSeconds } = heardSpan(new Float32Array(samplesFor(148)), whole);
  expect([left, right]).toEqual([0, 1]);
  expect(fromSeconds).toBeCloseTo((samplesFor(1) - STEP) / 2 / RATE, 5);
  expect(toSeconds - fromSeconds).toBeCloseTo(1.48, 5);
});

test('of a longer sound the loudest stretch, of a shorter one the silence around it too', () => {
  const long = new Float32Array(4 * RATE);
  long.fill(0.5, 2 * RATE, 3 * RATE);
  const heard = heardSpan(long, whole);
  expect(heard.fromSeconds).toBeLessThan(2);
  // As early as it can be.
  expect(heard.toSeconds).toBeCloseTo(3, 1);
  expect(heard.left).toBeCloseTo(heard.fromSeconds / 4, 1);
  // Half a second is drawn with silence around it, but less of it than is heard.
  const short = heardSpan(new Float32Array(RATE / 2).fill(0.5), whole);
  expect(short.fromSeconds).toBeLessThan(0);
  expect(short.toSeconds).toBeGreaterThan(0.5);
  expect(short.left).toBeLessThan(0);
  expect((short.left + short.right) / 2).toBeCloseTo(0.5, 1);
});
