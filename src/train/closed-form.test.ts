import { describe, expect, it } from 'vitest';
import { createRng } from '../core/rng.ts';
import { choleskyOf, choleskySolve, gramLower, inverseDiagonal } from './cholesky.ts';
import { fitClosedForm, fitTemperature, leaveOneOut } from './closed-form.ts';
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
   * Oracle: scikit-learn 1.9.1, `StandardScaler` and `Ridge(alpha = relative * n)`; the error over the same candidates,
   * each sample predicted by a `Ridge` fitted on the others, is least at 1. `Ridge.predict` of the first three rows:
   */
  const EXPECTED = [
    [0.7026230284340276, 0.3251461642499255, -0.027769192683953114],
    [0.25002524991305497, 0.355383676938853, 0.394591073148092],
    [0.07280945699911773, 0.3148009872447737, 0.6123895557561085],
  ];

  it('is the ridge regression of scikit-learn, up to the temperature', () => {
    const { head, ridge } = fitClosedForm({ features, labels, featureSize: SIZE, classes: 3 }, false);
    expect(ridge).toBe(1);
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

describe('leaveOneOut', () => {
  it('is what a head says that was fitted without the sample, with fewer samples than features', () => {
    // Oracle: scikit-learn 1.9.1, `StandardScaler`, then for each row a balanced `Ridge` fitted on the six
    // others, of the strength (30) whose errors are least.
    const EXPECTED = [
      [0.25464889100414645, 0.3845150538054012, 0.3608360551904525],
      [0.3984679790741299, 0.18734335561262913, 0.41418866531324094],
      [0.4136766724656812, 0.3968967829740165, 0.18942654456030222],
      [0.2689294560758139, 0.36707390326287587, 0.36399664066131004],
      [0.40065057508934543, 0.17963651612802867, 0.4197129087826259],
      [0.35570011248054845, 0.45118055740410407, 0.19311933011534738],
      [0.2765818671863575, 0.37787556366432684, 0.34554256914931547],
    ];
    const wide = Float32Array.from({ length: 7 * 11 }, (_, at) => {
      const [i, j] = [Math.floor(at / 11), at % 11];
      return Math.sin(1 + i * 3.1 + j * 1.7 + i * j * 0.3) + (i % 3 === j ? 0.8 : 0);
    });
    const found = leaveOneOut({ features: wide, labels: labels.slice(0, 7), featureSize: 11, classes: 3 });
    // The probabilities are the softmax of these scores times one factor for all.
    const logRatio = (row: number, c: number) => Math.log(found[row * 3 + c]! / found[row * 3]!);
    const factor = logRatio(0, 1) / (EXPECTED[0]![1]! - EXPECTED[0]![0]!);
    expect(factor).toBeGreaterThan(0);
    EXPECTED.forEach((scores, row) => {
      for (const c of [1, 2]) expect(logRatio(row, c) / factor).toBeCloseTo(scores[c]! - scores[0]!, 5);
    });
  });

  it('knows nothing of labels that follow from nothing', () => {
    const rng = createRng(11);
    const random = Array.from({ length: 40 }, (_, i) => i % 2);
    const noise = Float32Array.from({ length: 40 * 300 }, () => rng.normal());
    const found = leaveOneOut({ features: noise, labels: random, featureSize: 300, classes: 2 });
    const right = random.filter((label, row) => found[row * 2 + label]! > 0.5).length;
    expect(right).toBeGreaterThan(8);
    expect(right).toBeLessThan(32);
    expect(Math.max(...found)).toBeLessThan(0.9);
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
