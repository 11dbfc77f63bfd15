import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
// 40 rows of three classes, one of them far away. `distances` by scikit-learn's NearestNeighbors (cosine, 5 besides the row
// itself, in its class; null for the class of 6), `outliers` by numpy.percentile: beyond Q3 + 3 (Q3 - Q1), by distance / Q3.
import expected from './neighbours.fixture.json';
import { neighbourDistances, outlierRows } from './outliers.ts';

const { labels } = expected;
const rows = {
  features: Float32Array.from(expected.features.flat()),
  ...{ featureSize: 6, labels, classes: 3 },
};

test('distances to neighbours are those of scikit-learn, and so are the outliers', async () => {
  await tf.setBackend('cpu');
  const before = tf.memory().numTensors;
  const distances = await neighbourDistances(rows, new AbortController().signal);
  expect(tf.memory().numTensors).toBe(before);
  for (const [row, distance] of expected.distances.entries()) {
    if (distance === null) expect(distances[row]).toBeNaN();
    else expect(distances[row]).toBeCloseTo(distance, 5);
  }
  expect(outlierRows(distances, labels, 3)).toEqual(expected.outliers);
});

test('equal samples have no outlier', async () => {
  const same = {
    features: new Float32Array(120).fill(1),
    featureSize: 6,
    labels: Array<number>(20).fill(0),
    classes: 1,
  };
  const distances = await neighbourDistances(same, new AbortController().signal);
  expect(outlierRows(distances, same.labels, 1)).toEqual([]);
});
