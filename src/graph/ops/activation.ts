/** @file Activations with gradients in one pass over memory, and those that kernels of tfjs apply on the way out. */
import * as tf from '@tensorflow/tfjs-core';
import { hardSwish, hardSwishGradient, reluGradient } from '../../runtime/kernels/elementwise.ts';
import { differentiable } from './gradient.ts';

/** What a convolution applies to its result, by the names of tfjs. */
export type Activation = 'linear' | 'relu' | 'relu6' | 'sigmoid';

const ACTIVATIONS: readonly string[] = ['linear', 'relu', 'relu6', 'sigmoid'] satisfies Activation[];

/** The activation of a node's attribute. @throws if there is no such activation. */
export function asActivation(name: string): Activation {
  if (!ACTIVATIONS.includes(name)) throw new Error(`the activation "${name}" is not known`);
  return name as Activation;
}

/** Whether the gradient is computed from the result. */
export function savesOutput(activation: Activation): boolean {
  return activation !== 'linear';
}

/** The gradient with respect to what the activation was applied to, from its result `y`. */
export function activationGradient(
  activation: Activation,
  dy: tf.Tensor,
  y: tf.Tensor | undefined,
): tf.Tensor {
  if (activation === 'linear') return tf.clone(dy);
  if (y === undefined) throw new Error('The result was not saved.');
  if (activation === 'sigmoid') return tf.mul(dy, tf.mul(y, tf.sub(1, y)));
  return reluGradient(y, dy, activation === 'relu' ? Infinity : 6);
}

/** Clamped to `0..limit`; 6, or Infinity for the plain rectifier. */
export function rectified(x: tf.Tensor, limit: number): tf.Tensor {
  return differentiable(
    { x },
    (save) => {
      const y = limit === 6 ? tf.relu6(x) : tf.relu(x);
      save([y]);
      return y;
    },
    (dy, [y]) => ({ x: () => reluGradient(y as tf.Tensor, dy, limit) }),
  );
}

/** No lower than `low` and no higher than `high`. The gradient passes where nothing was cut off. */
export function clamped(x: tf.Tensor, low: number, high: number): tf.Tensor {
  return differentiable(
    { x },
    (save) => {
      const y = tf.clipByValue(x, low, high);
      save([x, y]);
      return y;
    },
    (dy, [input, output]) => ({
      x: () => tf.mul(dy, tf.cast(tf.equal(input as tf.Tensor, output as tf.Tensor), 'float32')),
    }),
  );
}

/** `x * relu6(x + 3) / 6`. Source: Howard et al. 2019, "Searching for MobileNetV3", section 5.2. */
export function hardSwished(x: tf.Tensor): tf.Tensor {
  return differentiable(
    { x },
    (save) => {
      save([x]);
      return hardSwish(x);
    },
    (dy, [input]) => ({ x: () => hardSwishGradient(input as tf.Tensor, dy) }),
  );
}

/** `min(1, max(0, alpha x + beta))`. */
export function hardSigmoid(x: tf.Tensor, alpha: number, beta: number): tf.Tensor {
  return differentiable(
    { x },
    (save) => {
      // One pass clamps, forward and back: to 0..6, then scaled.
      const six = tf.relu6(tf.add(tf.mul(x, 6 * alpha), 6 * beta));
      save([six]);
      return tf.mul(six, 1 / 6);
    },
    (dy, [six]) => ({ x: () => tf.mul(reluGradient(six as tf.Tensor, dy, 6), alpha) }),
  );
}

/** `x * sigmoid(alpha x)`. Source: Ramachandran et al. 2017, "Searching for Activation Functions". */
export function swish(x: tf.Tensor, alpha: number): tf.Tensor {
  return differentiable(
    { x },
    (save) => {
      const gate = tf.sigmoid(alpha === 1 ? x : tf.mul(x, alpha));
      save([x, gate]);
      return tf.mul(x, gate);
    },
    (dy, [input, gate]) => ({
      x: () => {
        const [xs, g] = [input, gate] as [tf.Tensor, tf.Tensor];
        const bend = tf.mul(tf.mul(xs, alpha), tf.sub(1, g));
        return tf.mul(dy, tf.mul(g, tf.add(bend, 1)));
      },
    }),
  );
}
