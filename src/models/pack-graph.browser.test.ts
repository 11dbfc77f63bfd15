import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { openBackend } from '../runtime/backends.ts';
import { trunkOfPack } from './pack-graph.ts';
import { loadPack } from './pack.ts';
import { siteRoot } from './site-root.ts';

beforeAll(async () => {
  expect(await openBackend('wasm')).toMatchObject({ status: 'open' });
});

test('the MobileNetV2 of a detector is a trunk with named blocks, and opens at every depth', async () => {
  const folder = new URL('backbones/mobilenet-v2-coco/', siteRoot());
  const pack = await loadPack(folder, { signal: AbortSignal.timeout(30_000) });
  const before = tf.memory().numTensors;
  const trunk = await trunkOfPack(pack);
  const names = trunk.blocks.map(({ name }) => name);
  expect([names[0], ...names.slice(-2)]).toEqual(['Conv', 'expanded_conv_16', 'Conv_1']);
  expect(names).toEqual(
    expect.arrayContaining(Array.from({ length: 16 }, (_, i) => `expanded_conv_${i + 1}`)),
  );
  expect([trunk.featureSize, trunk.trainable]).toEqual([1280, true]);
  // MobileNetV2 without its classifier, its normalisations folded: a factor is left only after depthwise convolutions.
  expect(trunk.blocks.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(2_213_952);

  const pixels = tf.randomUniform([1, 224, 224, 3], 0, 255, 'float32', 5);
  const whole = trunk.run(pixels, 0, names.length);
  const expected = whole.dataSync<'float32'>().reduce((sum, value) => sum + value, 0);
  for (const cut of [0, 10, names.length - 1]) {
    const below = trunk.run(pixels, 0, cut);
    const open = trunk.open(cut);
    const { value, grads } = tf.variableGrads(
      () => tf.sum(open.forward(below, { batchNorm: 'frozen' })),
      open.parameters.map(({ variable }) => variable),
    );
    expect(value.dataSync()[0]! / expected).toBeCloseTo(1, 4);
    expect(Object.keys(grads)).toHaveLength(open.parameters.length);
    tf.dispose([below, value, ...Object.values(grads)]);
    open.dispose();
  }
  trunk.dispose();
  tf.dispose([pixels, whole]);
  expect(tf.memory().numTensors).toBe(before);
});
