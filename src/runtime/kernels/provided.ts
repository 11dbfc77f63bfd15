import * as tf from '@tensorflow/tfjs-core';
import { kernelRunner } from './runner.ts';

/** Whether the active back-end is WASM with our compiled kernels. */
export function isFused(): boolean {
  return tf.getBackend() === 'wasm' && kernelRunner(tf.backend()) !== undefined;
}

/** Whether the active back-end has a kernel of ours, by its name. */
export function isProvided(kernel: string): boolean {
  const backend = tf.getBackend();
  if (backend === 'wasm' && !isFused()) return false;
  return (tf.getKernel(kernel, backend) as tf.KernelConfig | undefined) !== undefined;
}
