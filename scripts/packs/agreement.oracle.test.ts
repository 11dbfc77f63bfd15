/**
 * @file The packs against the runtimes that they were published for, on the files as they were published: the converter
 * of TensorFlow.js for graph models, `onnxruntime-web` for ONNX. Packs are prepared where they are missing; without a
 * network the tests are skipped. (MobileNetV3-Small, EfficientNet-Lite0 and MiniLM are compared with PyTorch, see
 * `src/graph/builders`.)
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { beforeAll, expect, test } from 'vitest';
import type { TestContext } from 'vitest';
import type { Graph } from '../../src/graph/model/ir.ts';
import type { TensorValue, Value } from '../../src/graph/ops/value.ts';
import { GraphExecutor } from '../../src/graph/run/executor.ts';
import { graphOfPack } from '../../src/models/pack-graph.ts';
import { fileIn } from './convert.ts';
import { converterOf, openPack } from './open-pack.ts';

beforeAll(() => tf.setBackend('cpu'));

/** The prepared pack as a network, and the files of its package. */
async function open(id: string, context: TestContext) {
  const { pack, original } = await openPack(id, context);
  return { graph: await graphOfPack(pack), original };
}

function run(graph: Graph, feeds: Record<string, tf.Tensor>): Float32Array {
  const values = Object.entries(feeds).map(([name, tensor]): [string, Value] => [
    name,
    { kind: 'tensor', dtype: tensor.dtype === 'int32' ? 'int32' : 'float32', tensor },
  ]);
  const [output = ''] = graph.outputs;
  const result = new GraphExecutor(graph).run({ feeds: new Map(values) }).get(output) as TensorValue;
  return result.tensor.dataSync<'float32'>();
}

/** Within 1e-4 of the largest. */
function expectAgreement(ours: Float32Array, theirs: Float32Array): void {
  expect(ours.length).toBe(theirs.length);
  const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest).toBeGreaterThan(0);
  const worst = theirs.reduce((most, value, i) => Math.max(most, Math.abs((ours[i] ?? NaN) - value)), 0);
  expect(worst / largest).toBeLessThan(1e-4);
  console.log(`largest difference ${(worst / largest).toExponential(1)} of the largest value`);
}

test('mobilenet-v2-coco agrees with the converter on the whole detector', async (context) => {
  const { graph, original } = await open('mobilenet-v2-coco', context);
  const name = 'Preprocessor/sub';
  const x = tf.randomUniform([1, 224, 224, 3], -1, 1, 'float32', 3);
  const theirs = converterOf(original, 'models/coco-ssd').execute({ [name]: x }, graph.outputs[0]);
  expectAgreement(run(graph, { [name]: x }), (theirs as tf.Tensor).dataSync<'float32'>());
});

test('use-lite agrees with the converter on sentences of several lengths', async (context) => {
  const { graph, original } = await open('use-lite', context);
  const sentences = [[8, 1200, 45, 6], [77], [3, 7999, 512, 512, 90, 21, 6]];
  const indices = tf.tensor2d(
    sentences.flatMap((pieces, row) => pieces.map((_, place) => [row, place])),
    undefined,
    'int32',
  );
  const feeds = { indices, values: tf.tensor1d(sentences.flat(), 'int32') };
  const theirs = await converterOf(original, 'dist').executeAsync(feeds);
  expect((theirs as tf.Tensor).shape).toEqual([3, 512]);
  expectAgreement(run(graph, feeds), (theirs as tf.Tensor).dataSync<'float32'>());
});

test('speech-embedding agrees with onnxruntime-web', async (context) => {
  const { graph, original } = await open('speech-embedding', context);
  const x = tf.randomUniform([2, 76, 32, 1], -2, 8, 'float32', 5);
  const session = await InferenceSession.create(fileIn(original, 'models/embedding_model.onnx'));
  const [input = '', output = ''] = [session.inputNames[0], session.outputNames[0]];
  const results = await session.run({ [input]: new Tensor('float32', x.dataSync<'float32'>(), x.shape) });
  const theirs = results[output];
  expect(theirs?.dims).toEqual([2, 1, 1, 96]);
  expectAgreement(run(graph, { [input]: x }), theirs?.data as Float32Array);
});
