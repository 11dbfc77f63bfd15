/** @file Gradients of a 2-D convolution for the WASM back-end: with respect to its filter, and to its input. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvGeometry, convGeometry, geometryWords, isPointwise } from './conv-geometry.ts';
import { addParts, multiply } from './matrix-product.ts';
import { kernelRunner, type KernelRunner } from './runner.ts';
import { addColumns, addProducts } from './scalar-conv.ts';
import { CONV_FILTER, CONV_INPUT, PACK_FILTER } from './wasm/jobs.ts';
import { allocate, floats, input, pointer, type WasmKernelArgs } from './wasm-heap.ts';

/** `Conv2DBackpropFilter`: `x [B,H,W,I]`, `dy [B,h,w,O]` -> `[kh,kw,I,O]`. */
export function conv2dBackpropFilter(args: WasmKernelArgs): TensorInfo {
  const { backend, attrs } = args;
  const x = input(args, 'x');
  const dy = input(args, 'dy');
  const filterShape = attrs['filterShape'] as number[];
  const geometry = convGeometry(x.shape, filterShape, attrs, false);
  const out = allocate(backend, filterShape);
  const runner = kernelRunner(backend);
  const { batchSize, outHeight, outWidth, inChannels, outChannels } = geometry.info;
  if (runner === undefined) {
    addProducts(geometry, floats(backend, x), floats(backend, dy), floats(backend, out));
  } else if (isPointwise(geometry)) {
    const sizes = {
      batch: 1,
      rows: inChannels,
      columns: outChannels,
      depth: batchSize * outHeight * outWidth,
    };
    const once = { batch: 1 };
    multiply(
      { backend, runner },
      { ...once, info: x, transposed: true },
      { ...once, info: dy, transposed: false },
      out,
      sizes,
    );
  } else {
    filterGradient(args, runner, geometry, out);
  }
  return out;
}

/** `Conv2DBackpropInput`: `dy [B,h,w,O]`, `filter [kh,kw,I,O]` -> `[B,H,W,I]`; tfjs's own is a scalar loop. */
export function conv2dBackpropInput(args: WasmKernelArgs): TensorInfo {
  const { backend, attrs } = args;
  const dy = input(args, 'dy');
  const filter = input(args, 'filter');
  const inputShape = attrs['inputShape'] as number[];
  const geometry = convGeometry(inputShape, filter.shape, attrs, false);
  const out = allocate(backend, inputShape);
  const runner = kernelRunner(backend);
  const { batchSize, outHeight, outWidth, inChannels, outChannels } = geometry.info;
  if (runner === undefined) {
    addColumns(geometry, floats(backend, dy), floats(backend, filter), floats(backend, out));
  } else if (isPointwise(geometry)) {
    const sizes = {
      batch: 1,
      rows: batchSize * outHeight * outWidth,
      columns: inChannels,
      depth: outChannels,
    };
    const once = { batch: 1 };
    multiply(
      { backend, runner },
      { ...once, info: dy, transposed: false },
      { ...once, info: filter, transposed: true },
      out,
      sizes,
    );
  } else {
    inputGradient(args, runner, geometry, out);
  }
  return out;
}

/** Floats of a filter above which a chunk takes one tap of it only. */
const WHOLE_FILTER_FLOATS = 256 * 1024;
/** Floats of unrolled input that a thread works on at a time: 128 KiB. */
const UNROLLED_FLOATS = 32 * 1024;
const MOST_PARTS = 16;
const LEAST_PART_PIXELS = 512;

/** dW[r,c,i,o] = sum over outputs of x[row, column, i] * dy[o], as products of the unrolled input with `dy`. */
function filterGradient(args: WasmKernelArgs, runner: KernelRunner, geometry: ConvGeometry, out: TensorInfo) {
  const { backend } = args;
  const { info } = geometry;
  const taps = info.filterHeight * info.filterWidth;
  const size = taps * info.inChannels * info.outChannels;
  const tapsAtOnce = size > WHOLE_FILTER_FLOATS ? 1 : taps;
  const groups = taps / tapsAtOnce;
  const pixels = info.batchSize * info.outHeight * info.outWidth;
  const parts = Math.max(1, Math.min(Math.ceil(MOST_PARTS / groups), Math.floor(pixels / LEAST_PART_PIXELS)));
  const partPixels = Math.ceil(pixels / parts);
  const width = tapsAtOnce * info.inChannels;
  const pixelsAtOnce = Math.max(16, Math.min(256, partPixels, Math.floor(UNROLLED_FLOATS / width)));
  const perThread = pixelsAtOnce * (width + Math.ceil(info.outChannels / 8) * 8);
  const scratch = allocate(backend, [runner.threads, perThread]);
  const partial = parts === 1 ? out : allocate(backend, [parts, size]);
  runner.run({
    job: CONV_FILTER,
    args: [
      ...[pointer(backend, input(args, 'x')), pointer(backend, input(args, 'dy')), pointer(backend, partial)],
      ...[pixels, partPixels, tapsAtOnce, pointer(backend, scratch), 4 * perThread],
      ...geometryWords(geometry),
      pixelsAtOnce,
    ],
    chunks: parts * groups,
  });
  backend.disposeData(scratch.dataId);
  if (partial === out) return;
  addParts(runner, pointer(backend, partial), pointer(backend, out), size, parts);
  backend.disposeData(partial.dataId);
}

function inputGradient(args: WasmKernelArgs, runner: KernelRunner, geometry: ConvGeometry, out: TensorInfo) {
  const { backend } = args;
  const { info } = geometry;
  const width = info.filterHeight * info.filterWidth * info.inChannels;
  const blocks = Math.ceil(width / 8);
  const packed = allocate(backend, [blocks * 8, info.outChannels]);
  const pixelsAtOnce = Math.max(12, Math.min(120, Math.floor(UNROLLED_FLOATS / width)));
  const perThread = pixelsAtOnce * width;
  const scratch = allocate(backend, [runner.threads, perThread]);
  runner.run({
    job: PACK_FILTER,
    args: [pointer(backend, input(args, 'filter')), pointer(backend, packed), width, info.outChannels],
    chunks: blocks,
  });
  runner.run({
    job: CONV_INPUT,
    args: [
      ...[pointer(backend, input(args, 'dy')), pointer(backend, packed), pointer(backend, out), 0, 0, 0],
      ...[pointer(backend, scratch), 4 * perThread],
      ...geometryWords(geometry),
      pixelsAtOnce,
    ],
    chunks: info.batchSize,
  });
  backend.disposeData(packed.dataId);
  backend.disposeData(scratch.dataId);
}
