import * as tf from '@tensorflow/tfjs-core';
import { isProvided } from './provided.ts';

const NAME = 'GraftSgd';

/** A run of parameters with one learning rate and decay. */
export interface SgdRange {
  readonly start: number;
  readonly end: number;
  /** Learning rate. */
  readonly rate: number;
  /** Weight decay, as a pull towards 0 that is part of the gradient. */
  readonly l2: number;
}

export interface SgdConstants {
  /** On the gradient, before anything else: clipping. */
  readonly gradientFactor: number;
  readonly momentum: number;
}

/** What SGD with momentum changes, one element per parameter. */
export interface SgdState {
  readonly parameters: tf.Tensor1D;
  readonly velocity: tf.Tensor1D;
}

/**
 * One update of SGD with momentum: two programs on the GPU, composed operations elsewhere. Ranges follow one another and
 * cover all parameters.
 * Owns: takes over the tensors of `state`; the caller owns those that it gives back.
 */
export function sgdStep(
  state: SgdState,
  gradients: tf.Tensor1D,
  ranges: readonly SgdRange[],
  constants: SgdConstants,
): SgdState {
  const [parameters, velocity] = isProvided(NAME)
    ? tf.engine().runKernel<tf.Tensor1D[]>(NAME, { ...state, gradients }, {
        ranges,
        constants,
      } as unknown as tf.NamedAttrMap)
    : composed(state, gradients, ranges, constants);
  tf.dispose({ ...state });
  return { parameters: parameters as tf.Tensor1D, velocity: velocity as tf.Tensor1D };
}

function composed(
  { parameters, velocity }: SgdState,
  gradients: tf.Tensor1D,
  ranges: readonly SgdRange[],
  { gradientFactor, momentum }: SgdConstants,
): tf.Tensor1D[] {
  return tf.tidy(() => {
    const parts = ranges.map(({ start, end, rate, l2 }) => {
      const part = (tensor: tf.Tensor1D) => tf.slice(tensor, [start], [end - start]);
      const p = part(parameters);
      const pull = tf.add(tf.mul(part(gradients), gradientFactor), tf.mul(p, l2));
      const v = tf.add<tf.Tensor1D>(tf.mul(part(velocity), momentum), pull);
      return [tf.sub<tf.Tensor1D>(p, tf.mul(v, rate)), v] as const;
    });
    return [tf.concat(parts.map(([p]) => p)), tf.concat(parts.map(([, v]) => v))];
  });
}
