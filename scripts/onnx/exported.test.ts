/**
 * @file What the page exports: each picture pack that is here, with a head, as an ONNX file, as a graph model and as a
 * layers model of TensorFlow.js. The runtimes of others must give the page's own probabilities, as pre-trained and after
 * some steps of fine-tuning, with whole and with halved weights.
 */
import '@tensorflow/tfjs-backend-cpu';
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { ALL_WEIGHTS } from '../../src/core/train-settings.ts';
import { bytesOf } from '../../src/export/format.ts';
import { onnxFile } from '../../src/export/formats/onnx.ts';
import { writeLayersModel } from '../../src/export/layers/write-layers-model.ts';
import { writeGraphModel } from '../../src/export/tfjs/write-graph-model.ts';
import { importOnnx } from '../../src/graph/onnx/import-onnx.ts';
import { readModelProto } from '../../src/graph/onnx/proto.ts';
import type { TrunkNetwork } from '../../src/graph/trunk-network.ts';
import { runHere } from '../../src/testing/onnx/oracle.ts';
import { difference, runInOrt, tensorOf } from '../../src/testing/onnx/ort.ts';
import type { LinearHead } from '../../src/train/linear-head.ts';
import {
  answersHere,
  classifierOf,
  CLASSES,
  exportablePacks,
  fineTuned,
  loadTrunk,
  randomHead,
  randomPixels,
  SIDE,
} from '../testing/small-trunks.ts';

const BATCH = 2;

const pixels = tensorOf(randomPixels(BATCH), [BATCH, SIDE, SIDE, 3], 'float32');
const input = () => tf.tensor(pixels.data as Float32Array, [...pixels.shape], 'float32');

/** Probabilities as the page computes them. */
const here = (network: TrunkNetwork, head: LinearHead) =>
  answersHere(network, head, pixels.data as Float32Array);

type Precision = 'float32' | 'float16';

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
  const graph = classifierOf(network, head);
  return bytesOf(onnxFile({ ...facts, graph, inputSize: network.inputSize, labels, base }, precision));
}

/** The same as a graph model, in the converter of TensorFlow.js. */
async function inConverter(network: TrunkNetwork, head: LinearHead, precision: Precision) {
  const { json, shards } = writeGraphModel(classifierOf(network, head), { precision, metadata: {} });
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

/** The same in layers, of pixels as the library of Teachable Machine has them: from -1 to about 1. */
async function inLayers(network: TrunkNetwork, head: LinearHead, precision: Precision) {
  const { json, weights } = writeLayersModel(classifierOf(network, head), precision, {
    scale: 127,
    shift: 127,
  });
  const { modelTopology, weightsManifest } = JSON.parse(json) as {
    modelTopology: object;
    weightsManifest: { weights: never[] }[];
  };
  const weightData = await weights.arrayBuffer();
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  const load = () => Promise.resolve({ modelTopology, weightSpecs, weightData });
  const model = await loadLayersModel({ load });
  const values = tf.tidy(() =>
    (model.predict(tf.sub(tf.div(input(), 127), 1)) as tf.Tensor).dataSync<'float32'>().slice(),
  );
  model.dispose();
  return { bytes: weightData.byteLength, answers: tensorOf(values, [BATCH, CLASSES], 'float32') };
}

async function inRuntime(file: Uint8Array) {
  const found = (await runInOrt(file, { pixels })).get('probabilities');
  if (found === undefined) throw new Error('no probabilities');
  return found;
}

await tf.setBackend('cpu');
const ids = await exportablePacks();

describe.skipIf(ids.length === 0).each(ids)('%s', (id) => {
  test('runs in the ONNX runtime as here, before and after fine-tuning', { timeout: 300_000 }, async () => {
    const network = await loadTrunk(id);
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
      const network = await loadTrunk(id);
      const head = randomHead(network.featureSize);
      const tuned = await fineTuned(network, head);
      const after = here(tuned, head);
      expect(difference(await inConverter(tuned, head, 'float32'), after)).toBeLessThan(1e-4);
      expect(difference(await inConverter(tuned, head, 'float16'), after)).toBeLessThan(5e-3);
      tuned.dispose();
      network.dispose();
    },
  );

  test('runs in TensorFlow.js layers as here, after fine-tuning', { timeout: 300_000 }, async () => {
    const network = await loadTrunk(id);
    const head = randomHead(network.featureSize);
    const tuned = await fineTuned(network, head);
    const after = here(tuned, head);
    const untuned = await inLayers(network, head, 'float32');
    expect(difference(untuned.answers, here(network, head))).toBeLessThan(1e-4);
    const whole = await inLayers(tuned, head, 'float32');
    const halved = await inLayers(tuned, head, 'float16');
    expect(difference(whole.answers, after)).toBeLessThan(1e-4);
    expect(difference(halved.answers, after)).toBeLessThan(5e-3);
    expect(halved.bytes).toBeLessThan(0.56 * whole.bytes);
    console.log(
      id,
      [whole, halved].map(({ bytes, answers }) => [bytes, difference(answers, after)]),
    );
    tuned.dispose();
    network.dispose();
  });

  test('adapters are in the weights of the file', { timeout: 300_000 }, async () => {
    const network = await loadTrunk(id);
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
    const network = await loadTrunk(id);
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
