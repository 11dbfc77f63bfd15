import { expect, test } from 'vitest';
import { NO_AUGMENTATION } from '../../core/train-settings.ts';
import { fitted } from './window.ts';

const variant = (part: Partial<typeof NO_AUGMENTATION>, seed = 1) => ({
  augmentation: { ...NO_AUGMENTATION, variants: 1, ...part },
  seed,
});
const rms = (samples: Float32Array) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
const tone = Float32Array.from({ length: 4_000 }, (_, i) => 0.4 * Math.sin(i / 3));

test('a short sound is in the middle of silence, of a long one the loudest stretch is taken', () => {
  expect([...fitted(Float32Array.of(1, 2), 4)]).toEqual([0, 1, 2, 0]);
  const long = new Float32Array(2_000);
  long.set(tone.subarray(0, 320), 1_000);
  expect(rms(fitted(long, 480))).toBeGreaterThan(0.22);
});

test('a variant without strength changes nothing, and the same seed gives the same one', () => {
  expect(fitted(tone, 4_000, variant({}))).toEqual(fitted(tone, 4_000));
  const strong = variant({ crop: 0.2, colour: 0.4, noise: 0.3 });
  expect(fitted(tone, 4_000, strong)).toEqual(fitted(tone, 4_000, strong));
  expect(fitted(tone, 4_000, strong)).not.toEqual(fitted(tone, 4_000, { ...strong, seed: 2 }));
});

test('it moves by at most the part that is asked for', () => {
  const click = new Float32Array(1_000);
  click[500] = 1;
  const places = Array.from({ length: 50 }, (_, seed) =>
    fitted(click, 1_000, variant({ crop: 0.1 }, seed)).indexOf(1),
  );
  expect(Math.min(...places)).toBeGreaterThanOrEqual(400);
  expect(Math.max(...places)).toBeLessThanOrEqual(600);
  expect(new Set(places).size).toBeGreaterThan(20);
});

test('noise is no louder than the part of the sound that is asked for, whatever its own loudness', () => {
  for (const gain of [1, 0.01]) {
    const sound = tone.map((value) => gain * value);
    const levels = Array.from({ length: 50 }, (_, seed) => {
      const noisy = fitted(sound, 4_000, variant({ noise: 0.5 }, seed));
      return rms(noisy.map((value, i) => value - (sound[i] ?? 0))) / rms(sound);
    });
    expect(Math.max(...levels)).toBeLessThan(0.52);
    expect(Math.max(...levels)).toBeGreaterThan(0.35);
    expect(Math.min(...levels)).toBeLessThan(0.1);
  }
  // Of silence there is no part.
  expect(rms(fitted(new Float32Array(100), 100, variant({ noise: 0.5 })))).toBe(0);
});
