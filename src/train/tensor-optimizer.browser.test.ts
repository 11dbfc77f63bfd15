import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { openBackend } from '../runtime/backends.ts';
import { createOptimizer } from './optimizer.ts';
import { createTensorOptimizer } from './tensor-optimizer.ts';

// Neither range is a multiple of four long; the second begins off a vector's border.
const GROUPS = [
  { start: 0, end: 1003, learningRate: 0.01, decay: true },
  { start: 1003, end: 1350, learningRate: 0.05, decay: false },
];
const SIZE = 1350;

const wave = (step: number) => Float32Array.from({ length: SIZE }, (_, i) => Math.sin(i * step + 1));

test.each(
  (['cpu', 'wasm', 'webgl', 'webgpu'] as const).flatMap((backend) =>
    (['adamw', 'sgd'] as const).map((optimizer) => ({ backend, optimizer })),
  ),
)('$optimizer on tensors takes the steps of the one on arrays, $backend', async ({ backend, optimizer }) => {
  expect(await openBackend(backend)).toMatchObject({ status: 'open' });
  const tensorsBefore = tf.memory().numTensors;
  const settings = { optimizer, weightDecay: 0.1, momentum: 0.9 };
  const expected = wave(0.7);
  const onArrays = createOptimizer(settings, GROUPS);
  const onTensors = createTensorOptimizer(settings, GROUPS, tf.tensor1d(expected.slice()));
  for (let i = 0; i < 5; i++) {
    const gradients = wave(0.3 + i);
    onArrays.step(
      expected,
      gradients.map((value) => value * 0.5),
      1 - i / 10,
    );
    const tensor = tf.tensor1d(gradients);
    onTensors.step(tensor, 0.5, 1 - i / 10);
    tensor.dispose();
  }
  const actual = await onTensors.parameters.data<'float32'>();
  const worst = Math.max(...actual.map((value, i) => Math.abs(value - (expected[i] ?? NaN))));
  expect(worst).toBeLessThan(2e-6);
  onTensors.dispose();
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});
