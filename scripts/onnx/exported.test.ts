/**
 * @file What the page exports: each picture pack that is here, with a head, as an ONNX file and as a graph model of
 * TensorFlow.js. The runtimes of others must give the page's own probabilities, as pre-trained and after some steps of fine-tuning, with whole and with halved weights.
 */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import { ALL_WEIGHTS, type Tuning } from '../../src/core/train-settings.ts';
import { classifierGraph } from '../../src/export/classifier-graph.ts';
import { bytesOf } from '../../src/export/format.ts';
import { onnxFile } from '../../src/export/formats/onnx.ts';
import { writeGraphModel } from '../../src/export/tfjs/write-graph-model.ts';
import { importOnnx } from '../../src/graph/onnx/import-onnx.ts';
import { readModelProto } from '../../src/graph/onnx/proto.ts';
import type { TrunkNetwork } from '../../src/graph/trunk-network.ts';
import { trunkOfPack } from '../../src/models/pack-graph.ts';
import { type PackManifest, parseManifest } from '../../src/models/pack-manifest.ts';
import { runHere } from '../../src/testing/onnx/oracle.ts';
import { difference, runInOrt, tensorOf } from '../../src/testing/onnx/ort.ts';
import { headLogits, type LinearHead, softmaxRows } from '../../src/train/linear-head.ts';

const FOLDER = join('public', 'backbones');
/** Small, so that JavaScript computes it soon; the networks take any multiple of 32. */
const SIDE = 64;
const BATCH = 2;
const CLASSES = 3;
const STEPS = 3;

const rng = createRng(5);
const floats = (count: number, scale: number) =>
  Float32Array.from({ length: count }, () => (rng.next() - 0.5) * scale);

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

function load(id: string): Promise<TrunkNetwork> {
  const address = join(FOLDER, id, 'manifest.json');
  const manifest = atSmallSize(parseManifest(address, readFileSync(address, 'utf8')));
  const files = new Map(
    Object.keys(manifest.files).map((name) => [name, new Uint8Array(readFileSync(join(FOLDER, id, name)))]),
  );
  return trunkOfPack({ manifest, files });
}

const pixels = tensorOf(
  Float32Array.from({ length: BATCH * SIDE * SIDE * 3 }, () => rng.below(256)),
  [BATCH, SIDE, SIDE, 3],
  'float32',
);
const input = () => tf.tensor(pixels.data as Float32Array, [...pixels.shape], 'float32');

function randomHead(featureSize: number): LinearHead {
  const weights = floats(featureSize * CLASSES, 0.5);
  return { featureSize, classes: CLASSES, weights, bias: floats(CLASSES, 1) };
}

/** Probabilities as the page computes them. */
function here(network: TrunkNetwork, head: LinearHead) {
  const features = tf.tidy(() =>
    network.run(input(), 0, network.blocks.length).dataSync<'float32'>().slice(),
  );
  return tensorOf(softmaxRows(headLogits(head, features, BATCH), CLASSES), [BATCH, CLASSES], 'float32');
}

type Precision = 'float32' | 'float16';

/** The whole classifier. @throws where a runtime of its own keeps the network. */
function whole({ definition }: TrunkNetwork, head: LinearHead) {
  if (definition === undefined) throw new Error('This network cannot be written.');
  return classifierGraph(definition, head);
}

function exported(network: TrunkNetwork, head: LinearHead, precision: Precision) {
  const base = { name: 'Trunk', licence: 'Apache-2.0', source: 'somewhere' };
  const facts = {
    title: '',
    language: 'en',
    temperature: 1,
    abstainBelow: 0,
    vectors: { probabilities: [] },
  };
  const labels = ['cat', '狗', 'fish'];
  const graph = whole(network, head);
  return bytesOf(onnxFile({ ...facts, graph, inputSize: network.inputSize, labels, base }, precision));
}

/** The same as a graph model, in the converter of TensorFlow.js. */
async function inConverter(network: TrunkNetwork, head: LinearHead, precision: Precision) {
  const { json, shards } = writeGraphModel(whole(network, head), { precision, metadata: {} });
  const { weightsManifest, ...artifacts } = JSON.parse(json) as {
    modelTopology: object;
    weightsManifest: { weights: never[] }[];
  };
  const weightData = await new Blob(shards.map(({ blob }) => blob)).arrayBuffer();
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const model = loadGraphModelSync({ load: () => ({ ...artifacts, weightSpecs, weightData }) });
  const values = tf.tidy(() => (model.predict(input()) as tf.Tensor).dataSync<'float32'>().slice());
  model.dispose();
  return tensorOf(values, [BATCH, CLASSES], 'float32');
}

