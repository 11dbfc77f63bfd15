import type { SampleId } from './dataset.ts';

/** The three sides of a split, in plain words: learn from, check while learning, final exam. */
export type SplitSide = 'train' | 'validation' | 'test';

export interface SplitSettings {
  /** Fractions of the whole, each in [0, 0.5]; the rest is for training. */
  readonly validation: number;
  readonly test: number;
  readonly seed: number;
}

/** A split, recorded once by id. Nothing recomputes it from a ratio. */
export interface SplitRecord {
  readonly settings: SplitSettings;
  readonly train: readonly SampleId[];
  readonly validation: readonly SampleId[];
  readonly test: readonly SampleId[];
  /** SHA-256 over the three sorted id lists and the label of each id. */
  readonly hash: string;
  /** How many samples were kept together with another of their group (bursts, duplicates, glyphs). */
  readonly groupedSamples: number;
  /** Of those, near duplicates that the doctor found. Absent in splits of earlier versions. */
  readonly nearDuplicates?: number;
}

export const DEFAULT_SPLIT: SplitSettings = { validation: 0.15, test: 0.15, seed: 7 };
