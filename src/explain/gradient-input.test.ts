import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import { bertTrunk } from '../graph/builders/bert.ts';
import { ModelNetwork } from '../graph/model-network.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import { TOY_BERT, toyBertBag } from '../testing/toy-bert.ts';
import { createToyTrunk } from '../testing/toy-trunk.ts';
import type { LinearHead } from '../train/linear-head.ts';
import { canWeighPieces, pieceScores, STEPS } from './gradient-input.ts';

beforeAll(() => tf.setBackend('cpu'));

const LENGTH = 6;
const TABLE = 'embeddings.word_embeddings.weight';
const input = { kind: 'tokens', length: LENGTH, model: 'toy', vocabulary: '[]' } as const;

/** With as many pieces as the example that a network is tried on needs. */
function bert(): ModelNetwork {
  const rng = createRng(3);
  const shape = [120, TOY_BERT.hidden_size];
  const data = Float32Array.from({ length: 120 * TOY_BERT.hidden_size }, () => rng.next() - 0.5);
  const bag = toyBertBag().set(TABLE, { dtype: 'float32', shape, data });
  return new ModelNetwork(bertTrunk(bag, { ...TOY_BERT, vocab_size: 120 }), { input });
}

/** Pieces 3, 7, 0 and 7 again: an id may be 0, and a piece may stand twice. */
const VALUES = [4, 8, 1, 8, 0, 0];
const COUNT = 4;

function headOf(featureSize: number): LinearHead {
  const rng = createRng(5);
  const draw = (length: number) => Float32Array.from({ length }, () => 40 * (rng.next() - 0.5));
  return { featureSize, classes: 3, weights: draw(featureSize * 3), bias: draw(3) };
}

/** The logit above the mean of all, of vectors each of which is as long as its factor says. */
function logitAt(network: TrunkNetwork, head: LinearHead, label: number, factors: readonly number[]): number {
  const text = tf.tensor2d([VALUES]);
  const vectors = network.lookup!.vectors(text);
  const size = vectors.shape.at(-1)!;
  const changed = vectors
    .dataSync<'float32'>()
    .map((value, at) => value * (factors[Math.floor(at / size)] ?? 0));
  const features = network.lookup!.run(tf.tensor(changed, vectors.shape), text);
  const logits = logitsOf(head, features.dataSync<'float32'>());
  return logits[label]! - logits.reduce((a, b) => a + b, 0) / logits.length;
}

/** In float64: a difference of two large float32 logits has few digits left. */
function logitsOf({ classes, weights, bias }: LinearHead, features: Float32Array): number[] {
  return Array.from(bias, (own, c) =>
    features.reduce((sum, value, i) => sum + value * (weights[i * classes + c] ?? 0), own),
  );
}

/**
 * How that changes as one piece's vector grows, on the way to the text: no gradient of tfjs in it. Central differences of
 * fourth order, so that the step may be large beside the rounding of float32.
 */
function byDifferences(network: TrunkNetwork, head: LinearHead, label: number, piece: number): number {
  const slopes = Array.from({ length: STEPS }, (_, at) => {
    const part = (at + 0.5) / STEPS;
    // The way bends most near nothing.
    const step = 0.03 * part;
    const factors = (shift: number) => VALUES.map((__, i) => (i === piece ? part + shift : part));
    const across = (shift: number) =>
      logitAt(network, head, label, factors(shift)) - logitAt(network, head, label, factors(-shift));
    return (8 * across(step) - across(2 * step)) / (12 * step);
  });
  return slopes.reduce((a, b) => a + b, 0) / STEPS;
}

test('is the change of the logit with the length of each vector, on the way from nothing to the text', async () => {
  const network = bert();
  const head = headOf(network.featureSize);
  for (const label of [0, 1, 2]) {
    const before = tf.memory().numTensors;
    const { scores, features } = await pieceScores({ network, head, label, values: VALUES, count: COUNT });
    const left = tf.memory().numTensors - before;
    // What the first pass uploads stays.
    if (label > 0) expect(left).toBe(0);
    expect(scores).toHaveLength(COUNT);
    // Each takes 32 runs.
    if (label === 1) {
      for (const [piece, score] of scores.entries())
        expect(score).toBeCloseTo(byDifferences(network, head, label, piece), 3);
    }
    expect(Math.max(...scores.map(Math.abs))).toBeGreaterThan(0.1);
    // The same piece at another place has another score.
    expect(Math.abs(scores[1]! - scores[3]!)).toBeGreaterThan(1e-3);
    const whole = network.run(tf.tensor2d([VALUES]), 0, network.blocks.length);
    expect(features).toEqual(whole.dataSync());
  }
});

test('a fine-tuned network is asked with its own table', async () => {
  const network = bert();
  const { shape, data } = network.definition.parameters.get(TABLE)!;
  const doubled = (data as Float32Array<ArrayBuffer>).map((value, at) => (at < 32 ? value : value + 0.3));
  const tuned = network.withWeights(new Map([[TABLE, { shape, data: doubled }]]));
  const head = headOf(network.featureSize);
  const { scores } = await pieceScores({ network: tuned, head, label: 1, values: VALUES, count: COUNT });
  expect(scores[1]).toBeCloseTo(byDifferences(tuned, head, 1, 1), 3);
});

test('the table of words is found among those of places and types, and a network without one is refused', async () => {
  const network = bert();
  expect(network.lookup?.vectors(tf.tensor2d([VALUES])).shape).toEqual([1, LENGTH, TOY_BERT.hidden_size]);
  expect(canWeighPieces(network)).toBe(true);
  const other = createToyTrunk();
  expect(canWeighPieces(other)).toBe(false);
  await expect(
    pieceScores({ network: other, head: headOf(8), label: 0, values: VALUES, count: COUNT }),
  ).rejects.toThrow(RangeError);
});
