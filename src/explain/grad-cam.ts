/**
 * @file Grad-CAM: which places of an activation speak for a class. Source: Selvaraju et al., Grad-CAM: Visual
 * Explanations from Deep Networks via Gradient-based Localization, 2017, equations 1 and 2.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { HeatCut } from '../core/explain.ts';
import { inputShape } from '../core/trunk-input.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import { type AskedClass, classSlope } from './class-slope.ts';
import { type PlaceGrid, placeGrid, relativeToLargest, stretchGrid } from './heat-grid.ts';

/** Cuts of a network that have places, the finest first: where Grad-CAM can be taken. The pixels themselves are none. */
export function heatCuts(network: TrunkNetwork): HeatCut[] {
  if (!network.trainable) return [];
  return network.blocks.flatMap(({ name }, index) => {
    const grid = heatGrid(network, index + 1);
    return grid === null ? [] : [{ cut: index + 1, name, rows: grid.rows, columns: grid.columns }];
  });
}

/** How the activation at a cut lies over the picture, or over time and bands; `null` where it does not. */
export function heatGrid(network: TrunkNetwork, cut: number): PlaceGrid | null {
  const shape = network.cutShape(cut);
  return network.input.kind === 'mel' ? stretchGrid(shape) : placeGrid(shape);
}

export interface GradCamTask extends AskedClass {
  readonly network: TrunkNetwork;
  /** What the network takes, of a picture 0..255. Shape: `inputShape(network.input)`. */
  readonly values: ArrayLike<number>;
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
  const { network, head, label, values: given, cut } = task;
  const grid = heatGrid(network, cut);
  if (grid === null) throw new RangeError(`The cut ${cut} has no places.`);
  const { input: taken, blocks } = network;
  const [map, features] = tf.tidy(() => {
    const input = tf.tensor(Float32Array.from(given), [1, ...inputShape(taken)]);
    const activation = network.run(input, 0, cut);
    const { slope, pooled } = classSlope({ head, label }, activation, (x) =>
      network.run(x, cut, blocks.length),
    );
    const { channelAxis, leading } = grid;
    const places = ([0, 1, 2] as const).filter((axis) => axis < activation.rank - 1 && axis !== channelAxis);
    const importance = tf.mean(
      slope,
      places.map((axis) => axis + 1),
      true,
    );
    const summed = tf.reshape(tf.sum(tf.mul(activation, importance), channelAxis + 1), [-1]);
    return [tf.slice(summed, [leading], [grid.rows * grid.columns]), pooled] as const;
  });
  try {
    const [values, pooled] = await Promise.all([map.data<'float32'>(), features.data<'float32'>()]);
    return { values: relativeToLargest(values), features: Float32Array.from(pooled) };
  } finally {
    tf.dispose([map, features]);
  }
}
