import type { SampleId } from './dataset.ts';

/** How features are brought onto a plane: along their two widest directions, or so that neighbours stay neighbours. */
export type MapMethod = 'pca' | 'umap';

/** Every sample as a point, by the features that a network gives it. */
export interface FeatureMap {
  readonly runId: string;
  readonly method: MapMethod;
  /** Of the data set that was mapped. */
  readonly revision: number;
  readonly ids: readonly SampleId[];
  /** Of the pre-trained network. Shape: `[ids.length, 2]`, within 0..1. */
  readonly before: Float32Array<ArrayBuffer>;
  /** Of the run's network, turned so that points move as little as they can; `null` where only the head learned. */
  readonly after: Float32Array<ArrayBuffer> | null;
  /** Samples of the data set, of which these are all or some. */
  readonly of: number;
  readonly elapsedMs: number;
}
