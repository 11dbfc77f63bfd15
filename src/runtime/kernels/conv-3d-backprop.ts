/**
 * @file Gradients of a convolution over three axes for the WASM back-end; tfjs's own give wrong sums. As for two axes
 * each is one matrix product over unrolled windows: `[pixels, taps * I]`.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  allocate,
  callKernel,
  floats,
  input,
  viewAs,
  type WasmHeap,
  type WasmKernelArgs,
} from './wasm-heap.ts';

type Info = tf.backend_util.Conv3DInfo;

function infoOf(inputShape: readonly number[], filterShape: readonly number[], attrs: tf.NamedAttrMap): Info {
  return tf.backend_util.computeConv3DInfo(
    inputShape as [number, number, number, number, number],
    filterShape as [number, number, number, number, number],
    attrs['strides'] as [number, number, number],
    1,
    attrs['pad'] as 'valid' | 'same',
  );
}

/** The product of two matrices, one of them turned. The caller disposes the result. */
function product(backend: WasmHeap, a: tf.TensorInfo, b: tf.TensorInfo, turned: 'a' | 'b'): tf.TensorInfo {
  const batch = (matrix: tf.TensorInfo) => viewAs(matrix, [1, ...matrix.shape]);
  return callKernel(
    backend,
    'BatchMatMul',
    { a: batch(a), b: batch(b) },
    { transposeA: turned === 'a', transposeB: turned === 'b' },
  );
}

/** Rows and columns of the unrolled windows. */
function unrolledShape(info: Info): [pixels: number, columns: number] {
  return [
    info.batchSize * info.outDepth * info.outHeight * info.outWidth,
    info.filterDepth * info.filterHeight * info.filterWidth * info.inChannels,
  ];
}

/** `Conv3DBackpropInputV2`: `dy [B,d,h,w,O]`, `filter [kd,kh,kw,I,O]` -> `[B,D,H,W,I]`. */
export function conv3dBackpropInput(args: WasmKernelArgs): tf.TensorInfo {
  const { backend, attrs } = args;
  const dy = input(args, 'dy');
  const filter = input(args, 'filter');
  const info = infoOf(attrs['inputShape'] as number[], filter.shape, attrs);
  const [pixels, columns] = unrolledShape(info);
  const spread = product(
    backend,
    viewAs(dy, [pixels, info.outChannels]),
    viewAs(filter, [columns, info.outChannels]),
    'b',
  );
  const out = allocate(backend, info.inShape);
  const unrolled = floats(backend, spread);
  const dx = floats(backend, out);
  dx.fill(0);
  forEachTap(info, (column, pixel) => {
    for (let c = 0; c < info.inChannels; c++)
      dx[pixel + c] = (dx[pixel + c] as number) + (unrolled[column + c] as number);
  });
  backend.disposeData(spread.dataId);
  return out;
}

/** `Conv3DBackpropFilterV2`: `x [B,D,H,W,I]`, `dy [B,d,h,w,O]` -> `[kd,kh,kw,I,O]`. */
export function conv3dBackpropFilter(args: WasmKernelArgs): tf.TensorInfo {
  const { backend, attrs } = args;
  const x = input(args, 'x');
  const dy = input(args, 'dy');
  const filterShape = attrs['filterShape'] as number[];
  const info = infoOf(x.shape, filterShape, attrs);
  const [pixels, columns] = unrolledShape(info);
  const windows = allocate(backend, [pixels, columns]);
  const unrolled = floats(backend, windows);
  const source = floats(backend, x);
  unrolled.fill(0);
  forEachTap(info, (column, pixel) => {
    unrolled.set(source.subarray(pixel, pixel + info.inChannels), column);
  });
  const gradient = product(backend, windows, viewAs(dy, [pixels, info.outChannels]), 'a');
  backend.disposeData(windows.dataId);
  return viewAs(gradient, filterShape);
}

/** Calls back with where a tap of a window lies in the unrolled windows, and its pixel in the input, unless in the padding. */
function forEachTap(info: Info, found: (column: number, pixel: number) => void): void {
  const { padInfo, inChannels } = info;
  const inside = (at: number, size: number) => at >= 0 && at < size;
  let column = 0;
  const window = (image: number, front: number, top: number, left: number) => {
    for (let d = 0; d < info.filterDepth; d++) {
      for (let h = 0; h < info.filterHeight; h++) {
        for (let w = 0; w < info.filterWidth; w++, column += inChannels) {
          const [z, y, x] = [front + d, top + h, left + w];
          if (!inside(z, info.inDepth) || !inside(y, info.inHeight) || !inside(x, info.inWidth)) continue;
          found(column, (((image * info.inDepth + z) * info.inHeight + y) * info.inWidth + x) * inChannels);
        }
      }
    }
  };
  const outputs = info.outDepth * info.outHeight * info.outWidth;
  for (let pixel = 0; pixel < info.batchSize * outputs; pixel++) {
    window(
      Math.floor(pixel / outputs),
      (Math.floor(pixel / (info.outWidth * info.outHeight)) % info.outDepth) * info.strideDepth -
        padInfo.front,
      (Math.floor(pixel / info.outWidth) % info.outHeight) * info.strideHeight - padInfo.top,
      (pixel % info.outWidth) * info.strideWidth - padInfo.left,
    );
  }
}
