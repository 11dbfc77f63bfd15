import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { TOY_BERT, toyBertBag } from '../../testing/toy-bert.ts';
import { proposeBlocks } from '../cuts.ts';
import type { Graph } from '../model/ir.ts';
import { OpenModel } from '../open-model.ts';
import type { TensorValue, Value } from '../ops/value.ts';
import { GraphExecutor } from '../run/executor.ts';
import { bertEncoder, bertTrunk } from './bert.ts';

beforeAll(() => tf.setBackend('cpu'));

const SENTENCE = 'sentence_embedding';
/** Two texts, the second shorter; a token's id may be 0. */
const IDS = [
  [3, 7, 0, 1],
  [10, 2, 0, 0],
];
const LENGTHS = [4, 2];
const MASK = LENGTHS.map((length) => [0, 1, 2, 3].map((at) => Number(at < length)));
const CODES = IDS.map((row, i) => row.map((id, at) => (at < LENGTHS[i]! ? id + 1 : 0)));

/** Numbers as what an input takes: codes are floats, ids and masks whole. */
function valueOf(name: string, rows: readonly (readonly number[])[]): Value {
  const isReal = name === 'text';
  const copy = rows.map((row) => [...row]);
  const tensor = tf.tensor2d(copy, undefined, isReal ? 'float32' : 'int32');
  return { kind: 'tensor', dtype: isReal ? 'float32' : 'int64', tensor };
}

function outputOf(graph: Graph, given: Readonly<Record<string, Value>>, output: string): tf.Tensor {
  const feeds = new Map(Object.entries(given));
  return (new GraphExecutor(graph).run({ feeds, outputs: [output] }).get(output) as TensorValue).tensor;
}

const close = (a: tf.Tensor, b: tf.Tensor) =>
  expect(tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]).toBeLessThan(1e-5);

test('gives the sentence vectors of the encoder, whose mask it reads off', () => {
  const encoder = bertEncoder(toyBertBag(), TOY_BERT);
  const types = IDS.map((row) => row.map(() => 0));
  const rows = { input_ids: IDS, attention_mask: MASK, token_type_ids: types };
  const given = Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, valueOf(name, row)]));
  const expected = outputOf(encoder, given, SENTENCE);
  close(outputOf(bertTrunk(toyBertBag(), TOY_BERT), { text: valueOf('text', CODES) }, SENTENCE), expected);
});

test('can be cut after the embeddings and after each layer, and learns above a cut as if it were whole', () => {
  const graph = bertTrunk(toyBertBag(), TOY_BERT);
  const blocks = proposeBlocks(graph);
  expect(blocks.map(({ name }) => name)).toEqual(['embeddings', 'encoder.layer.0', 'encoder.layer.1']);
  const text = valueOf('text', CODES);
  const from = blocks[1]!.value;
  const tensor = outputOf(graph, { text }, from);
  expect(tensor.shape).toEqual([2, 4, 8]);
  close(
    outputOf(graph, { [from]: { kind: 'tensor', dtype: 'float32', tensor } }, SENTENCE),
    outputOf(graph, { text }, SENTENCE),
  );

  const gradientsAbove = (cut: number, value: string, x: tf.Tensor) => {
    const nodes = blocks.slice(cut).flatMap((block) => block.nodes);
    const open = new OpenModel(graph, nodes, { cut, from: value, to: SENTENCE });
    const { grads } = tf.variableGrads(
      () => tf.sum(tf.square(open.forward(x, { batchNorm: 'frozen' }))),
      open.parameters.map(({ variable }) => variable),
    );
    return new Map(open.parameters.map(({ name, variable }) => [name, grads[variable.name]!]));
  };
  const all = gradientsAbove(0, 'text', (text as TensorValue).tensor);
  const some = gradientsAbove(2, from, tensor);
  expect([...all.keys()]).toContain('embeddings.token_type_embeddings.weight');
  expect(some.size).toBe(16);
  for (const [name, gradient] of some) close(gradient, all.get(name)!);
});
