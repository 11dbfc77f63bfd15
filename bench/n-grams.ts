/** @file The honest baseline for texts: words and pairs of words, and a linear model that has read nothing before. */
import { createRng, shuffled } from '../src/core/rng.ts';

export interface LabelledText {
  readonly text: string;
  readonly label: string;
}

const EPOCHS = 20;
const RATE = 0.5;
const DECAY = 1e-5;

type Row = readonly (readonly [feature: number, value: number])[];

/**
 * Share of test texts that are answered right by softmax regression on TF-IDF of words and pairs of words, each row of
 * length 1, taught by AdaGrad.
 * Source: the weights are those of scikit-learn's `TfidfVectorizer(ngram_range=(1, 2))`.
 */
export function nGramAccuracy(train: readonly LabelledText[], test: readonly LabelledText[]): number {
  const labels = [...new Set(train.map(({ label }) => label))].sort();
  const known = new Map<string, { readonly id: number; texts: number }>();
  const grams = train.map(({ text }) => gramsOf(text));
  for (const row of grams) {
    for (const gram of new Set(row)) {
      const entry = known.get(gram) ?? { id: known.size, texts: 0 };
      entry.texts += 1;
      known.set(gram, entry);
    }
  }
  const weigh = (row: readonly string[]) => weighed(row, known, train.length);
  const weights = labels.map(() => new Float64Array(known.size + 1));
  const squares = labels.map(() => new Float64Array(known.size + 1).fill(1e-8));
  const rows = grams.map((row, i) => ({ row: weigh(row), truth: labels.indexOf(train[i]?.label ?? '') }));
  const rng = createRng(1);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (const { row, truth } of shuffled(rows, rng)) step(row, truth, weights, squares);
  }
  const right = test.filter(({ text, label }) => {
    const scores = softmax(weigh(gramsOf(text)), weights);
    return labels[scores.indexOf(Math.max(...scores))] === label;
  });
  return right.length / test.length;
}

function gramsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...words, ...words.slice(1).map((word, i) => `${words[i] ?? ''} ${word}`)];
}

function weighed(
  row: readonly string[],
  known: ReadonlyMap<string, { readonly id: number; readonly texts: number }>,
  texts: number,
): Row {
  const counts = new Map<number, number>();
  for (const gram of row) {
    const entry = known.get(gram);
    if (entry === undefined) continue;
    const weight = Math.log((1 + texts) / (1 + entry.texts)) + 1;
    counts.set(entry.id, (counts.get(entry.id) ?? 0) + weight);
  }
  const norm = Math.hypot(...counts.values()) || 1;
  return [...[...counts].map(([id, value]) => [id, value / norm] as const), [known.size, 0.3] as const];
}

function softmax(row: Row, weights: readonly Float64Array[]): number[] {
  const logits = weights.map((of) => row.reduce((sum, [id, value]) => sum + value * (of[id] ?? 0), 0));
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

function step(
  row: Row,
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
