import type { PixelVariant } from '../../core/pixel-source.ts';
import { createRng } from '../../core/rng.ts';

/** Step at which the loudest stretch is looked for, samples. */
const SEARCH_STEP = 160;

/**
 * So many samples of a sound: a shorter one in the middle of silence, of a longer one the loudest stretch. A variant is
 * moved in time by at most `crop` of the length, made louder or quieter by a factor of at most `1 + colour`, and mixed with
 * white noise of at most `noise` of its own root mean square.
 */
export function fitted(
  samples: Float32Array,
  length: number,
  variant?: PixelVariant,
): Float32Array<ArrayBuffer> {
  const start = startOf(samples, length);
  const whole = (shift: number, gain: number) =>
    Float32Array.from({ length }, (_, i) => gain * (samples[start + shift + i] ?? 0));
  return variant === undefined ? whole(0, 1) : varied(whole, length, variant);
}

/** Where {@link fitted} begins: before the first sample of a sound that is shorter. */
export function startOf(samples: Float32Array, length: number): number {
  return samples.length <= length ? -Math.floor((length - samples.length) / 2) : loudest(samples, length);
}

function varied(
  whole: (shift: number, gain: number) => Float32Array<ArrayBuffer>,
  length: number,
  { augmentation: { crop, colour, noise = 0 }, seed }: PixelVariant,
): Float32Array<ArrayBuffer> {
  const rng = createRng(seed);
  const spread = () => rng.next() * 2 - 1;
  const result = whole(Math.round(spread() * crop * length), (1 + colour) ** spread());
  if (noise === 0) return result;
  const loudness = Math.sqrt(result.reduce((sum, value) => sum + value * value, 0) / length);
  // Evenly spread over -1..1 has a root mean square of the square root of a third.
  const amplitude = rng.next() * noise * loudness * Math.sqrt(3);
  return result.map((value) => value + amplitude * spread());
}

function loudest(samples: Float32Array, length: number): number {
  const sums = new Float64Array(samples.length + 1);
  samples.forEach((value, i) => (sums[i + 1] = (sums[i] ?? 0) + value * value));
  let best = 0;
  let energy = -1;
  for (let start = 0; start + length <= samples.length; start += SEARCH_STEP) {
    const here = (sums[start + length] ?? 0) - (sums[start] ?? 0);
    if (here > energy) [best, energy] = [start, here];
  }
  return best;
}
