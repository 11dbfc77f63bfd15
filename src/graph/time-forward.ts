import * as tf from '@tensorflow/tfjs-core';
import { inputExample, inputShape } from '../core/trunk-input.ts';
import type { TrunkNetwork } from './trunk-network.ts';

const BATCH = 8;
const ROUNDS = 2;
/** ms of one picture above which a batch is not worth the wait. */
const SLOW_MS = 400;

/**
 * Forward pass of a whole trunk on the active back-end, ms per picture (or sound, or sentence of usual length): the best
 * of two batches of eight after one picture that compiles, or the second of two single pictures where that is slow already.
 */
export async function timeForward(network: TrunkNetwork): Promise<number> {
  await timeBatch(network, 1);
  const single = await timeBatch(network, 1);
  if (single > SLOW_MS) return single;
  let best = Infinity;
  for (let i = 0; i < ROUNDS; i++) best = Math.min(best, (await timeBatch(network, BATCH)) / BATCH);
  return best;
}

async function timeBatch(network: TrunkNetwork, pictures: number): Promise<number> {
  const one = tf.tensor(inputExample(network.input), [1, ...inputShape(network.input)]);
  const input = tf.tile(one, [pictures, ...inputShape(network.input).map(() => 1)]);
  const start = performance.now();
  const features = network.run(input, 0, network.blocks.length);
  await features.data();
  const elapsedMs = performance.now() - start;
  tf.dispose([one, input, features]);
  return elapsedMs;
}
