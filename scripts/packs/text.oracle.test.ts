/**
 * @file Texts as use-lite takes them: the pieces against those of the package that the model was published with, the
 * vectors against the runtime that it was published for.
 */
import '@tensorflow/tfjs-backend-cpu';
import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { beforeAll, expect, test } from 'vitest';
import { createUnigramTokenizer } from '../../src/data/text/unigram-tokenizer.ts';
import { trunkOfPack } from '../../src/models/pack-graph.ts';
import { fileOf, type Pack } from '../../src/models/pack.ts';
import { converterOf, openPack } from './open-pack.ts';
import { drawnLines, HARD_LINES } from './tokenizer-lines.ts';
import reference from './tokenizer.fixture.json';

beforeAll(() => tf.setBackend('cpu'));

type Vocabulary = readonly (readonly [string, number])[];

function vocabularyOf(pack: Pack): Vocabulary {
  return JSON.parse(new TextDecoder().decode(fileOf(pack, 'vocab.json'))) as Vocabulary;
}

test('use-lite: the pieces of hard lines and of ten thousand drawn ones are those of its package', async (context) => {
  const vocabulary = vocabularyOf((await openPack('use-lite', context)).pack);
  const tokenizer = createUnigramTokenizer(vocabulary);
  expect(HARD_LINES.map((line) => tokenizer.encode(line))).toEqual(reference.hard);
  const ids = drawnLines(vocabulary, reference.drawn.count).map((line) => tokenizer.encode(line).join());
  expect(createHash('sha256').update(ids.join('\n')).digest('hex')).toBe(reference.drawn.sha256);
});

test('use-lite: the trunk gives the sentence vectors of the converter, and opens', async (context) => {
  const { pack, original } = await openPack('use-lite', context);
  const tokenizer = createUnigramTokenizer(vocabularyOf(pack));
  const trunk = await trunkOfPack(pack);
  const [length = 0] = trunk.cutShape(0);
  const fed = (pieces: readonly (readonly number[])[]) =>
    tf.tensor2d(
      pieces.map((ids) => Array.from({ length }, (_, at) => (ids[at] ?? -1) + 1)),
      [pieces.length, length],
    );
  const converter = converterOf(original, 'dist');
  expect(trunk.featureSize).toBe(512);
  // Of several lengths, and one that is longer than what is read.
  for (const texts of [['I love this film.', 'No.', 'They meet on Tuesday.'], ['so '.repeat(150)]]) {
    const pieces = texts.map((text) => tokenizer.encode(text));
    const places = pieces.flatMap((ids, row) => ids.map((_, place) => [row, place]));
    const theirs = (await converter.executeAsync({
      indices: tf.tensor2d(places, undefined, 'int32'),
      values: tf.tensor1d(pieces.flat(), 'int32'),
    })) as tf.Tensor;
    const ours = trunk.run(fed(pieces), 0, trunk.blocks.length);
    const worst = tf.max(tf.abs(tf.sub(ours, theirs))).dataSync<'float32'>()[0];
    console.log(`largest difference ${worst?.toExponential(1)}`);
    expect(worst).toBeLessThan(1e-4);
  }

  const input = fed([tokenizer.encode('No, thanks.')]);
  const open = trunk.open(0);
  const { value, grads } = tf.variableGrads(
    () => tf.sum(tf.square(tf.sub(open.forward(input, { batchNorm: 'frozen' }), 0.1))),
    open.parameters.map(({ variable }) => variable),
  );
  expect(value.dataSync<'float32'>()[0]).toBeGreaterThan(0);
  const still = Object.entries(grads).filter(([, g]) => tf.max(tf.abs(g)).dataSync<'float32'>()[0] === 0);
  expect(still.map(([name]) => name)).toEqual([]);
  console.log(trunk.blocks.map(({ name, parameters }) => `${name} ${parameters}`).join(', '));
  open.dispose();
  trunk.dispose();
});
