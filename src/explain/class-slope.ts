/** @file The gradient that every reason by gradients starts from. */
import * as tf from '@tensorflow/tfjs-core';
import type { LinearHead } from '../train/linear-head.ts';

/** Whose logit is asked about. */
export interface AskedClass {
  readonly head: LinearHead;
  /** Index of the class. */
  readonly label: number;
}

/**
 * How a class's logit, above the mean of all logits, rises with an activation; and the pooled features, which come
 * along. No gradient of a weight is computed. Called inside `tf.tidy`, which disposes both.
 * @param above From the activation to the pooled features of one sample.
 */
export function classSlope(
  { head, label }: AskedClass,
  activation: tf.Tensor,
  above: (activation: tf.Tensor) => tf.Tensor,
): { readonly slope: tf.Tensor; readonly pooled: tf.Tensor } {
  const { featureSize } = head;
  const towards = tf.tensor2d(classDirection(head, label), [featureSize, 1]);
  let seen: tf.Tensor | null = null;
  const slope = tf.grad((x: tf.Tensor) => {
    const pooled = above(x);
    seen = tf.keep(tf.clone(pooled));
    return tf.sum(tf.matMul(tf.reshape(pooled, [1, featureSize]), towards));
  })(activation);
  const kept = seen as unknown as tf.Tensor;
  const pooled = tf.clone(kept);
  kept.dispose();
  return { slope, pooled };
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
