/** @file The picture packs of this machine, at a size that JavaScript computes soon, each with a head of random weights. */
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { createRng } from '../../src/core/rng.ts';
import { ALL_WEIGHTS, type Tuning } from '../../src/core/train-settings.ts';
import { classifierGraph } from '../../src/export/classifier-graph.ts';
import type { TrunkNetwork } from '../../src/graph/trunk-network.ts';
import { trunkOfPack } from '../../src/models/pack-graph.ts';
import { type PackManifest, parseManifest } from '../../src/models/pack-manifest.ts';
import { tensorOf } from '../../src/testing/onnx/ort.ts';
import { headLogits, type LinearHead, softmaxRows } from '../../src/train/linear-head.ts';

const FOLDER = join('public', 'backbones');
/** The networks take any multiple of 32. */
export const SIDE = 64;
export const CLASSES = 3;
const BATCH = 2;
const STEPS = 3;

const rng = createRng(5);

export function randomPixels(count: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count * SIDE * SIDE * 3 }, () => rng.below(256));
}

function atSmallSize(manifest: PackManifest): PackManifest {
  const { network } = manifest;
  if ('inputSize' in network) return { ...manifest, network: { ...network, inputSize: SIDE } };
  if (network.kind !== 'graph-model' || network.image === undefined) return manifest;
  return { ...manifest, network: { ...network, image: { ...network.image, inputSize: SIDE } } };
}

function packIds(): string[] {
  const index = join(FOLDER, 'index.json');
  if (!existsSync(index)) return [];
  const { packs } = JSON.parse(readFileSync(index, 'utf8')) as { packs: { id: string; task: string }[] };
  return packs.filter(({ task }) => task === 'image').map(({ id }) => id);
}

export function loadTrunk(id: string): Promise<TrunkNetwork> {
  const address = join(FOLDER, id, 'manifest.json');
  const manifest = atSmallSize(parseManifest(address, readFileSync(address, 'utf8')));
  const files = new Map(
    Object.keys(manifest.files).map((name) => [name, new Uint8Array(readFileSync(join(FOLDER, id, name)))]),
  );
  return trunkOfPack({ manifest, files });
}

/** Packs whose network can be taken out of its runtime. */
export async function exportablePacks(): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const id of packIds()) {
    const network = await loadTrunk(id);
    network.dispose();
    if (network.definition === undefined) console.log(`${id} keeps its network to itself: not exported.`);
    else ids.push(id);
  }
  if (ids.length === 0) console.log('No exported packs to test: there are none (npm run packs).');
  return ids;
}

export function randomHead(featureSize: number): LinearHead {
  const floats = (count: number, scale: number) =>
    Float32Array.from({ length: count }, () => (rng.next() - 0.5) * scale);
  return {
    featureSize,
    classes: CLASSES,
    weights: floats(featureSize * CLASSES, 0.5),
    bias: floats(CLASSES, 1),
  };
}

/** The whole classifier. @throws where a runtime of its own keeps the network. */
export function classifierOf({ definition }: TrunkNetwork, head: LinearHead) {
  if (definition === undefined) throw new Error('This network cannot be written.');
  return classifierGraph(definition, head);
}

/** Probabilities of pictures as the page computes them. Shape: `[count, classes]`. */
export function answersHere(network: TrunkNetwork, head: LinearHead, pixels: Float32Array) {
  const count = pixels.length / (SIDE * SIDE * 3);
  const features = tf.tidy(() =>
    network
      .run(tf.tensor4d(pixels, [count, SIDE, SIDE, 3]), 0, network.blocks.length)
      .dataSync<'float32'>()
      .slice(),
  );
  return tensorOf(softmaxRows(headLogits(head, features, count), CLASSES), [count, CLASSES], 'float32');
}

/** Some steps of gradient descent on the last block, with the statistics of the batch. */
export async function fineTuned(
  network: TrunkNetwork,
  head: LinearHead,
  tuning: Tuning = ALL_WEIGHTS,
): Promise<TrunkNetwork> {
  const cut = network.blocks.length - 1;
  const opened = network.open(cut, { tuning, seed: 5 });
  const activation = tf.tidy(() =>
    network.run(tf.tensor4d(randomPixels(BATCH), [BATCH, SIDE, SIDE, 3]), 0, cut),
  );
  const targets = tf.oneHot(tf.tensor1d([0, 2], 'int32'), CLASSES);
  const kernel = tf.tensor2d(head.weights, [head.featureSize, CLASSES]);
  const optimizer = tf.train.sgd(0.05);
  for (let step = 0; step < STEPS; step++) {
    optimizer.minimize(
      () =>
        tf.losses.softmaxCrossEntropy(
          targets,
          tf.matMul(opened.forward(activation, { batchNorm: 'batch' }) as tf.Tensor2D, kernel),
        ),
      false,
      opened.parameters.map(({ variable }) => variable),
    );
  }
  const weights = await opened.weights();
  tf.dispose([activation, targets, kernel]);
  opened.dispose();
  return network.withWeights(weights);
}
