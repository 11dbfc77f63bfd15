/** @file Gradients of a depthwise convolution for the WASM back-end. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { convGeometry, geometryWords } from './conv-geometry.ts';
import { addParts } from './matrix-product.ts';
import { kernelRunner } from './runner.ts';
import { addDepthwiseColumns, addDepthwiseProducts } from './scalar-conv.ts';
import { DEPTHWISE_FILTER, DEPTHWISE_INPUT } from './wasm/jobs.ts';
import { allocate, floats, input, pointer, type WasmKernelArgs } from './wasm-heap.ts';

/** Multiplications of a chunk, about. */
const CHUNK_WORK = 500_000;

/** `DepthwiseConv2dNativeBackpropFilter`: `x [B,H,W,C]`, `dy [B,h,w,C*m]` -> `[kh,kw,C,m]`. */
export function depthwiseBackpropFilter(args: WasmKernelArgs): TensorInfo {
  const { backend, attrs } = args;
  const x = input(args, 'x');
  const dy = input(args, 'dy');
  const filterShape = attrs['filterShape'] as number[];
  const out = allocate(backend, filterShape);
  const geometry = convGeometry(x.shape, filterShape, attrs, true);
  const { info } = geometry;
  const runner = kernelRunner(backend);
  if (runner === undefined || info.inChannels !== info.outChannels) {
    addDepthwiseProducts(geometry, floats(backend, x), floats(backend, dy), floats(backend, out));
    return out;
  }
  const size = info.filterHeight * info.filterWidth * info.inChannels;
  const rows = Math.ceil(CHUNK_WORK / (info.outWidth * size));
  const rowsAtOnce = Math.min(info.outHeight, Math.max(1, rows));
  const blocks = Math.ceil(info.outHeight / rowsAtOnce);
  const parts = info.batchSize * blocks;
  const partial = allocate(backend, [parts, size]);
  runner.run({
    job: DEPTHWISE_FILTER,
    args: [
      ...[pointer(backend, x), pointer(backend, dy), pointer(backend, partial), rowsAtOnce, blocks, 0, 0, 0],
      ...geometryWords(geometry),
    ],
    chunks: parts,
  });
  addParts(runner, pointer(backend, partial), pointer(backend, out), size, parts);
  backend.disposeData(partial.dataId);
  return out;
}

/** `DepthwiseConv2dNativeBackpropInput`: `dy [B,h,w,C*m]`, `filter [kh,kw,C,m]` -> `[B,H,W,C]`. */
export function depthwiseBackpropInput(args: WasmKernelArgs): TensorInfo {
  const { backend, attrs } = args;
  const dy = input(args, 'dy');
  const filter = input(args, 'filter');
  const inputShape = attrs['inputShape'] as number[];
  const geometry = convGeometry(inputShape, filter.shape, attrs, true);
  const { info } = geometry;
  const out = allocate(backend, inputShape);
  const runner = kernelRunner(backend);
  if (runner === undefined || info.inChannels !== info.outChannels) {
    addDepthwiseColumns(geometry, floats(backend, dy), floats(backend, filter), floats(backend, out));
    return out;
  }
  const taps = info.filterHeight * info.filterWidth;
  const rows = Math.ceil(CHUNK_WORK / (info.inWidth * info.inChannels * taps));
  const rowsAtOnce = Math.min(info.inHeight, Math.max(1, rows));
  const blocks = Math.ceil(info.inHeight / rowsAtOnce);
  // Two tables: per column and per row of the input a count and a pair of words per tap.
  const perThread = info.inWidth * (1 + 2 * info.filterWidth) + info.inHeight * (1 + 2 * info.filterHeight);
  const scratch = allocate(backend, [runner.threads, perThread]);
  runner.run({
    job: DEPTHWISE_INPUT,
    args: [
      ...[pointer(backend, dy), pointer(backend, filter), pointer(backend, out), rowsAtOnce, blocks, 0],
      ...[pointer(backend, scratch), 4 * perThread],
      ...geometryWords(geometry),
    ],
    chunks: info.batchSize * blocks,
  });
  backend.disposeData(scratch.dataId);
  return out;
}
