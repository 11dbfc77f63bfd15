/**
 * @file Seeded random numbers. Everything random in the engine takes an {@link Rng}, so that one seed gives one
 * split, one initial head and one order of samples.
 */

/** A stream of random numbers whose whole state is one unsigned 32-bit integer, so that a checkpoint can hold it. */
export interface Rng {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, limit). */
  below(limit: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** The state from which {@link createRng} continues this very stream. */
  state(): number;
}

/**
 * A small counter-based generator (mulberry32): period 2^32, enough for shuffles and augmentation, not for secrets.
 * Source: Tommy Ettinger, mulberry32, public domain.
 */
export function createRng(seed: number): Rng {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    state: () => state,
  };
}

/** A seed for a named sub-stream, so that streams drawn from one seed do not run in step (FNV-1a over both). */
export function deriveSeed(seed: number, name: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

/** A shuffled copy (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], rng: Rng): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}
