import { expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { tuneSamples, TUNES } from '../../testing/files/sounds.ts';
import { cutEvenly, cutSounds } from './cut.ts';

const RATE = 16_000;

/** Words at known places on a floor of noise. */
function recording(places: readonly number[], noise: number, seconds = 12): Float32Array {
  const rng = createRng(5);
  const samples = Float32Array.from({ length: seconds * RATE }, () => noise * (rng.next() - 0.5));
  places.forEach((place, i) => {
    const tune = tuneSamples(TUNES[i % TUNES.length] ?? 'hiss', i);
    tune.forEach((value, k) => {
      const at = Math.round(place * RATE) + k;
      if (at < samples.length) samples[at] = (samples[at] ?? 0) + value;
    });
  });
  return samples;
}

test.each([0, 0.002, 0.02])('each of seven words becomes one sample, noise %f', (noise) => {
  const places = [0.3, 1.9, 3.4, 5.1, 6.6, 8.2, 10];
  const cuts = cutSounds(recording(places, noise), RATE);
  expect(cuts).toHaveLength(places.length);
  cuts.forEach(({ from, to }, i) => {
    // A tune lasts 0.6 to 0.8 s and begins 0.2 to 0.3 s after its place.
    const start = from / RATE - (places[i] ?? 0);
    expect(start).toBeGreaterThan(-0.05);
    expect(start).toBeLessThan(0.35);
    const seconds = (to - from) / RATE;
    expect(seconds).toBeGreaterThan(0.6);
    expect(seconds).toBeLessThan(1.2);
    expect(from).toBeGreaterThanOrEqual(cuts[i - 1]?.to ?? 0);
  });
});

test('a short pause does not cut a word in two, and a click is no word', () => {
  const samples = recording([1], 0.001, 4);
  // 0.15 s of silence in the middle of the tune, and 10 ms of noise long after it.
  samples.fill(0, Math.round(1.5 * RATE), Math.round(1.65 * RATE));
  for (let i = 0; i < 160; i++) samples[3 * RATE + i] = i % 2 === 0 ? 0.5 : -0.5;
  expect(cutSounds(samples, RATE)).toHaveLength(1);
});

test('silence gives nothing; a short sound without quiet around it is taken whole; a long drone is not', () => {
  expect(cutSounds(new Float32Array(5 * RATE), RATE)).toEqual([]);
  const drone = (seconds: number) =>
    Float32Array.from({ length: seconds * RATE }, (_, i) => Math.sin(i / 5) / 4);
  expect(cutSounds(drone(2), RATE)).toEqual([{ from: 0, to: 2 * RATE }]);
  expect(cutSounds(drone(8), RATE)).toEqual([]);
  expect(cutSounds(new Float32Array(3), RATE)).toEqual([]);
});

test('even cuts cover a recording and leave out a short rest', () => {
  expect(cutEvenly(new Float32Array(10), 4)).toEqual([
    { from: 0, to: 4 },
    { from: 4, to: 8 },
    { from: 8, to: 10 },
  ]);
  expect(cutEvenly(new Float32Array(9), 4)).toHaveLength(2);
});
