import { describe, expect, it } from 'vitest';
import { createRng } from '../core/rng.ts';
import { choleskyOf, choleskySolve, gramLower, inverseDiagonal } from './cholesky.ts';
import { fitClosedForm, fitTemperature } from './closed-form.ts';
import { headLogits, scoreLogits } from './linear-head.ts';

const COUNT = 12;
const SIZE = 5;
const labels = Array.from({ length: COUNT }, (_, i) => i % 3);
const features = Float32Array.from({ length: COUNT * SIZE }, (_, at) => {
  const i = Math.floor(at / SIZE);
  const j = at % SIZE;
  return Math.sin(1 + i * 3.1 + j * 1.7 + i * j * 0.3) + (labels[i] === j ? 0.8 : 0);
});

describe('fitClosedForm', () => {
  /**
   * Oracle: scikit-learn 1.9.1, `StandardScaler` and `Ridge(alpha = relative * n)`; the leave-one-out error over the
   * same candidates with numpy is least at 0.3. `Ridge.predict` of the first three rows:
   */
  const EXPECTED = [
    [0.8122162921949501, 0.30708009209843984, -0.11929638429338985],
    [0.24668919485731158, 0.36747250805626636, 0.38583829708642203],
    [-0.03548184710863178, 0.29953155261682635, 0.7359502944918055],
  ];

  it('is the ridge regression of scikit-learn, up to the temperature', () => {
    const { head, ridge } = fitClosedForm({ features, labels, featureSize: SIZE, classes: 3 }, false);
    expect(ridge).toBe(0.3);
    const logits = headLogits(head, features, 3);
    // The temperature multiplies every score; the scores of a row sum to 1.
    const temperature = logits[0]! + logits[1]! + logits[2]!;
    expect(temperature).toBeGreaterThan(1);
    EXPECTED.flat().forEach((value, at) => expect(logits[at]! / temperature).toBeCloseTo(value, 5));
  });

  it('finds the same head through either Gram matrix', () => {
    const rng = createRng(3);
    const many = 40;
    const rows = Float32Array.from({ length: many * SIZE }, () => rng.normal());
    const truth = Array.from({ length: many }, (_, i) => (rows[i * SIZE]! + rows[i * SIZE + 1]! > 0 ? 1 : 0));
    const primal = fitClosedForm({ features: rows, labels: truth, featureSize: SIZE, classes: 2 }, true);
    // Constant columns change nothing but make the dual the cheaper way.
    const wide = new Float32Array(many * 50);
    for (let i = 0; i < many; i++) wide.set(rows.subarray(i * SIZE, (i + 1) * SIZE), i * 50);
    const dual = fitClosedForm({ features: wide, labels: truth, featureSize: 50, classes: 2 }, true);
    const a = headLogits(primal.head, rows, many);
    const b = headLogits(dual.head, wide, many);
    const agreement = a.reduce((sum, value, at) => sum + value * b[at]!, 0);
    const length = Math.hypot(...a) * Math.hypot(...b);
    expect(agreement / length).toBeGreaterThan(0.99);
    expect(scoreLogits(a, truth, 2).accuracy).toBeGreaterThan(0.9);
  });

  it('gives probabilities that are as sure as leave-one-out allows', () => {
    const rng = createRng(5);
    const count = 120;
    const noise = Float32Array.from({ length: count * 20 }, () => rng.normal());
    const random = Array.from({ length: count }, () => rng.below(2));
    const { head } = fitClosedForm({ features: noise, labels: random, featureSize: 20, classes: 2 }, false);
    const fresh = Float32Array.from({ length: count * 20 }, () => rng.normal());
    const score = scoreLogits(
      headLogits(head, fresh, count),
      Array.from({ length: count }, () => rng.below(2)),
      2,
    );
    // Labels without any sense: a head that is sure of itself would lose far more than ln 2.
    expect(score.loss).toBeLessThan(0.8);
  });
});

describe('fitTemperature', () => {
  it('finds the factor with the least loss', () => {
    // Two rows in three are right by a margin of 1: the best margin is ln 2.
    const scores = Float64Array.from([1, 0, 1, 0, 1, 0]);
    expect(fitTemperature(scores, Int32Array.from([0, 0, 1]), 2)).toBeCloseTo(Math.LN2, 4);
  });
});

describe('Cholesky', () => {
  it.each([1, 2, 7, 8])('solves and inverts a matrix of size %i', (size) => {
    const rng = createRng(size);
    const rows = Float64Array.from({ length: size * 6 }, () => rng.normal());
    const gram = gramLower(rows, size, 6);
    const full = (i: number, j: number) =>
      gram[Math.max(i, j) * size + Math.min(i, j)]! + (i === j ? 0.5 : 0);
    const factor = choleskyOf(gram, size, 0.5);
    const inverse = new Float64Array(size * size);
    for (let i = 0; i < size; i++) inverse[i * size + i] = 1;
    choleskySolve(factor, size, inverse, size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        let sum = 0;
        for (let k = 0; k < size; k++) sum += full(i, k) * inverse[k * size + j]!;
        expect(sum).toBeCloseTo(i === j ? 1 : 0, 9);
      }
    }
    inverseDiagonal(factor, size).forEach((value, i) => expect(value).toBeCloseTo(inverse[i * size + i]!, 9));
  });
});
