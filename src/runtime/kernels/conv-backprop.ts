/** @file Gradients of a 2-D convolution for the WASM back-end: with respect to its filter, and to its input. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvGeometry, convGeometry, isPointwise } from './conv-geometry.ts';
import { allocate, callKernel, floats, input, matMul, viewAs, type WasmKernelArgs } from './wasm-heap.ts';

/** `Conv2DBackpropFilter`: `x [B,H,W,I]`, `dy [B,h,w,O]` -> `[kh,kw,I,O]`. */
export function conv2dBackpropFilter(args: WasmKernelArgs): TensorInfo {
  const { backend, attrs } = args;
  const x = input(args, 'x');
  const dy = input(args, 'dy');
  const filterShape = attrs['filterShape'] as number[];
  const geometry = convGeometry(x.shape, filterShape, attrs, false);
  const { info } = geometry;
  if (isPointwise(geometry)) {
    const pixels = info.batchSize * info.outHeight * info.outWidth;
    const product = matMul(
      backend,
      viewAs(x, [pixels, info.inChannels]),
      viewAs(dy, [pixels, info.outChannels]),
      {
        a: true,
      },
    );
    return viewAs(product, filterShape);
  }
  return filterGradient(args, geometry, filterShape);
}

/**
 * `Conv2DBackpropInput`: `dy [B,h,w,O]`, `filter [kh,kw,I,O]` -> `[B,H,W,I]`. tfjs has this kernel on WASM, as a
 * scalar loop; here it is a matrix product, followed for filters larger than 1 x 1 by adding the columns back.
 */
export function conv2dBackpropInput(args: WasmKernelArgs): TensorInfo {
  const { backend, attrs } = args;
  const dy = input(args, 'dy');
  const filter = input(args, 'filter');
  const inputShape = attrs['inputShape'] as number[];
  const geometry = convGeometry(inputShape, filter.shape, attrs, false);
  const { info } = geometry;
  const pixels = info.batchSize * info.outHeight * info.outWidth;
  const taps = info.filterHeight * info.filterWidth;
  const columns = matMul(
    backend,
    viewAs(dy, [pixels, info.outChannels]),
    viewAs(filter, [taps * info.inChannels, info.outChannels]),
    { b: true },
  ); // [pixels, taps * I]
  if (isPointwise(geometry)) return viewAs(columns, inputShape);
  const out = callKernel(backend, 'Fill', {}, { shape: inputShape, value: 0, dtype: 'float32' });
  addColumns(geometry, floats(backend, columns), floats(backend, out));
  backend.disposeData(columns.dataId);
  return out;
}

/** Floats that the unrolled input may take at a time: 32 MiB. */
const COLUMN_FLOATS = 8 * 1024 * 1024;

/**
 * dW[r,c,i,o] = sum over outputs of x[row, column, i] * dy[o], as products of the unrolled input, `[taps * I, outputs]`,
 * with `dy`, for as many pictures at a time as fit.
 */
function filterGradient(
  args: WasmKernelArgs,
  geometry: ConvGeometry,
  filterShape: readonly number[],
): TensorInfo {
  const { backend } = args;
  const { info } = geometry;
  const perImage = info.outHeight * info.outWidth;
  const unrolled = info.filterHeight * info.filterWidth * info.inChannels;
  const images = Math.max(1, Math.min(info.batchSize, Math.floor(COLUMN_FLOATS / (unrolled * perImage))));
  const sums = new Float64Array(unrolled * info.outChannels);
  for (let first = 0; first < info.batchSize; first += images) {
    const count = Math.min(images, info.batchSize - first);
    const columns = allocate(backend, [unrolled, count * perImage]);
    unroll(geometry, floats(backend, input(args, 'x')), floats(backend, columns), first, count);
    const dy = callKernel(
      backend,
      'Slice',
      { x: viewAs(input(args, 'dy'), [info.batchSize * perImage, info.outChannels]) },
      { begin: [first * perImage, 0], size: [count * perImage, info.outChannels] },
    );
    const product = matMul(backend, columns, dy, {});
    const values = floats(backend, product);
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (values[i] as number);
    for (const { dataId } of [columns, dy, product]) backend.disposeData(dataId);
  }
  const out = allocate(backend, filterShape);
  floats(backend, out).set(sums);
  return out;
}

/** Row `tap * I + i` holds what that tap reads of channel `i` for each output; zeros where it reads outside. */
function unroll(
  { info, rows, columns }: ConvGeometry,
  x: Float32Array,
  unrolled: Float32Array,
  first: number,
  count: number,
) {
  const { inChannels, inHeight, inWidth, outHeight, outWidth, strideWidth } = info;
  const length = count * outHeight * outWidth;
  unrolled.fill(0);
  rows.forEach((row, r) => {
    columns.forEach((column, c) => {
      for (let i = 0; i < inChannels; i++) {
        const start = ((r * columns.length + c) * inChannels + i) * length;
        for (let b = 0; b < count; b++) {
          for (let oy = row.from; oy < row.to; oy++) {
            const xRow = ((first + b) * inHeight + oy * info.strideHeight + row.origin) * inWidth;
            const to = start + (b * outHeight + oy) * outWidth;
            for (let ox = column.from; ox < column.to; ox++) {
              unrolled[to + ox] = x[(xRow + ox * strideWidth + column.origin) * inChannels + i] as number;
            }
          }
        }
      }
    });
  });
}

/** Adds each tap's column to the input pixel that it was read from. */
function addColumns({ info, rows, columns }: ConvGeometry, source: Float32Array, dx: Float32Array) {
  const { batchSize, inChannels, inHeight, inWidth, outHeight, outWidth } = info;
  const tapCount = rows.length * columns.length;
  for (let b = 0; b < batchSize; b++) {
    rows.forEach((row, r) => {
      columns.forEach((column, c) => {
        for (let oy = row.from; oy < row.to; oy++) {
          const dxRow = (b * inHeight + oy * info.strideHeight + row.origin) * inWidth;
          const sourceRow = (b * outHeight + oy) * outWidth;
          for (let ox = column.from; ox < column.to; ox++) {
            const to = (dxRow + ox * info.strideWidth + column.origin) * inChannels;
            const from = ((sourceRow + ox) * tapCount + r * columns.length + c) * inChannels;
            for (let i = 0; i < inChannels; i++) {
              dx[to + i] = (dx[to + i] as number) + (source[from + i] as number);
            }
          }
        }
      });
    });
  }
}
