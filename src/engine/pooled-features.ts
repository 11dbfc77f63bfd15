/** @file From the input of what is no sample to the numbers that a head reads. */
import * as tf from '@tensorflow/tfjs-core';
import { nextTask } from '../core/pacing.ts';
import { inputShape } from '../core/trunk-input.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';

/**
 * Pooled features as a network sees them, from its input on.
 *
 * @param values `[count, ...inputShape]`: of pictures RGB, 0..255.
 * @returns `[count, featureSize]`. No tensor is left.
 */
export async function pooledFeatures(
  network: TrunkNetwork,
  values: Float32Array | Uint8Array,
  count = 1,
): Promise<Float32Array> {
  const { input, blocks } = network;
  const features = tf.tidy(() =>
    network.run(tf.tensor(values, [count, ...inputShape(input)], 'float32'), 0, blocks.length),
  );
  try {
    // Messages first: on WASM the work is done by now and reading it waits for nothing.
    await nextTask();
    return await features.data<'float32'>();
  } finally {
    features.dispose();
  }
}
