import * as tf from '@tensorflow/tfjs-core';

/** Live tensors of the active back-end, and their bytes. */
export function tensorMemory(): { readonly tensors: number; readonly tensorBytes: number } {
  const { numTensors, numBytes } = tf.memory();
  return { tensors: numTensors, tensorBytes: numBytes };
}

/** Takes tensors that must not outlive a scope, and hands them back. */
export type Track = <T extends tf.Tensor>(tensor: T) => T;

/**
 * `tf.tidy` for asynchronous code: what `track` was given is disposed when `action` settles, however it settles.
 * Tensors that `action` returns must not be tracked.
 */
export async function withTensors<T>(action: (track: Track) => Promise<T>): Promise<T> {
  const tracked: tf.Tensor[] = [];
  const track: Track = (tensor) => {
    tracked.push(tensor);
    return tensor;
  };
  try {
    return await action(track);
  } finally {
    for (const tensor of tracked) tensor.dispose();
  }
}
