/**
 * @file EfficientNet-Lite0 against PyTorch 2.13.0 (CPU, float32) and the network of the package
 * `efficientnet_lite_pytorch` 0.1.0. `efficientnet-lite0.reference.json` holds its numbers for two reference pictures,
 * `(pixel - 127) / 128`: the first 32 pooled features of the first, mean and norm of the activation after each block,
 * and norms of the gradients of the sum of the squared pooled features, with frozen BatchNorm.
 */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { trunkOfPack } from '../../models/pack-graph.ts';
import { openBackend } from '../../runtime/backends.ts';
import { preparedPack } from '../../testing/prepared-pack.ts';
import { normOf, referencePictures, relativeDifference } from '../../testing/reference-pictures.ts';
import reference from './efficientnet-lite0.reference.json';

beforeAll(async () => {
  expect(await openBackend('wasm')).toMatchObject({ status: 'open' });
});

test('features, blocks and gradients are those of PyTorch', async (context) => {
  const trunk = await trunkOfPack(await preparedPack('efficientnet-lite0', context));
  const names = Array.from({ length: 16 }, (_, i) => `_blocks.${i}`);
  expect(trunk.blocks.map(({ name }) => name)).toEqual(['_conv_stem', ...names, '_conv_head']);
  // The package's network has 3 371 008 parameters without its classifier.
  expect(trunk.blocks.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(3_371_008);
  const pictures = referencePictures(2);
  let activation: tf.Tensor = pictures.clone();
  for (const { index, outputShape } of trunk.blocks) {
    const next = trunk.run(activation, index, index + 1);
    activation.dispose();
    activation = next;
    expect(next.shape).toEqual([2, ...outputShape]);
    const values = await next.data<'float32'>();
    const norm = normOf(values);
    expect(relativeDifference(norm, reference.blockNorms[index]!)).toBeLessThan(1e-4);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean - reference.blockMeans[index]!) / (norm / Math.sqrt(next.size))).toBeLessThan(1e-4);
  }
  const values = await activation.data();
  const scale = Math.max(...reference.features);
  reference.features.forEach((expected, i) =>
    expect(Math.abs(values[i]! - expected) / scale).toBeLessThan(1e-4),
  );
  activation.dispose();

  const open = trunk.open(0);
  const { grads, value } = tf.variableGrads(
    () => tf.sum(tf.square(open.forward(pictures, { batchNorm: 'frozen' }))),
    open.parameters.map(({ variable }) => variable),
  );
  for (const [name, expected] of Object.entries(reference.gradientNorms)) {
    const { variable } = open.parameters.find((parameter) => parameter.name === name)!;
    expect(relativeDifference(normOf(grads[variable.name]!.dataSync()), expected), name).toBeLessThan(1e-3);
  }
  tf.dispose([pictures, value, ...Object.values(grads)]);
  open.dispose();
  trunk.dispose();
});
