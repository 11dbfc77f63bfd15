import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, test, vi } from 'vitest';
import { activeBackend, closeBackend, openBackend } from './backends.ts';
import { probeBackends } from './probe.ts';

const signal = new AbortController().signal;

afterEach(() => vi.restoreAllMocks());

test('the fastest correct back-end wins and is active; the others say why not', async () => {
  const timed: string[] = [];
  const before = performance.now();
  const result = await probeBackends({
    timeTrunk: (backend) => {
      timed.push(backend);
      return Promise.resolve(backend === 'wasm' ? 7 : 90);
    },
    signal,
  });
  expect(performance.now() - before).toBeLessThan(15_000);
  expect(result).toMatchObject({ backend: 'wasm', chosenBy: 'measured', forwardMs: 7 });
  expect(activeBackend()).toBe('wasm');
  expect(result.probes.map(({ backend }) => backend)).toEqual(['wasm', 'webgpu', 'webgl', 'cpu']);
  expect(result.probes[0]).toMatchObject({ status: 'ok' });
  expect(result.probes[3]).toMatchObject({ status: 'skipped' });
  expect(timed).not.toContain('cpu');
  expect(tf.memory().numTensors).toBe(0);
});

test('a back-end that computes nonsense is never used', async () => {
  await openBackend('wasm');
  const kernel = tf.getKernel('Softmax', 'wasm');
  tf.unregisterKernel('Softmax', 'wasm');
  tf.registerKernel({
    ...kernel,
    kernelFunc: (args) =>
      tf.getKernel('Identity', 'wasm').kernelFunc({ ...args, inputs: { x: args.inputs['logits'] } }),
  });
  try {
    const result = await probeBackends({
      timeTrunk: () => Promise.resolve(1),
      backends: ['wasm', 'cpu'],
      signal,
    });
    expect(result).toMatchObject({ backend: 'cpu', chosenBy: 'only-choice' });
    expect(result.probes[0]).toMatchObject({ backend: 'wasm', status: 'incorrect' });
  } finally {
    tf.unregisterKernel('Softmax', 'wasm');
    tf.registerKernel(kernel);
  }
});

test('a closed back-end opens again', async () => {
  expect(await openBackend('wasm')).toMatchObject({ status: 'open' });
  closeBackend('wasm');
  expect(activeBackend()).not.toBe('wasm');
  expect(await openBackend('wasm')).toMatchObject({ status: 'open' });
  const sum = tf.tidy(() => tf.sum(tf.ones([10])).dataSync()[0]);
  expect(sum).toBe(10);
});

test('no back-end at all is an error with the reasons', async () => {
  await expect(
    probeBackends({ timeTrunk: () => Promise.reject(new Error('broken')), backends: ['wasm'], signal }),
  ).rejects.toMatchObject({ code: 'backend-unavailable' });
});

test('a cancelled probe ends at the next back-end', async () => {
  await expect(
    probeBackends({ timeTrunk: () => Promise.resolve(1), signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: 'cancelled' });
});