async function inRuntime(file: Uint8Array) {
  const found = (await runInOrt(file, { pixels })).get('probabilities');
  if (found === undefined) throw new Error('no probabilities');
  return found;
}

/** Some steps of gradient descent on the last block, with the statistics of the batch. */
async function fineTuned(
  network: TrunkNetwork,
  head: LinearHead,
  tuning: Tuning = ALL_WEIGHTS,
): Promise<TrunkNetwork> {
  const cut = network.blocks.length - 1;
  const opened = network.open(cut, { tuning, seed: 5 });
  const activation = tf.tidy(() => network.run(input(), 0, cut));
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

/** Packs whose network can be taken out of its runtime. */
async function exportable(id: string): Promise<boolean> {
  const network = await load(id);
  network.dispose();
  if (network.definition === undefined) console.log(`${id} keeps its network to itself: not exported.`);
  return network.definition !== undefined;
}

await tf.setBackend('cpu');
const ids: string[] = [];
for (const id of packIds()) if (await exportable(id)) ids.push(id);
if (ids.length === 0) console.log('No exported packs to test: there are none (npm run packs).');

describe.skipIf(ids.length === 0).each(ids)('%s', (id) => {
  test('runs in the ONNX runtime as here, before and after fine-tuning', { timeout: 300_000 }, async () => {
    const network = await load(id);
    const head = randomHead(network.featureSize);
    const before = here(network, head);
    const file = await exported(network, head, 'float32');
    expect(difference(await inRuntime(file), before)).toBeLessThan(1e-4);

    const tuned = await fineTuned(network, head);
    const after = here(tuned, head);
    expect(difference(after, before)).toBeGreaterThan(1e-3);
    expect(difference(await inRuntime(await exported(tuned, head, 'float32')), after)).toBeLessThan(1e-4);

    const halved = await exported(tuned, head, 'float16');
    expect(halved.length).toBeLessThan(0.56 * file.length);
    expect(difference(await inRuntime(halved), after)).toBeLessThan(5e-3);

    const again = await runHere(await importOnnx(file), new Map([['pixels', pixels]]));
    const probabilities = again.get('probabilities');
    expect(probabilities && difference(probabilities, before)).toBeLessThan(1e-4);
    tuned.dispose();
    network.dispose();
  });

  test(
    'runs in the converter of TensorFlow.js as here, after fine-tuning',
    { timeout: 300_000 },
    async () => {
      const network = await load(id);
      const head = randomHead(network.featureSize);
      const tuned = await fineTuned(network, head);
      const after = here(tuned, head);
      expect(difference(await inConverter(tuned, head, 'float32'), after)).toBeLessThan(1e-4);
      expect(difference(await inConverter(tuned, head, 'float16'), after)).toBeLessThan(5e-3);
      tuned.dispose();
      network.dispose();
    },
  );

  test('adapters are in the weights of the file', { timeout: 300_000 }, async () => {
    const network = await load(id);
    const head = randomHead(network.featureSize);
    const before = here(network, head);
    const tuned = await fineTuned(network, head, { ...ALL_WEIGHTS, kind: 'lora', rank: 4, alpha: 32 });
    const after = here(tuned, head);
    expect(difference(after, before)).toBeGreaterThan(1e-3);
    const file = await exported(tuned, head, 'float32');
    expect(difference(await inRuntime(file), after)).toBeLessThan(1e-4);
    const plain = await exported(network, head, 'float32');
    const names = (model: Uint8Array<ArrayBuffer>) =>
      readModelProto(model).graph?.initializers.map(({ name }) => name);
    expect(names(file)).toEqual(names(plain));
    tuned.dispose();
    network.dispose();
  });

  test('is channels-first behind one Transpose, takes any batch and carries its labels', async () => {
    const network = await load(id);
    const model = readModelProto(await exported(network, randomHead(network.featureSize), 'float32'));
    expect(model.graph?.nodes.filter(({ op }) => op === 'Transpose')).toHaveLength(1);
    expect(model.graph?.inputs.map(({ name, type }) => [name, type?.dims])).toEqual([
      ['pixels', ['batch', SIDE, SIDE, 3]],
    ]);
    expect(model.metadata.get('labels')).toBe('["cat","狗","fish"]');
    expect(model.metadata.get('license')).toBe('Apache-2.0');
    network.dispose();
  });
});
