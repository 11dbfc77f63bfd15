/** @file From the pixels of pictures that are no samples to the numbers that a head reads. */
import * as tf from '@tensorflow/tfjs-core';
import { nextTask } from '../core/pacing.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';

/**
 * Pooled features as a network sees them, from the pixels on.
 *
 * @param pixels `[count, inputSize, inputSize, 3]`, RGB, 0..255.
 * @returns `[count, featureSize]`. No tensor is left.
 */
export async function pooledFeatures(
  network: TrunkNetwork,
  pixels: Float32Array | Uint8Array,
  count = 1,
): Promise<Float32Array> {
  const { inputSize, blocks } = network;
  const features = tf.tidy(() =>
    network.run(tf.tensor(pixels, [count, inputSize, inputSize, 3], 'float32'), 0, blocks.length),
  );
  try {
    // Messages first: on WASM the work is done by now and reading it waits for nothing.
    await nextTask();
    return await features.data<'float32'>();
  } finally {
    features.dispose();
  }
}
