/**
 * @file The BERT encoder against PyTorch 2.13.0 (CPU, float32) and `BertModel` of transformers 5.24.0, with the weights of
 * the pack `minilm-l6`. `bert.reference.json` holds two sentences as ids, the second shorter and of two types, and of
 * PyTorch: 32 numbers of one token's last hidden state, of each sentence's mean over its tokens, the norms of the
 * unmasked hidden states after the embeddings and after each layer, and norms of the gradients of the sum of the squared
 * sentence vectors times 1, 2, ... 384.
 */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { graphOfPack, tensorsOf } from '../../models/pack-graph.ts';
import { fileOf } from '../../models/pack.ts';
import { openBackend } from '../../runtime/backends.ts';
import { preparedPack } from '../../testing/prepared-pack.ts';
import { normOf, relativeDifference } from '../../testing/reference-pictures.ts';
import { proposeBlocks } from '../cuts.ts';
import { isTrainable } from '../model/ir.ts';
import { toComputeValues } from '../model/tensor-data.ts';
import type { TensorValue, Value } from '../ops/value.ts';
import { GraphExecutor } from '../run/executor.ts';
import reference from './bert.reference.json';
import { bertTrunk, parseBertConfig } from './bert.ts';

beforeAll(async () => {
  expect(await openBackend('wasm')).toMatchObject({ status: 'open' });
});

const feed = (rows: number[][]): Value => ({
  kind: 'tensor',
  dtype: 'int64',
  tensor: tf.tensor2d(rows, undefined, 'int32'),
});
const FEEDS = () =>
  new Map([
    ['input_ids', feed(reference.inputIds)],
    ['attention_mask', feed(reference.attentionMask)],
    ['token_type_ids', feed(reference.tokenTypeIds)],
  ]);

test('hidden states, sentence vectors, blocks and gradients are those of PyTorch', async (context) => {
  const pack = await preparedPack('minilm-l6', context);
  const layers = [0, 1, 2, 3, 4, 5].map((layer) => `encoder.layer.${layer}`);
  const config = parseBertConfig(JSON.parse(new TextDecoder().decode(fileOf(pack, 'config.json'))));
  const blocks = proposeBlocks(bertTrunk(tensorsOf(pack), config));
  expect(blocks.map(({ name }) => name)).toEqual(['embeddings', ...layers]);
  const graph = await graphOfPack(pack);
  const ends = ['embeddings.LayerNorm', ...layers.map((layer) => `${layer}.output.LayerNorm`)];
  const outputs = ['last_hidden_state', 'sentence_embedding', ...ends];
  const executor = new GraphExecutor(graph);
  const results = executor.run({ feeds: FEEDS(), outputs });
  const tensorOf = (name: string) => (results.get(name) as TensorValue).tensor;
  const expectRow = (row: Float32Array, expected: readonly number[]) =>
    expected.forEach((value, i) => expect(Math.abs(row[i]! - value)).toBeLessThan(1e-4));
  const hidden = tf.slice(tensorOf('last_hidden_state'), [1, 3, 0], [1, 1, 32]);
  expectRow(hidden.dataSync<'float32'>(), reference.lastHiddenState);
  reference.sentence.forEach((expected, i) =>
    expectRow(
      tensorOf('sentence_embedding')
        .dataSync<'float32'>()
        .subarray(384 * i),
      expected,
    ),
  );
  const mask = tf.expandDims(tf.tensor2d(reference.attentionMask), 2);
  expect(reference.layerNorms).toHaveLength(ends.length);
  ends.forEach((value, i) => {
    const norm = normOf(tf.mul(tensorOf(value), mask).dataSync());
    expect(relativeDifference(norm, reference.layerNorms[i]!)).toBeLessThan(1e-4);
  });

  const variables = new Map(
    [...graph.parameters.values()].filter(isTrainable).map((parameter) => {
      const values = tf.tensor(toComputeValues(parameter).slice(), [...parameter.shape], 'float32');
      return [parameter.name, tf.variable(values)];
    }),
  );
  const weights = tf.range(1, 385);
  const { grads } = tf.variableGrads(() => {
    const run = executor.run({
      feeds: FEEDS(),
      outputs: ['sentence_embedding'],
      parameters: (name) => variables.get(name),
    });
    const { tensor } = run.get('sentence_embedding') as TensorValue;
    return tf.sum(tf.mul(tf.square(tensor), weights));
  }, [...variables.values()]);
  for (const [name, expected] of Object.entries(reference.gradientNorms)) {
    const norm = normOf(grads[variables.get(name)!.name]!.dataSync());
    expect(relativeDifference(norm, expected), name).toBeLessThan(1e-3);
  }
});
