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
  const out = allocate(backend, filterShape);
  filterGradient(geometry, floats(backend, x), floats(backend, dy), floats(backend, out));
  return out;
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

/** dW[r,c,i,o] = sum over outputs of x[row, column, i] * dy[o]. Sums are double precision. */
function filterGradient(
  { info, rows, columns }: ConvGeometry,
  x: Float32Array,
  dy: Float32Array,
  dw: Float32Array,
) {
  const { batchSize, inChannels, outChannels, inHeight, inWidth, outHeight, outWidth } = info;
  const tapSize = inChannels * outChannels;
  const sums = new Float64Array(tapSize);
  rows.forEach((row, r) => {
    columns.forEach((column, c) => {
      sums.fill(0);
      for (let b = 0; b < batchSize; b++) {
        for (let oy = row.from; oy < row.to; oy++) {
          const xRow = (b * inHeight + oy * info.strideHeight + row.origin) * inWidth;
          const dyRow = (b * outHeight + oy) * outWidth;
          for (let ox = column.from; ox < column.to; ox++) {
            const xAt = (xRow + ox * info.strideWidth + column.origin) * inChannels;
            addOuterProduct(sums, x, xAt, inChannels, dy, (dyRow + ox) * outChannels, outChannels);
          }
        }
      }
      dw.set(sums, (r * columns.length + c) * tapSize);
    });
  });
}

function addOuterProduct(
  sums: Float64Array,
  x: Float32Array,
  xAt: number,
  inChannels: number,
  dy: Float32Array,
  dyAt: number,
  outChannels: number,
) {
  let at = 0;
  for (let i = 0; i < inChannels; i++) {
    const value = x[xAt + i] as number;
    for (let o = 0; o < outChannels; o++, at++) {
      sums[at] = (sums[at] as number) + value * (dy[dyAt + o] as number);
    }
  }
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
