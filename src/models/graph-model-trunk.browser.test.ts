import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { closeBackend, openBackend } from '../runtime/backends.ts';
import { graphModelTrunk } from './graph-model-trunk.ts';

const node = (name: string, op: string, input: string[] = [], attr: object = {}) => ({
  name,
  op,
  input,
  attr,
});
const FLOAT = { T: { type: 'DT_FLOAT' } };
const shapeOf = (...sizes: number[]) => ({ shape: { dim: sizes.map((size) => ({ size: String(size) })) } });

/** Channel means of the input times two weights: features `[B, 1, 1, 2]`, hand-written in the converter's format. */
function toyArtifacts(): tf.io.ModelArtifacts {
  return {
    format: 'graph-model',
    modelTopology: {
      versions: { producer: 1, minConsumer: 1 },
      node: [
        node('images', 'Placeholder', [], { dtype: { type: 'DT_FLOAT' }, shape: shapeOf(-1, 2, 2, 3) }),
        node('filter', 'Const', [], { dtype: { type: 'DT_FLOAT' } }),
        node('conv', 'Conv2D', ['images', 'filter'], {
          ...FLOAT,
          strides: { list: { i: ['1', '1', '1', '1'] } },
          dilations: { list: { i: ['1', '1', '1', '1'] } },
          padding: { s: btoa('VALID') },
          data_format: { s: btoa('NHWC') },
        }),
        node('logits', 'Relu', ['conv'], FLOAT),
      ],
    },
    weightSpecs: [{ name: 'filter', shape: [2, 2, 3, 2], dtype: 'float32' }],
    // Output 0 is the mean over all twelve inputs, output 1 is twelve times as much.
    weightData: Float32Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? 1 / 12 : 1)).buffer,
  };
}

const OPTIONS = {
  name: 'toy',
  inputSize: 2,
  featureSize: 2,
  inputRange: [-1, 1],
  featureNode: 'conv',
} as const;

beforeAll(async () => {
  await openBackend('cpu');
});

test('scales pixels to the range of the model and reads the pooled features', () => {
  const before = tf.memory().numTensors;
  const trunk = graphModelTrunk(toyArtifacts(), OPTIONS);
  expect(trunk.blocks).toMatchObject([{ index: 0, parameters: 24, outputShape: [2] }]);
  expect([trunk.cutShape(0), trunk.cutShape(1), trunk.trainable]).toEqual([[2, 2, 3], [2], false]);

  const pixels = tf.tidy(() => tf.stack([tf.fill([2, 2, 3], 255), tf.fill([2, 2, 3], 51)]));
  const features = trunk.run(pixels, 0, 1);
  expect(features.shape).toEqual([2, 2]);
  const expected = [1, 12, -0.6, -7.2];
  features.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 5));
  tf.dispose([pixels, features]);
  trunk.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('opens only above its last block, with nothing to train', async () => {
  const trunk = graphModelTrunk(toyArtifacts(), OPTIONS);
  expect(() => trunk.open(0)).toThrow(expect.objectContaining({ code: 'model-unsupported' }));
  const open = trunk.open(1);
  const features = tf.tensor2d([[3, 4]]);
  const same = open.forward(features, { batchNorm: 'frozen' });
  expect([...same.dataSync()]).toEqual([3, 4]);
  expect([open.parameters.length, (await open.weights()).size]).toEqual([0, 0]);
  tf.dispose([features, same]);
  open.dispose();
  trunk.dispose();
});

test('a copy without new weights lives on when the first is disposed', () => {
  const trunk = graphModelTrunk(toyArtifacts(), OPTIONS);
  const copy = trunk.withWeights(new Map());
  trunk.dispose();
  const pixels = tf.fill([1, 2, 2, 3], 255);
  expect(copy.run(pixels, 0, 1).dataSync()[1]).toBeCloseTo(12, 5);
  copy.dispose();
  expect(() => trunk.withWeights(new Map([['w', { shape: [1], data: new Float32Array(1) }]]))).toThrow(
    expect.objectContaining({ code: 'model-unsupported' }),
  );
});

test('survives the loss of its back-end', async () => {
  const trunk = graphModelTrunk(toyArtifacts(), OPTIONS);
  closeBackend('cpu');
  await openBackend('cpu');
  const features = trunk.run(tf.fill([1, 2, 2, 3], 0), 0, 1);
  expect(features.dataSync()[1]).toBeCloseTo(-12, 5);
  trunk.dispose();
});

test('an unknown node, another feature size or an unknown operation is an error', () => {
  const unsupported = expect.objectContaining({ code: 'model-unsupported' }) as Error;
  expect(() => graphModelTrunk(toyArtifacts(), { ...OPTIONS, featureNode: 'absent' })).toThrow(unsupported);
  expect(() => graphModelTrunk(toyArtifacts(), { ...OPTIONS, featureSize: 7 })).toThrow(unsupported);
  const strange = toyArtifacts();
  (strange.modelTopology as { node: { op: string }[] }).node[2]!.op = 'NoSuchOperation';
  expect(() => graphModelTrunk(strange, OPTIONS)).toThrow(unsupported);
});
