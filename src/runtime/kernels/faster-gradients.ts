/**
 * @file Gradients of tfjs's own operations in fewer passes over memory, for plain tfjs code on the WASM back-end. Other
 * back-ends keep tfjs's gradients.
 */
import * as tf from '@tensorflow/tfjs-core';
import { activationGradient, productSums } from './elementwise.ts';
import { overlay } from './faster-kernels.ts';
import { isFused } from './provided.ts';

type GradFunc = tf.GradConfig['gradFunc'];
type Gradients = ReturnType<GradFunc>;

const replaced = new Set<string>();

/** Puts a gradient before tfjs's, once; it may decline. Both save the same tensors. */
function tryFirst(kernelName: string, attempt: (...given: Parameters<GradFunc>) => Gradients | null) {
  const original = tf.getGradient(kernelName) as tf.GradConfig | undefined;
  if (original === undefined || replaced.has(kernelName)) return;
  replaced.add(kernelName);
  tf.unregisterGradient(kernelName);
  tf.registerGradient({
    ...original,
    gradFunc: (...given) => (isFused() ? attempt(...given) : null) ?? original.gradFunc(...given),
  });
}

/** Call it after tfjs has registered its gradients. */
export function registerFasterGradients(): void {
  for (const [name, kind] of [
    ['Relu', 'relu'],
    ['Relu6', 'relu6'],
  ] as const) {
    tryFirst(name, (dy, [x]) => ({ x: () => activationGradient(x as tf.Tensor, dy as tf.Tensor, kind) }));
  }
  tryFirst('Multiply', (dy, [a, b]) => productGradient(dy as tf.Tensor, a as tf.Tensor, b as tf.Tensor));
}

/** Where one factor has an element per channel: its gradient is a sum of products, without the products in memory. */
function productGradient(dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor): Gradients | null {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return null;
  const ofB = summed(dy, a, b);
  if (ofB !== null) return { a: () => tf.mul(dy, b), b: ofB };
  const ofA = summed(dy, b, a);
  return ofA === null ? null : { a: ofA, b: () => tf.mul(dy, a) };
}

/** The gradient with respect to `small`, if it lies over `large` once per run of rows. */
function summed(dy: tf.Tensor, large: tf.Tensor, small: tf.Tensor): (() => tf.Tensor) | null {
  const over = overlay(large.shape, small.shape);
  if (over === null || over.splat || over.outer * over.middle === 1) return null;
  const { outer, middle, inner } = over;
  const shape: [number, number, number] = [outer, middle, inner];
  return () =>
    tf.tidy(() => tf.reshape(productSums(tf.reshape(dy, shape), tf.reshape(large, shape)), small.shape));
}
