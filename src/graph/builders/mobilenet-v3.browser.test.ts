/**
 * @file The bundled MobileNetV3-Small against PyTorch 2.13.0 (CPU, float32, the same pack widened from float16).
 * `mobilenet-v3.reference.json` holds PyTorch's numbers for `referencePictures`: the first 16 pooled features of the first
 * picture, mean and norm of the activation after each block (two pictures), and the norms of the gradients of the sum
 * of the squared features, with frozen BatchNorm (two pictures) and with batch statistics (four pictures).
 */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { tensorsOf } from '../../models/pack-graph.ts';
import { loadPack } from '../../models/pack.ts';
import { openBackend } from '../../runtime/backends.ts';
import { normOf, referencePictures, relativeDifference } from '../../testing/reference-pictures.ts';
import { toComputeValues } from '../model/tensor-data.ts';
import { ModelNetwork } from '../model-network.ts';
import type { OpenTrunk } from '../trunk-network.ts';
import type { TensorBag } from '../weights/tensor-bag.ts';
import reference from './mobilenet-v3.reference.json';
import { mobileNetV3Small } from './mobilenet-v3.ts';

let bag: TensorBag;
let network: ModelNetwork;

beforeAll(async () => {
  const folder = new URL('/backbones/mobilenet-v3-small/', location.href);
  const pack = await loadPack(folder, { signal: AbortSignal.timeout(30_000) });
  bag = tensorsOf(pack);
  network = new ModelNetwork(mobileNetV3Small(bag), { isKnown: true });
  expect(await openBackend('wasm')).toMatchObject({ status: 'open' });
});

test('the pooled features are those of PyTorch', async () => {
  const input = referencePictures(2);
  const features = network.run(input, 0, network.blocks.length);
  const values = await features.data();
  tf.dispose([input, features]);
  const scale = Math.max(...reference.features.map(Math.abs));
  reference.features.forEach((expected, i) =>
    expect(Math.abs(values[i]! - expected) / scale).toBeLessThan(1e-4),
  );
});

test('the activation after each block is that of PyTorch, wherever the network is cut', async () => {
  const input = referencePictures(2);
  let activation: tf.Tensor = input;
  for (const block of network.blocks) {
    const next = network.run(activation, block.index, block.index + 1);
    activation.dispose();
    activation = next;
    expect(next.shape).toEqual([2, ...block.outputShape]);
    const values = await next.data<'float32'>();
    const norm = normOf(values);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(relativeDifference(norm, reference.blockNorms[block.index]!)).toBeLessThan(1e-4);
    const typical = norm / Math.sqrt(next.size);
    expect(Math.abs(mean - reference.blockMeans[block.index]!) / typical).toBeLessThan(1e-4);
  }
  activation.dispose();
});

async function gradientNorms(opened: OpenTrunk, count: number, batchNorm: 'frozen' | 'batch') {
  const input = referencePictures(count);
  const { value, grads } = tf.variableGrads(
    () => tf.sum(tf.square(opened.forward(input, { batchNorm }))),
    opened.parameters.map(({ variable }) => variable),
  );
  const entries = opened.parameters.map(
    ({ name, variable }) => [name, normOf(grads[variable.name]!.dataSync())] as const,
  );
  const loss = (await value.data())[0]!;
  tf.dispose([input, value, ...Object.values(grads)]);
  return { loss, norms: new Map(entries) };
}

test('gradients with frozen BatchNorm are those of PyTorch', async () => {
  const before = tf.memory().numTensors;
  const opened = network.open(0);
  const { norms } = await gradientNorms(opened, 2, 'frozen');
  opened.dispose();
  expect(tf.memory().numTensors).toBe(before);
  for (const [name, expected] of Object.entries(reference.gradientNorms)) {
    expect(relativeDifference(norms.get(name)!, expected), name).toBeLessThan(1e-3);
  }
});

test('gradients and running statistics with batch statistics are those of PyTorch', async () => {
  const before = tf.memory().numTensors;
  const opened = network.open(0);
  const { loss, norms } = await gradientNorms(opened, 4, 'batch');
  const after = await opened.weights();
  opened.dispose();
  expect(tf.memory().numTensors).toBe(before);
  expect(relativeDifference(Math.sqrt(loss), reference.batch.norm)).toBeLessThan(1e-4);
  for (const [name, expected] of Object.entries(reference.batch.gradientNorms)) {
    expect(relativeDifference(norms.get(name)!, expected), name).toBeLessThan(1e-3);
  }
  for (const [name, expected] of Object.entries(reference.batch.runningMeanNorms)) {
    expect(relativeDifference(normOf(after.get(name)!.data), expected), name).toBeLessThan(1e-4);
  }
});

test('a changed weight makes another network and leaves the first as it was', () => {
  const input = referencePictures(1);
  const name = 'features.12.1.bias';
  const tensor = bag.get(name)!;
  const data = Float32Array.from(toComputeValues(tensor), (value) => value + 1);
  const other = network.withWeights(new Map([[name, { shape: tensor.shape, data }]]));
  const outputs = [network, other, network].map((trunk) => trunk.run(input, 0, 13));
  const [first, second, again] = outputs.map((output) => output.dataSync());
  tf.dispose([input, outputs]);
  other.dispose();
  expect(again).toEqual(first);
  expect(second).not.toEqual(first);
});

test('the blocks have the names and sizes of the paper', () => {
  expect(network.blocks.map(({ name }) => name)).toEqual(
    Array.from({ length: 13 }, (_, i) => `features.${i}`),
  );
  expect(network.cutShape(0)).toEqual([224, 224, 3]);
  expect(network.cutShape(1)).toEqual([112, 112, 16]);
  expect(network.cutShape(10)).toEqual([7, 7, 96]);
  expect(network.cutShape(13)).toEqual([576]);
  // torchvision's mobilenet_v3_small has 2 542 856 parameters, 1 615 848 of them in its classifier.
  expect(network.blocks.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(2_542_856 - 1_615_848);
});
