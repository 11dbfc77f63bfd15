/**
 * @file Grad-CAM: which places of an activation speak for a class. Source: Selvaraju et al., Grad-CAM: Visual
 * Explanations from Deep Networks via Gradient-based Localization, 2017, equations 1 and 2.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { HeatCut } from '../core/explain.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import type { LinearHead } from '../train/linear-head.ts';
import { placeGrid, relativeToLargest } from './heat-grid.ts';

/** Cuts of a network that have places, the finest first: where Grad-CAM can be taken. The pixels themselves are none. */
export function heatCuts(network: TrunkNetwork): HeatCut[] {
  if (!network.trainable) return [];
  return network.blocks.flatMap(({ name, outputShape }, index) => {
    const grid = placeGrid(outputShape);
    return grid === null ? [] : [{ cut: index + 1, name, rows: grid.rows, columns: grid.columns }];
  });
}

export interface GradCamTask {
  readonly network: TrunkNetwork;
  readonly head: LinearHead;
  /** Index of the class that is asked about. */
  readonly label: number;
  /** Shape: `[size, size, 3]`, 0..255. */
  readonly pixels: ArrayLike<number>;
  /** One of {@link heatCuts}. */
  readonly cut: number;
}

/** A map with the logits of the picture, which come along. */
export interface GradCam {
  /** Shape: `[rows, columns]`, 0..1. */
  readonly values: Float32Array<ArrayBuffer>;
  /** Shape: `[1, featureSize]`. */
  readonly features: Float32Array;
}

/**
 * Each channel of the activation at the cut weighs as much as the class's logit rises with it (above the mean of all
 * logits), on average over all places;
 * the weighted sum of the channels, where it is positive, is the map. One pass forward and one back through what lies
 * above the cut, for the activation alone: no gradient of a weight is computed.
 * @throws {RangeError} if the cut has no places.
 */
export async function gradCam(task: GradCamTask): Promise<GradCam> {
  const { network, head, label, pixels, cut } = task;
  const grid = placeGrid(network.cutShape(cut));
  if (grid === null) throw new RangeError(`The cut ${cut} has no places.`);
  const { inputSize, blocks } = network;
  const { featureSize } = head;
  const [map, features] = tf.tidy(() => {
    const input = tf.tensor(Float32Array.from(pixels), [1, inputSize, inputSize, 3]);
    const activation = network.run(input, 0, cut);
    const towards = tf.tensor2d(classDirection(head, label), [featureSize, 1]);
    let seen: tf.Tensor | null = null;
    const slope = tf.grad((x: tf.Tensor) => {
      const pooled = network.run(x, cut, blocks.length);
      seen = tf.keep(tf.clone(pooled));
      return tf.sum(tf.matMul(tf.reshape(pooled, [1, featureSize]), towards));
    })(activation);
    const { channelAxis, leading } = grid;
    const places = ([0, 1, 2] as const).filter((axis) => axis < activation.rank - 1 && axis !== channelAxis);
    const importance = tf.mean(
      slope,
      places.map((axis) => axis + 1),
      true,
    );
    const summed = tf.reshape(tf.sum(tf.mul(activation, importance), channelAxis + 1), [-1]);
    return [tf.slice(summed, [leading], [grid.rows * grid.columns]), seen as unknown as tf.Tensor];
  });
  try {
    const [values, pooled] = await Promise.all([map.data<'float32'>(), features.data<'float32'>()]);
    return { values: relativeToLargest(values), features: Float32Array.from(pooled) };
  } finally {
    tf.dispose([map, features]);
  }
}

/**
 * How a class's logit rises above the mean of all logits with each feature: what all classes share moves no answer.
 * Shape: `[featureSize]`.
 */
function classDirection({ featureSize, classes, weights }: LinearHead, label: number): Float32Array {
  return Float32Array.from({ length: featureSize }, (_, i) => {
    const row = weights.subarray(i * classes, (i + 1) * classes);
    return (row[label] ?? 0) - row.reduce((a, b) => a + b, 0) / classes;
  });
}
