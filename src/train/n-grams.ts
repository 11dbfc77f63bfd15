/** @file The honest baseline for texts: words and pairs of words, and a linear model that has read nothing before. */
import { createRng, shuffled } from '../core/rng.ts';

export interface TaughtText {
  readonly text: string;
  /** Index of its class. */
  readonly label: number;
}

/** A model of word counts that was taught. */
export interface NGramModel {
  /** One probability per class; they sum to 1. A text without one known word gets those of an empty text. */
  probabilities(text: string): number[];
}

export interface NGramOptions {
  readonly classes: number;
  /** Of the order of the texts. */
  readonly seed: number;
  /** Awaited every few hundred texts, with the part that is done, 0..1; what it throws ends the teaching. */
  readonly pause: (done: number) => Promise<void>;
}

const EPOCHS = 20;
const RATE = 0.5;
const DECAY = 1e-5;
const TEXTS_BETWEEN_PAUSES = 500;
/** Value of the feature that every text has, beside a row of length 1. */
const BIAS = 0.3;
/** Letters and digits in a row are a word; scripts without spaces give one word for each sign. */
const UNSPACED = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]`;
const WORDS = new RegExp(String.raw`${UNSPACED}|(?:(?!${UNSPACED})[\p{L}\p{N}\p{M}_])+`, 'gu');

/** Features that a text has, with their values. */
export type SparseRow = readonly (readonly [feature: number, value: number])[];

/**
 * Softmax regression on TF-IDF of words and pairs of words, each row of length 1, taught by AdaGrad.
 * Source: the weights are those of scikit-learn's `TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\w+")`.
 */
export async function teachNGrams(texts: readonly TaughtText[], options: NGramOptions): Promise<NGramModel> {
  const { classes, seed, pause } = options;
  const weigh = fitTfIdf(texts.map(({ text }) => text));
  const rows = texts.map(({ text, label }) => ({ row: withBias(weigh.row(text), weigh.size), label }));
  const weights = Array.from({ length: classes }, () => new Float64Array(weigh.size + 1));
  const squares = weights.map((of) => new Float64Array(of.length).fill(1e-8));
  const rng = createRng(seed);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (const [at, { row, label }] of shuffled(rows, rng).entries()) {
      if (at % TEXTS_BETWEEN_PAUSES === 0) await pause((epoch + at / rows.length) / EPOCHS);
      step(row, label, weights, squares);
    }
  }
  return { probabilities: (text) => softmax(withBias(weigh.row(text), weigh.size), weights) };
}

/** The features that texts have, and the row of any text in them; what was not in those texts is left out. */
export function fitTfIdf(texts: readonly string[]): {
  readonly size: number;
  row(text: string): SparseRow;
  /** Index of a word, or of two with a space between. */
  feature(gram: string): number | undefined;
} {
  const known = new Map<string, { readonly id: number; texts: number }>();
  for (const text of texts) {
    for (const gram of new Set(gramsOf(text))) {
      const entry = known.get(gram) ?? { id: known.size, texts: 0 };
      entry.texts += 1;
      known.set(gram, entry);
    }
  }
  return {
    size: known.size,
    feature: (gram) => known.get(gram)?.id,
    row(text) {
      const counts = new Map<number, number>();
      for (const gram of gramsOf(text)) {
        const entry = known.get(gram);
        if (entry === undefined) continue;
        const weight = Math.log((1 + texts.length) / (1 + entry.texts)) + 1;
        counts.set(entry.id, (counts.get(entry.id) ?? 0) + weight);
      }
      const norm = Math.sqrt([...counts.values()].reduce((sum, value) => sum + value ** 2, 0)) || 1;
      return [...counts].map(([id, value]) => [id, value / norm] as const);
    },
  };
}

function gramsOf(text: string): string[] {
  const words = text.toLowerCase().match(WORDS) ?? [];
  return [...words, ...words.slice(1).map((word, i) => `${words[i] ?? ''} ${word}`)];
}

const withBias = (row: SparseRow, size: number): SparseRow => [...row, [size, BIAS]];

function softmax(row: SparseRow, weights: readonly Float64Array[]): number[] {
  const logits = weights.map((of) => row.reduce((sum, [id, value]) => sum + value * (of[id] ?? 0), 0));
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

function step(
  row: SparseRow,
  truth: number,
  weights: readonly Float64Array[],
  squares: readonly Float64Array[],
): void {
  for (const [label, probability] of softmax(row, weights).entries()) {
    const of = weights[label];
    const square = squares[label];
    if (of === undefined || square === undefined) continue;
    const error = probability - Number(label === truth);
    for (const [id, value] of row) {
      const gradient = error * value + DECAY * (of[id] ?? 0);
      square[id] = (square[id] ?? 0) + gradient ** 2;
      of[id] = (of[id] ?? 0) - (RATE * gradient) / Math.sqrt(square[id] ?? 1);
    }
  }
}
