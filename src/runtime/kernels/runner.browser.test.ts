import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { closeBackend, openBackend } from '../backends.ts';
import { conv2dBackpropFilter, conv2dBackpropInput } from './conv-backprop.ts';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise-backprop.ts';
import { multiply } from './matrix-product.ts';
import { type KernelRunner, kernelRunner } from './runner.ts';
import { allocate, floats, type WasmHeap, type WasmKernelArgs } from './wasm-heap.ts';

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

const ATTRS = { strides: [2, 1], dilations: [1, 2], pad: 'same', dimRoundingMode: 'floor' };

// The heap of a back-end that no compiled kernels were attached to, as where there is no SIMD.
test.each([
  ['filter', conv2dBackpropFilter, [3, 3, 6, 5], 5],
  ['input', conv2dBackpropInput, [3, 3, 6, 5], 5],
  ['depthwise filter', depthwiseBackpropFilter, [3, 3, 6, 1], 6],
  ['depthwise input', depthwiseBackpropInput, [3, 3, 6, 1], 6],
] as const)('without SIMD the %s gradient is the same', (_, kernel, filterShape, outputs) => {
  const backend = heap();
  const bare: WasmHeap = {
    makeOutput: (...given) => backend.makeOutput(...given),
    typedArrayFromHeap: (info) => backend.typedArrayFromHeap(info),
    disposeData: (...given) => backend.disposeData(...given),
    getMemoryOffset: (dataId) => backend.getMemoryOffset(dataId),
    incRef: (dataId) => backend.incRef(dataId),
  };
  const inputShape = [2, 9, 8, 6];
  const x = tf.randomNormal(inputShape, 0, 1, 'float32', 1);
  const dy = tf.randomNormal([2, 5, 8, outputs], 0, 1, 'float32', 2);
  const filter = tf.randomNormal([...filterShape], 0, 1, 'float32', 3);
  const run = (on: WasmHeap) => {
    const args: WasmKernelArgs = {
      inputs: { x, dy, filter },
      backend: on,
      attrs: { ...ATTRS, filterShape: [...filterShape], inputShape },
    };
    const out = kernel(args);
    const values = floats(backend, out).slice();
    backend.disposeData(out.dataId);
    return values;
  };
  const [compiled, scalar] = [run(backend), run(bare)];
  expect(scalar.some((value) => value !== 0)).toBe(true);
  expect(Math.max(...scalar.map((value, i) => Math.abs(value - compiled[i]!)))).toBeLessThan(2e-5);
  tf.dispose([x, dy, filter]);
});

test('one hundred steps neither keep memory nor grow the heap after the first ones', () => {
  const backend = heap();
  const x = tf.randomNormal<tf.Rank.R4>([4, 20, 20, 8]);
  const weights = [
    tf.randomNormal([3, 3, 8, 16]),
    tf.randomNormal([5, 5, 16, 1]),
    tf.randomNormal([1, 1, 16, 24]),
    tf.randomNormal([24]),
  ];
  const loss = (...[full, depthwise, point, bias]: tf.Tensor[]) => {
    const first = tf.relu6(tf.conv2d(x, full as tf.Tensor4D, 2, 'same'));
    const second = tf.relu(tf.depthwiseConv2d(first, depthwise as tf.Tensor4D, 1, 'same'));
    const third = tf.mul(tf.conv2d(second, point as tf.Tensor4D, 1, 'same'), bias!);
    return tf.sum<tf.Scalar>(tf.square(third));
  };
  const heapBytes = () => floats(backend, x).buffer.byteLength;
  const step = () => tf.tidy(() => void tf.grads(loss)(weights));
  for (let i = 0; i < 5; i++) step();
  const before = { bytes: heapBytes(), data: backend.numDataIds(), tensors: tf.memory().numTensors };
  for (let i = 0; i < 100; i++) step();
  expect({ bytes: heapBytes(), data: backend.numDataIds(), tensors: tf.memory().numTensors }).toEqual(before);
  tf.dispose([x, weights]);
});
