/** @file Why a model answered as it did: what it looked at, and what it learned from that is like it. */
import type { ClassId, SampleId } from './dataset.ts';

/**
 * How it is found what spoke for a class: from the gradient at a cut, by covering (of a text: leaving out) one part after
 * the other, or from the gradient at what goes in times that itself.
 */
export type HeatMethod = 'grad-cam' | 'occlusion' | 'gradient-input';

/** A cut of the network that still has a grid of places. */
export interface HeatCut {
  readonly cut: number;
  /** Of the block that ends there. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
}

/** What all answers to the question why have. */
interface Reason {
  readonly runId: string;
  readonly classId: ClassId;
  readonly method: HeatMethod;
  /** Of the class, for the sample as it is. */
  readonly probability: number;
  /** Occlusion: of the class, without the most important part. */
  readonly coveredProbability?: number;
  readonly elapsedMs: number;
}

/** Which part of a sound a map covers. */
export interface HeatTime {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** The same on the spectrogram of the whole sound, in shares of its width; it may reach beyond. */
  readonly left: number;
  readonly right: number;
}

/**
 * What spoke for a class, by place, on the square that the model sees: the middle of the picture; of a sound on the
 * spectrogram, where columns follow in time and rows go from high to low.
 */
export interface HeatMap extends Reason {
  readonly kind: 'places';
  readonly rows: number;
  readonly columns: number;
  /** Shape: `[rows, columns]`, row-major. 0..1, relative to the largest; all 0 where nothing spoke for the class. */
  readonly values: Float32Array<ArrayBuffer>;
  /** Grad-CAM: the cut it was taken at; `null` for occlusion. */
  readonly cut: number | null;
  /** Cuts that Grad-CAM can be taken at, the finest first; none for a network that gradients do not pass. */
  readonly cuts: readonly HeatCut[];
  /** Of a sound. */
  readonly time?: HeatTime;
}

/** A word with what is written beside it, or what lies between words. */
export interface WeighedWord {
  readonly text: string;
  /** How much it speaks for the class, in logits; below 0: against it. `null`: white space, or not read any more. */
  readonly score: number | null;
}

/** What spoke for a class and what against it, word by word; all texts one after another are the text. */
export interface WordHeat extends Reason {
  readonly kind: 'words';
  readonly words: readonly WeighedWord[];
}

/** A picture that a run learned from, near another one as the run's network sees them. */
export interface Neighbour {
  readonly id: SampleId;
  /** Cosine of the angle between features around their mean, -1..1; 1: the same. */
  readonly similarity: number;
}
