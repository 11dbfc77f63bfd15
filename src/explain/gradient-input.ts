/**
 * @file Gradient times input: how much each piece of a text adds to a class's logit. At the text alone it says little: a
 * normalised network does not change with the length of what goes in. So the gradient is the mean of those on the way from
 * nothing to the text. Source: Sundararajan, Taly and Yan, Axiomatic Attribution for Deep Networks, 2017, section 3.
 */
import * as tf from '@tensorflow/tfjs-core';
import { assertNotAborted } from '../core/errors.ts';
import { nextTask } from '../core/pacing.ts';
import type { PieceLookup, TrunkNetwork } from '../graph/trunk-network.ts';
import { type AskedClass, classSlope } from './class-slope.ts';

/** Places on the way at which the gradient is taken, in the middle of equal stretches. */
export const STEPS = 8;

export interface PieceTask extends AskedClass {
  readonly network: TrunkNetwork;
  /** One text as the network takes it: the pieces, then zeros. Shape: `[length]`. */
  readonly values: ArrayLike<number>;
  /** Pieces in it. */
  readonly count: number;
  readonly signal?: AbortSignal;
}

/** Scores with the features of the text, which come along. */
export interface PieceScores {
  /** The mean gradient of the logit at each piece's vector, times that vector. In logits. Shape: `[count]`. */
  readonly scores: Float32Array;
  /** Shape: `[1, featureSize]`. */
  readonly features: Float32Array;
}

/** Whether a network shows where it looks up the pieces of a text. */
export const canWeighPieces = ({ lookup, trainable }: TrunkNetwork): boolean =>
  lookup !== undefined && trainable;

/**
 * One pass forward and one back for each of {@link STEPS}, for the vectors of the pieces alone, and one forward. Messages
 * are answered between them.
 * @throws {RangeError} unless {@link canWeighPieces}.
 * @throws {EngineError} `cancelled`.
 */
export async function pieceScores(task: PieceTask): Promise<PieceScores> {
  const { network, values, count, signal } = task;
  const { lookup } = network;
  if (lookup === undefined) throw new RangeError('The network has no table that pieces are looked up in.');
  const input = tf.tensor(Float32Array.from(values), [1, values.length]);
  const owned: tf.Tensor[] = [input];
  const own = <T extends tf.Tensor>(tensor: T): T => {
    owned.push(tensor);
    return tensor;
  };
  try {
    const vectors = own(lookup.vectors(input));
    const scores = new Float32Array(count);
    for (let step = 0; step < STEPS; step++) {
      const products = own(productsAt(task, { lookup, vectors, input }, (step + 0.5) / STEPS));
      await nextTask();
      if (signal !== undefined) assertNotAborted(signal);
      const found = await products.data<'float32'>();
      for (let at = 0; at < count; at++) scores[at] = (scores[at] ?? 0) + (found[at] ?? 0) / STEPS;
    }
    const features = own(lookup.run(vectors, input));
    return { scores, features: Float32Array.from(await features.data<'float32'>()) };
  } finally {
    tf.dispose(owned);
  }
}

interface Looked {
  readonly lookup: PieceLookup;
  readonly vectors: tf.Tensor;
  readonly input: tf.Tensor;
}

/** The gradient at a part of the way, times the vectors. Shape: `[rows]`. Owns: the caller disposes it. */
function productsAt(asked: AskedClass, { lookup, vectors, input }: Looked, part: number): tf.Tensor1D {
  return tf.tidy(() => {
    const { slope } = classSlope(asked, tf.mul(vectors, part), (x) => lookup.run(x, input));
    const rows = tf.reshape(tf.mul(slope, vectors), [-1, vectors.shape.at(-1) ?? 1]);
    return tf.sum<tf.Tensor1D>(rows, 1);
  });
}
