import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { closeBackend, openBackend } from '../backends.ts';
import { multiply } from './matrix-product.ts';
import { type KernelRunner, kernelRunner } from './runner.ts';
import { allocate, floats, type WasmHeap } from './wasm-heap.ts';

beforeAll(async () => expect(await openBackend('wasm')).toMatchObject({ status: 'open' }));

const heap = () => tf.backend() as tf.KernelBackend & WasmHeap;

/** A product of 300 x 70 and 70 x 40 numbers, by a runner. */
function product(runner: KernelRunner): Float32Array {
  const backend = heap();
  const [a, b, out] = [
    allocate(backend, [300, 70]),
    allocate(backend, [70, 40]),
    allocate(backend, [300, 40]),
  ];
  floats(backend, a).forEach((_, i, values) => (values[i] = Math.sin(i * 0.7)));
  floats(backend, b).forEach((_, i, values) => (values[i] = Math.cos(i * 1.3)));
  const once = { batch: 1, transposed: false };
  multiply({ backend, runner }, { ...once, info: a }, { ...once, info: b }, out, {
    batch: 1,
    rows: 300,
    columns: 40,
    depth: 70,
  });
  const values = floats(backend, out).slice();
  for (const { dataId } of [a, b, out]) backend.disposeData(dataId);
  return values;
}

/** The same in double precision. */
function expected(): Float64Array {
  const values = new Float64Array(300 * 40);
  for (let i = 0; i < 300; i++)
    for (let j = 0; j < 40; j++) {
      for (let k = 0; k < 70; k++) {
        values[i * 40 + j]! += Math.sin((i * 70 + k) * 0.7) * Math.cos((k * 40 + j) * 1.3);
      }
    }
  return values;
}

function expectRight(actual: Float32Array) {
  const wanted = expected();
  expect(Math.max(...actual.map((value, i) => Math.abs(value - wanted[i]!)))).toBeLessThan(1e-5);
}

test('the page is isolated, so there is a helper, and threads agree with one', () => {
  const runner = kernelRunner(heap())!;
  expect(globalThis.crossOriginIsolated).toBe(true);
  expect(runner.threads).toBeGreaterThan(1);
  const together = product(runner);
  expectRight(together);
  for (let i = 0; i < 5; i++) expect(product(runner)).toEqual(together);
});

test('when helpers are gone the calling thread does all', () => {
  const runner = kernelRunner(heap())!;
  const before = product(runner);
  runner.end();
  expect(product(runner)).toEqual(before);
  expect(product(runner)).toEqual(before);
});

test('helpers end with the back-end, and come back with it', async () => {
  const first = kernelRunner(heap());
  closeBackend('wasm');
  expect(await openBackend('wasm')).toMatchObject({ status: 'open' });
  const second = kernelRunner(heap())!;
  expect(second).not.toBe(first);
  expect(second.threads).toBeGreaterThan(1);
  expectRight(product(second));
});
