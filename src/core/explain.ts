/** @file Why a model answered as it did: what it looked at, and what it learned from that is like it. */
import type { ClassId, SampleId } from './dataset.ts';

/** How a heat map is found: from the gradient at a cut, or by covering one part of the picture after the other. */
export type HeatMethod = 'grad-cam' | 'occlusion';

/** A cut of the network that still has a grid of places. */
export interface HeatCut {
  readonly cut: number;
  /** Of the block that ends there. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
}

/** What spoke for a class, by place, on the square that the model sees: the middle of the picture. */
export interface HeatMap {
  readonly runId: string;
  readonly id: SampleId;
  readonly classId: ClassId;
  readonly method: HeatMethod;
  readonly rows: number;
  readonly columns: number;
  /** Shape: `[rows, columns]`, row-major. 0..1, relative to the largest; all 0 where nothing spoke for the class. */
  readonly values: Float32Array<ArrayBuffer>;
  /** Of the class, for the picture as it is. */
  readonly probability: number;
  /** Occlusion: of the class, with the most important part covered. */
  readonly coveredProbability?: number;
  /** Grad-CAM: the cut it was taken at; `null` for occlusion. */
  readonly cut: number | null;
  /** Cuts that Grad-CAM can be taken at, the finest first; none for a network that gradients do not pass. */
  readonly cuts: readonly HeatCut[];
  readonly elapsedMs: number;
}

/** A picture that a run learned from, near another one as the run's network sees them. */
export interface Neighbour {
  readonly id: SampleId;
  /** Cosine of the angle between features around their mean, -1..1; 1: the same. */
  readonly similarity: number;
}
