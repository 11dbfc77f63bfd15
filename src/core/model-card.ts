import type { TaskId } from './tasks.ts';

/** What the catalogue says about a pre-trained model before anything of it is loaded. */
export interface ModelCard {
  readonly id: string;
  readonly task: TaskId;
  readonly name: string;
  /** SPDX identifier; empty where it is not known. */
  readonly licence: string;
  readonly source: string;
  readonly sizeBytes: number;
  /** Multiply-adds of one forward pass, millions. */
  readonly megaMacs: number;
  /** Input side, px; pictures are square and RGB. Of sounds: frames of 10 ms. */
  readonly inputSize: number;
  readonly featureSize: number;
  /** `own`: brought by the person, kept on this device. */
  readonly availability: 'bundled' | 'web' | 'own';
  /** Web models: already in the cache, so usable without the network. */
  readonly cached: boolean;
  /** Head only: the trunk cannot be opened yet. */
  readonly headOnly: boolean;
}

/** One block of the trunk, from the roots (index 0) to the crown. */
export interface BlockInfo {
  readonly index: number;
  /** The name in the model's own tensors, e.g. `features.4`. */
  readonly name: string;
  /** Kind, for the caption: stem, inverted residual, convolution. */
  readonly kind: 'stem' | 'inverted-residual' | 'conv';
  readonly parameters: number;
  /** Shape of one sample's activation after this block, e.g. [7, 7, 96]. */
  readonly outputShape: readonly number[];
}

/** A loaded model: what the freeze control needs. */
export interface ModelInfo {
  readonly card: ModelCard;
  readonly blocks: readonly BlockInfo[];
}

/** Bytes so far; `totalBytes` is absent when the server does not say. */
export interface DownloadProgress {
  readonly loadedBytes: number;
  readonly totalBytes?: number;
}
