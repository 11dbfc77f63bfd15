import '@tensorflow/tfjs-backend-cpu';
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../core/rng.ts';
import {
  sketchedClassifier,
  SKETCH_CLASSES as CLASSES,
  SKETCH_SIDE as SIDE,
} from '../../testing/graphs/sketched-classifier.ts';
import { createAnswer } from '../verify.ts';
import { writeGraphModel } from './write-graph-model.ts';

beforeAll(() => tf.setBackend('cpu'));

async function inConverter(precision: 'float32' | 'float16', pixels: Float32Array) {
  const { json, shards } = writeGraphModel(sketchedClassifier(), { precision, metadata: { labels: ['a'] } });
  const { modelTopology, weightsManifest, format, signature } = JSON.parse(json) as {
    modelTopology: object;
    weightsManifest: { paths: string[]; weights: never[] }[];
    format: string;
    signature: object;
  };
  expect(weightsManifest[0]?.paths).toEqual(shards.map(({ path }) => path));
  const weightData = await new Blob(shards.map(({ blob }) => blob)).arrayBuffer();
  const model = loadGraphModelSync({
    load: () => ({
      modelTopology,
      weightSpecs: weightsManifest[0]?.weights ?? [],
      weightData,
      format,
      signature,
    }),
  });
  const result = model.predict(tf.tensor4d(pixels, [2, SIDE, SIDE, 3])) as tf.Tensor;
  expect(result.shape).toEqual([2, CLASSES]);
  return result.data<'float32'>();
}

describe('writeGraphModel', () => {
  const rng = createRng(3);
  const pixels = Float32Array.from({ length: 2 * SIDE * SIDE * 3 }, () => rng.below(256));

  /** Oracle: the converter of TensorFlow.js 4.22 on its own CPU back-end. */
  it.each([
    ['float32', 1e-5],
    ['float16', 5e-3],
  ] as const)('answers in the converter as here, in %s', async (precision, tolerance) => {
    const found = await inConverter(precision, pixels);
    const { answer, dispose } = createAnswer(sketchedClassifier(), SIDE);
    for (const picture of [0, 1]) {
      const size = SIDE * SIDE * 3;
      const own = await answer(pixels.slice(picture * size, (picture + 1) * size));
      own.forEach((value, c) =>
        expect(Math.abs(value - (found[picture * CLASSES + c] ?? NaN))).toBeLessThan(tolerance),
      );
      expect(Math.max(...own)).toBeLessThan(0.999);
    }
    dispose();
  });

  it('names the node that has no form there', () => {
    const graph = sketchedClassifier();
    const odd = { name: 'odd', op: 'Einsum', inputs: ['pixels'], outputs: ['out'], attributes: {} };
    expect(() =>
      writeGraphModel({ ...graph, outputs: ['out'], nodes: [odd] }, { precision: 'float32', metadata: {} }),
    ).toThrow(/Einsum "odd"/);
  });
});
