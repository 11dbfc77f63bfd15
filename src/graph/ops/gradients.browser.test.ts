import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { BackendName } from '../../core/device.ts';
import { openBackend } from '../../runtime/backends.ts';
import { GRADIENT_CASES } from '../../testing/gradients/cases.ts';
import {
  analyticGradients,
  finiteDifferences,
  nameOf,
  type Probe,
  runOften,
} from '../../testing/gradients/gradient-case.ts';

const CASES = Object.values(GRADIENT_CASES).flatMap((cases) =>
  cases.map((gradientCase) => ({ name: nameOf(gradientCase), gradientCase })),
);

const expected = new Map<string, readonly (readonly Probe[])[]>();

/** Relative to the largest derivative of an input. Single precision and the step leave about 1e-4. */
const TOLERANCE = 3e-3;

async function open(backend: BackendName) {
  expect(await openBackend(backend)).toMatchObject({ status: 'open' });
}

beforeAll(async () => {
  await open('cpu');
  for (const { name, gradientCase } of CASES) expected.set(name, finiteDifferences(gradientCase));
});

describe.each<BackendName>(['cpu', 'wasm', 'webgl', 'webgpu'])('gradients on %s', (backend) => {
  beforeAll(async () => {
    await open(backend);
    // Memory that a kernel forgets to clear shall not be zero by chance.
    if (backend === 'wasm') for (let size = 1; size < 200; size++) tf.fill([size], 1e8).dispose();
  });

  test.each(CASES)('$name', async ({ name, gradientCase }) => {
    const before = tf.memory().numTensors;
    const gradients = await analyticGradients(gradientCase);
    expect(tf.memory().numTensors).toBe(before);
    gradients.forEach((gradient, i) => {
      const probes = expected.get(name)![i]!;
      const scale = Math.max(0.05, ...gradient.map(Math.abs));
      probes.forEach(({ direction, slope }, k) => {
        const along = gradient.reduce((sum, value, at) => sum + value * direction[at]!, 0);
        expect(
          Math.abs(along - slope) / scale,
          `input ${i}, probe ${k}: ${along}, not ${slope}`,
        ).toBeLessThan(TOLERANCE);
      });
    });
  });
});

describe.each(Object.entries(GRADIENT_CASES))('one hundred runs of %s', (_, cases) => {
  test.each<BackendName>(['cpu', 'wasm'])('leave no tensor on %s', async (backend) => {
    await open(backend);
    for (const gradientCase of cases) {
      const before = tf.memory().numTensors;
      runOften(gradientCase, 100);
      expect(tf.memory().numTensors, nameOf(gradientCase)).toBe(before);
    }
  });
});
