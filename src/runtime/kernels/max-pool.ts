/**
 * @file Maxima over windows of two and three axes for the WASM back-end, and their gradients. Those of tfjs start from the
 * smallest positive number, so they are wrong where all of a window is below zero. (Its maxima over two axes are right.)
 */
import * as tf from '@tensorflow/tfjs-core';
import { allocate, floats, input, ints, type WasmKernelArgs } from './wasm-heap.ts';

type Pool = tf.backend_util.Conv3DInfo;
type Pad = 'valid' | 'same' | number;
type Rounding = 'floor' | 'round' | 'ceil';

/** What the loops need of a pool. */
type Windows = Pick<
  Pool,
  | 'batchSize'
  | 'inChannels'
  | 'inDepth'
  | 'inHeight'
  | 'inWidth'
  | 'outDepth'
  | 'outHeight'
  | 'outWidth'
  | 'strideDepth'
  | 'strideHeight'
  | 'strideWidth'
  | 'filterDepth'
  | 'filterHeight'
  | 'filterWidth'
> & { readonly padInfo: Pick<Pool['padInfo'], 'front' | 'top' | 'left'> };

function poolOf(shape: readonly number[], attrs: tf.NamedAttrMap): Pool {
  return tf.backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    attrs['filterSize'] as [number, number, number],
    attrs['strides'] as [number, number, number],
    1,
    attrs['pad'] as Pad,
    attrs['dimRoundingMode'] as Rounding,
    'NDHWC',
  );
}

/** Windows over two axes, as those over three of which the first is one. */
function flatWindows(shape: readonly number[], attrs: tf.NamedAttrMap): Windows {
  const pool = tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    attrs['filterSize'] as [number, number],
    attrs['strides'] as [number, number],
    1,
    attrs['pad'] as Pad,
    attrs['dimRoundingMode'] as Rounding,
  );
  return {
    ...pool,
    inDepth: 1,
    outDepth: 1,
    strideDepth: 1,
    filterDepth: 1,
    padInfo: { ...pool.padInfo, front: 0 },
  };
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
  return gradient(args, poolOf(input(args, 'input').shape, args.attrs));
}

/** `MaxPoolGrad`: the same over two axes, `[N,H,W,C]`. */
export function maxPoolGrad(args: WasmKernelArgs): tf.TensorInfo {
  return gradient(args, flatWindows(input(args, 'input').shape, args.attrs));
}

function gradient(args: WasmKernelArgs, windows: Windows): tf.TensorInfo {
  const { backend } = args;
  const x = input(args, 'input');
  const dy = input(args, 'dy');
  const out = allocate(backend, x.shape);
  const slopes = floats(backend, dy);
  const sums = floats(backend, out);
  sums.fill(0);
  forEachMaximum(windows, floats(backend, x), (output, source) => {
    sums[source] = (sums[source] as number) + (slopes[output] as number);
  });
  return out;
}

/** Positions along one axis that a window covers. */
function range(at: number, stride: number, before: number, kernel: number, size: number): [number, number] {
  const start = at * stride - before;
  return [Math.max(0, start), Math.min(size, start + kernel)];
}

/** Calls back with the position of each output and that of the first maximum of its window. */
function forEachMaximum(
  windows: Windows,
  x: ArrayLike<number>,
  found: (output: number, source: number) => void,
): void {
  const { batchSize, inChannels: channels, inDepth, inHeight, inWidth, padInfo } = windows;
  const row = inWidth * channels;
  let output = 0;
  for (let n = 0; n < batchSize; n++) {
    for (let d = 0; d < windows.outDepth; d++) {
      const depths = range(d, windows.strideDepth, padInfo.front, windows.filterDepth, inDepth);
      for (let h = 0; h < windows.outHeight; h++) {
        const rows = range(h, windows.strideHeight, padInfo.top, windows.filterHeight, inHeight);
        for (let w = 0; w < windows.outWidth; w++) {
          const columns = range(w, windows.strideWidth, padInfo.left, windows.filterWidth, inWidth);
          const starts = rowStarts(n * inDepth, depths, rows, inHeight, row, columns[0] * channels);
          const span = (columns[1] - columns[0]) * channels;
          for (let c = 0; c < channels; c++) found(output++, maximum(x, starts, span, channels, c));
        }
      }
    }
  }
}

type Range = readonly [from: number, to: number];

/** Where each row of a window begins. */
function rowStarts(
  plane: number,
  depths: Range,
  rows: Range,
  height: number,
  row: number,
  at: number,
): number[] {
  const starts: number[] = [];
  for (let z = depths[0]; z < depths[1]; z++) {
    for (let y = rows[0]; y < rows[1]; y++) starts.push(((plane + z) * height + y) * row + at);
  }
  return starts;
}

function maximum(
  x: ArrayLike<number>,
  starts: readonly number[],
  span: number,
  channels: number,
  channel: number,
): number {
  let best = (starts[0] ?? 0) + channel;
  for (const start of starts) {
    for (let at = start + channel; at < start + span; at += channels) {
      if ((x[at] as number) > (x[best] as number)) best = at;
    }
  }
  return best;
}
