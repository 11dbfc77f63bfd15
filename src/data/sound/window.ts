import type { PixelVariant } from '../../core/pixel-source.ts';
import { createRng } from '../../core/rng.ts';

/** Step at which the loudest stretch is looked for, samples. */
const SEARCH_STEP = 160;

/**
 * So many samples of a sound: a shorter one in the middle of silence, of a longer one the loudest stretch. A variant is
 * moved in time by at most `crop` of the length and made louder or quieter by a factor of at most `1 + colour`.
 */
export function fitted(
  samples: Float32Array,
  length: number,
  variant?: PixelVariant,
): Float32Array<ArrayBuffer> {
  const start =
    samples.length <= length ? -Math.floor((length - samples.length) / 2) : loudest(samples, length);
  const { shift, gain } = variant === undefined ? { shift: 0, gain: 1 } : drawn(variant, length);
  const from = start + shift;
  return Float32Array.from({ length }, (_, i) => gain * (samples[from + i] ?? 0));
}

function drawn({ augmentation, seed }: PixelVariant, length: number): { shift: number; gain: number } {
  const rng = createRng(seed);
  const spread = () => rng.next() * 2 - 1;
  return {
    shift: Math.round(spread() * augmentation.crop * length),
    gain: (1 + augmentation.colour) ** spread(),
  };
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
