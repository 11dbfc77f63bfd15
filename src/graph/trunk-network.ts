/**
 * @file What the trainer needs of a pre-trained network: it can be cut after any block, run frozen below the cut and
 * trained above it. A *cut* `c` counts the blocks below it: cut 0 is the input (of pictures 0..255, `[B, S, S, 3]`), cut
 * `blocks.length` is the pooled feature vector `[B, F]`, so *head only* cuts there and *everything* cuts at 0.
 */
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { BlockInfo } from '../core/model-card.ts';
import type { Tuning } from '../core/train-settings.ts';
import type { TrunkInput } from '../core/trunk-input.ts';
import type { Graph } from './model/ir.ts';

/** How the part above a cut learns. */
export interface OpenOptions {
  readonly tuning: Tuning;
  /** Of the first values of adapters. */
  readonly seed: number;
}

export interface TrunkNetwork {
  /** The network as data, from pixels to features; absent where a runtime of its own keeps it. */
  readonly definition?: Graph;
  readonly blocks: readonly BlockInfo[];
  /** What it takes for one sample. */
  readonly input: TrunkInput;
  /** Input side, px, of a trunk for pictures. */
  readonly inputSize: number;
  readonly featureSize: number;
  /** False for models whose weights cannot be opened (yet): only cut `blocks.length` is valid for {@link open}. */
  readonly trainable: boolean;
  /** Of a network for texts: where it looks the pieces up in a table of vectors; absent where none is found. */
  readonly lookup?: PieceLookup;
  /** Shape of one sample's activation at a cut, without the batch dimension. */
  cutShape(cut: number): readonly number[];
  /**
   * Frozen inference from one cut to a later one, BatchNorm folded. Where the network is {@link trainable}, it is
   * differentiable by its input.
   * Owns: the caller keeps `input` and disposes the result.
   */
  run(input: Tensor, from: number, to: number): Tensor;
  /**
   * Copies what learns above a cut into variables: by default every weight. The network itself stays as it was
   * pre-trained.
   */
  open(cut: number, options?: OpenOptions): OpenTrunk;
  /** Numbers that learn above a cut. */
  openSize(cut: number, tuning: Tuning): number;
  /**
   * A second network that differs by the given weights (as from {@link OpenTrunk.weights}): a fine-tuned model for
   * evaluation and live use. Shares what is equal.
   */
  withWeights(weights: WeightMap): TrunkNetwork;
  dispose(): void;
}

/** The vectors of a text's pieces. Owns: the caller keeps what it gives and disposes the results. */
export interface PieceLookup {
  /** One row for each piece, in order; there may be more rows behind, which stand for no piece. */
  vectors(input: Tensor): Tensor;
  /** From the vectors of an input, or others in their place, to the pooled features. Differentiable by the vectors. */
  run(vectors: Tensor, input: Tensor): Tensor;
}

/** Parameter name -> values, float32, in the layout of the graph's parameter. */
export type WeightMap = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly data: Float32Array<ArrayBuffer> }
>;

export interface OpenParameter {
  readonly name: string;
  readonly variable: Variable;
  /** Biases and BatchNorm parameters are not decayed. */
  readonly decay: boolean;
}

export interface OpenTrunk {
  readonly cut: number;
  readonly parameters: readonly OpenParameter[];
  /**
   * Differentiable forward from the cut to the pooled features `[B, F]`. Call it inside `tf.variableGrads`.
   * `batchNorm: 'batch'` normalises by batch statistics and updates the running ones (momentum 0.9).
   */
  forward(activation: Tensor, mode: { readonly batchNorm: 'frozen' | 'batch' }): Tensor;
  /** All values that may have changed (running statistics too, where they follow the batches), copied out. */
  weights(): Promise<WeightMap>;
  restore(weights: WeightMap): void;
  /** Disposes the variables. */
  dispose(): void;
}
