import { describe, expect, it } from 'vitest';
import { createRng } from '../core/rng.ts';
import { choleskyOf, choleskySolve, forwardSolve, gramLower } from './cholesky.ts';
import { fitClosedForm, fitTemperature, leaveOneOut } from './closed-form.ts';
import { headLogits, scoreLogits } from './linear-head.ts';

const CLASSES = 3;

/** Rows in which column c says a little of class c. */
function waves(count: number, size: number, bump: number): { features: Float32Array; labels: number[] } {
  const labels = Array.from({ length: count }, (_, i) => i % CLASSES);
  const features = Float32Array.from({ length: count * size }, (_, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return Math.sin(i * i * 1.3 + j * j * 0.7 + i * j * 2.1) + (labels[i] === j ? bump : 0);
  });
  return { features, labels };
}

/**
 * Oracle: scikit-learn 1.9.1, `StandardScaler` and `LinearDiscriminantAnalysis(solver='lsqr', shrinkage=s)`, where s
 * makes the same addition to the scatter: s / (1 - s) = ridge * size / trace of the scatter. Its scores
 * (decision function less log prior) are brought from its covariance to ours: times (1 - s) / n and the degrees of
 * freedom. The strength is the one with the least log loss of the left-out scores, each by an analysis of the others,
 * over 4000 temperatures.
 */
const EXPECTED = [
  {
    name: 'more samples than features',
    ...{ count: 18, size: 5, bump: 1.2, shrinkage: 0.3, temperature: 0.4543 },
    scores: [
      [2.69788, -6.313445, -4.767366],
      [-9.394564, 1.651063, -0.639429],
      [-6.430711, -3.40873, 1.456511],
    ],
    leftOut: [
      [1.194567, -6.125333, -5.06965],
      [-9.356855, 0.874546, -0.612538],
      [-6.353895, -3.595003, 0.647235],
    ],
  },
  {
    name: 'fewer samples than features',
    ...{ count: 9, size: 11, bump: 2, shrinkage: 3, temperature: 0.1837 },
    scores: [
      [2.556688, -5.936842, -5.350276],
      [-7.12294, 3.939618, -5.547109],
      [-2.581304, -7.182687, 1.033561],
    ],
    leftOut: [
      [-0.962354, -5.65392, -5.72079],
      [-7.136327, 3.743505, -5.544577],
      [-1.161416, -7.425621, -17.584707],
      [-0.925547, -10.79695, -1.261992],
      [-5.424866, 0.993938, -6.207231],
      [-5.201788, -6.723036, 0.34336],
      [-6.56492, -6.533702, -4.747251],
      [-7.573223, 3.184119, -5.257399],
      [-5.097534, -6.836109, 0.015371],
    ],
  },
];

describe.each(EXPECTED)('with $name', ({ count, size, bump, shrinkage, temperature, scores, leftOut }) => {
  const { features, labels } = waves(count, size, bump);
  const data = { features, labels, featureSize: size, classes: CLASSES };

  it('the head is the discriminant analysis of scikit-learn, at the temperature of what is left out', () => {
    const fit = fitClosedForm(data, true);
    expect(fit.shrinkage).toBe(shrinkage);
    const logits = headLogits(fit.head, features, scores.length);
    scores.flat().forEach((score, at) => expect(logits[at]! / temperature / score).toBeCloseTo(1, 2));
    const ratio = logits[0]! / scores[0]![0]!;
    scores.flat().forEach((score, at) => expect(logits[at]! / ratio).toBeCloseTo(score, 4));
    expect(ratio / temperature).toBeCloseTo(1, 2);
  });

  it('what is said of each sample is what scikit-learn says that learned from the others', () => {
    const found = leaveOneOut(data);
    const ratio = Math.log(found[1]! / found[0]!) / (leftOut[0]![1]! - leftOut[0]![0]!);
    expect(ratio / temperature).toBeCloseTo(1, 2);
    leftOut.forEach((row, i) => {
      for (const c of [1, 2]) {
        expect(Math.log(found[i * CLASSES + c]! / found[i * CLASSES]!) / ratio).toBeCloseTo(
          row[c]! - row[0]!,
          3,
        );
      }
    });
  });
});

describe('fitClosedForm', () => {
  it('finds the same head through either Gram matrix', () => {
    const rng = createRng(3);
    const many = 40;
    const rows = Float32Array.from({ length: many * 5 }, () => rng.normal());
    const truth = Array.from({ length: many }, (_, i) => (rows[i * 5]! + rows[i * 5 + 1]! > 0 ? 1 : 0));
    const primal = fitClosedForm({ features: rows, labels: truth, featureSize: 5, classes: 2 }, true);
    // Constant columns change nothing but make the dual the cheaper way.
    const wide = new Float32Array(many * 50);
    for (let i = 0; i < many; i++) wide.set(rows.subarray(i * 5, (i + 1) * 5), i * 50);
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
    const half = Float64Array.from({ length: size }, (_, i) => i + 1);
    forwardSolve(factor, size, half, 1);
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let k = 0; k <= i; k++) sum += factor[i * size + k]! * half[k]!;
      expect(sum).toBeCloseTo(i + 1, 9);
    }
  });
});
