/**
 * @file Maxima over windows of three axes for the WASM back-end, and their gradient. tfjs's own start from the smallest
 * positive number, so they are wrong where all of a window is below zero.
 */
import * as tf from '@tensorflow/tfjs-core';
import { allocate, floats, input, ints, type WasmKernelArgs } from './wasm-heap.ts';

type Pool = tf.backend_util.Conv3DInfo;

function poolOf(shape: readonly number[], attrs: tf.NamedAttrMap): Pool {
  return tf.backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    attrs['filterSize'] as [number, number, number],
    attrs['strides'] as [number, number, number],
    1,
    attrs['pad'] as 'valid' | 'same' | number,
    attrs['dimRoundingMode'] as 'floor' | 'round' | 'ceil',
    'NDHWC',
  );
}

/** `MaxPool3D`: `x [N,D,H,W,C]` -> `[N,d,h,w,C]`. */
export function maxPool3d(args: WasmKernelArgs): tf.TensorInfo {
  const x = input(args, 'x');
  const pool = poolOf(x.shape, args.attrs);
  const out = args.backend.makeOutput(pool.outShape, x.dtype);
  const view = x.dtype === 'int32' ? ints : floats;
  const from = view(args.backend, x);
  const to = view(args.backend, out);
  forEachMaximum(pool, from, (output, source) => (to[output] = from[source] as number));
  return out;
}

/** `MaxPool3DGrad`: the gradient of each output goes to the first of its window's maxima. */
export function maxPool3dGrad(args: WasmKernelArgs): tf.TensorInfo {
  const { backend } = args;
  const x = input(args, 'input');
  const dy = input(args, 'dy');
  const out = allocate(backend, x.shape);
  const slopes = floats(backend, dy);
  const sums = floats(backend, out);
  sums.fill(0);
  forEachMaximum(poolOf(x.shape, args.attrs), floats(backend, x), (output, source) => {
    sums[source] = (sums[source] as number) + (slopes[output] as number);
  });
  return out;
}

/** Positions along one axis that a window covers. */
function range(at: number, stride: number, before: number, kernel: number, size: number): [number, number] {
  const start = at * stride - before;
  return [Math.max(0, start), Math.min(size, start + kernel)];
}

/** Calls back with the position of each output and that of the maximum of its window. */
function forEachMaximum(
  pool: Pool,
  x: ArrayLike<number>,
  found: (output: number, source: number) => void,
): void {
  const { batchSize, inChannels: channels, inDepth, inHeight, inWidth, padInfo } = pool;
  let output = 0;
  for (let n = 0; n < batchSize; n++) {
    for (let d = 0; d < pool.outDepth; d++) {
      const depths = range(d, pool.strideDepth, padInfo.front, pool.filterDepth, inDepth);
      for (let h = 0; h < pool.outHeight; h++) {
        const rows = range(h, pool.strideHeight, padInfo.top, pool.filterHeight, inHeight);
        for (let w = 0; w < pool.outWidth; w++) {
          const columns = range(w, pool.strideWidth, padInfo.left, pool.filterWidth, inWidth);
          for (let c = 0; c < channels; c++) {
            const at = (z: number, y: number, v: number) =>
              (((n * inDepth + z) * inHeight + y) * inWidth + v) * channels + c;
            found(output++, maximum(x, at, depths, rows, columns));
          }
        }
      }
    }
  }
}

type Range = readonly [from: number, to: number];

function maximum(
  x: ArrayLike<number>,
  at: (z: number, y: number, v: number) => number,
  depths: Range,
  rows: Range,
  columns: Range,
): number {
  let best = at(depths[0], rows[0], columns[0]);
  for (let z = depths[0]; z < depths[1]; z++) {
    for (let y = rows[0]; y < rows[1]; y++) {
      for (let v = columns[0]; v < columns[1]; v++) {
        const position = at(z, y, v);
        if ((x[position] as number) > (x[best] as number)) best = position;
      }
    }
  }
  return best;
}
