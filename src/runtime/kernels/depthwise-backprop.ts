/** @file Gradients of a depthwise convolution for the WASM back-end. Channels are the innermost loop: they are contiguous. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvGeometry, convGeometry } from './conv-geometry.ts';
import { vectorLoops } from './vector-loops.ts';
import { allocate, callKernel, floats, input, type WasmHeap, type WasmKernelArgs } from './wasm-heap.ts';

/** `DepthwiseConv2dNativeBackpropFilter`: `x [B,H,W,C]`, `dy [B,h,w,C*m]` -> `[kh,kw,C,m]`. */
export function depthwiseBackpropFilter(args: WasmKernelArgs): TensorInfo {
  const { backend, attrs } = args;
  const x = input(args, 'x');
  const dy = input(args, 'dy');
  const filterShape = attrs['filterShape'] as number[];
  const out = allocate(backend, filterShape);
  const geometry = convGeometry(x.shape, filterShape, attrs, true);
  filterGradient(backend, geometry, floats(backend, x), floats(backend, dy), floats(backend, out));
  return out;
}

/** `DepthwiseConv2dNativeBackpropInput`: `dy [B,h,w,C*m]`, `filter [kh,kw,C,m]` -> `[B,H,W,C]`. */
export function depthwiseBackpropInput(args: WasmKernelArgs): TensorInfo {
  const { backend, attrs } = args;
  const dy = input(args, 'dy');
  const filter = input(args, 'filter');
  const inputShape = attrs['inputShape'] as number[];
  const geometry = convGeometry(inputShape, filter.shape, attrs, true);
  const padding = transposedPadding(geometry);
  if (padding !== null) return asConvolution(args, geometry, padding);
  const out = allocate(backend, inputShape);
  inputGradient(geometry, floats(backend, dy), floats(backend, filter), floats(backend, out));
  return out;
}

type Sides = readonly [before: number, after: number];

/**
 * Zeros to add on each side of the spread-out `dy`, so that a convolution with the turned filter gives the input's
 * size. `null` where that is no plain convolution: with a channel multiplier, or when a side would have to be cut.
 */
function transposedPadding({ info }: ConvGeometry): { readonly rows: Sides; readonly columns: Sides } | null {
  const sides = (
    input: number,
    output: number,
    filter: number,
    stride: number,
    dilation: number,
    pad: number,
  ): Sides => {
    const reach = (filter - 1) * dilation;
    const before = reach - pad;
    return [before, input - ((output - 1) * stride + 1) - before + reach];
  };
  const { padInfo } = info;
  const rows = sides(
    info.inHeight,
    info.outHeight,
    info.filterHeight,
    info.strideHeight,
    info.dilationHeight,
    padInfo.top,
  );
  const columns = sides(
    info.inWidth,
    info.outWidth,
    info.filterWidth,
    info.strideWidth,
    info.dilationWidth,
    padInfo.left,
  );
  const plain = info.outChannels === info.inChannels && [...rows, ...columns].every((side) => side >= 0);
  return plain ? { rows, columns } : null;
}

/**
 * The input gradient as a depthwise convolution on XNNPACK: of `dy` with zeros between its pixels where the stride was
 * larger than 1, with the filter turned by half a turn. Up to stride^2 more products, each ten times cheaper.
 */
function asConvolution(
  args: WasmKernelArgs,
  { info }: ConvGeometry,
  { rows, columns }: { readonly rows: Sides; readonly columns: Sides },
): TensorInfo {
  const { backend } = args;
  const filter = input(args, 'filter');
  const turned = allocate(backend, filter.shape);
  turnFilter(floats(backend, filter), floats(backend, turned), info.inChannels);
  const spaced = spaceOut(args, info);
  const result = callKernel(
    backend,
    'DepthwiseConv2dNative',
    { x: spaced, filter: turned },
    {
      strides: [1, 1],
      dilations: [info.dilationHeight, info.dilationWidth],
      pad: [[0, 0], [...rows], [...columns], [0, 0]],
      dimRoundingMode: 'floor',
    },
  );
  backend.disposeData(turned.dataId);
  if (spaced !== args.inputs['dy']) backend.disposeData(spaced.dataId);
  return result;
}

function turnFilter(filter: Float32Array, turned: Float32Array, channels: number) {
  const taps = filter.length / channels;
  for (let tap = 0; tap < taps; tap++) {
    turned.set(filter.subarray(tap * channels, (tap + 1) * channels), (taps - 1 - tap) * channels);
  }
}

/** `dy` with `stride - 1` zeros between neighbouring pixels; `dy` itself for stride 1. */
function spaceOut(args: WasmKernelArgs, info: ConvGeometry['info']): TensorInfo {
  const { backend } = args;
  const dy = input(args, 'dy');
  const { batchSize, outHeight, outWidth, outChannels: channels, strideHeight, strideWidth } = info;
  if (strideHeight === 1 && strideWidth === 1) return dy;
  const height = (outHeight - 1) * strideHeight + 1;
  const width = (outWidth - 1) * strideWidth + 1;
  const out = allocate(backend, [batchSize, height, width, channels]);
  const from = floats(backend, dy);
  const to = floats(backend, out);
  to.fill(0);
  for (let row = 0; row < batchSize * outHeight; row++) {
    const image = Math.floor(row / outHeight);
    const toRow = (image * height + (row % outHeight) * strideHeight) * width;
    for (let ox = 0; ox < outWidth; ox++) {
      const source = (row * outWidth + ox) * channels;
      const target = (toRow + ox * strideWidth) * channels;
      for (let c = 0; c < channels; c++) to[target + c] = from[source + c] as number;
    }
  }
  return out;
}

/**
 * dW[r,c,i,m] = sum over outputs of x[row, column, i] * dy[i*multiplier + m]. Within a picture sums may be single
 * precision, over pictures they are double.
 */
function filterGradient(
  backend: WasmHeap,
  { info, rows, columns }: ConvGeometry,
  x: Float32Array,
  dy: Float32Array,
  dw: Float32Array,
) {
  const { inChannels, outChannels, inHeight, inWidth, outHeight, outWidth, strideWidth } = info;
  const sums = new Float64Array(dw.length);
  const loops = inChannels === outChannels && inChannels % 4 === 0 ? vectorLoops(backend) : undefined;
  for (let b = 0; b < info.batchSize; b++) {
    dw.fill(0);
    rows.forEach((row, r) => {
      for (let oy = row.from; oy < row.to; oy++) {
        const xRow = (b * inHeight + oy * info.strideHeight + row.origin) * inWidth;
        const dyRow = (b * outHeight + oy) * outWidth;
        columns.forEach(({ from, to, origin }, c) => {
          const at = (r * columns.length + c) * outChannels;
          const xAt = (xRow + from * strideWidth + origin) * inChannels;
          const dyAt = (dyRow + from) * outChannels;
          if (loops === undefined) {
            for (let n = 0; n < to - from; n++) {
              const xPixel = xAt + n * strideWidth * inChannels;
              addProducts(
                dw,
                at,
                x,
                xPixel,
                dy,
                dyAt + n * outChannels,
                inChannels,
                outChannels / inChannels,
              );
            }
          } else if (to > from) {
            const bytes = inChannels * 4;
            const xStep = bytes * strideWidth;
            const [xStart, dyStart] = [x.byteOffset + xAt * 4, dy.byteOffset + dyAt * 4];
            loops.addProducts(xStart, dyStart, dw.byteOffset + at * 4, bytes, to - from, xStep, bytes);
          }
        });
      }
    });
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (dw[i] as number);
  }
  dw.set(sums);
}

function addProducts(
  sums: Float32Array,
  at: number,
  x: Float32Array,
  xAt: number,
  dy: Float32Array,
  dyAt: number,
  channels: number,
  multiplier: number,
) {
  for (let i = 0, o = 0; i < channels; i++) {
    for (let m = 0; m < multiplier; m++, o++) {
      sums[at + o] = (sums[at + o] as number) + (x[xAt + i] as number) * (dy[dyAt + o] as number);
    }
  }
}

/** dx[row, column, i] = sum over taps and m of filter[r,c,i,m] * dy[i*multiplier + m]. */
function inputGradient(
  { info, rows, columns }: ConvGeometry,
  dy: Float32Array,
  filter: Float32Array,
  dx: Float32Array,
) {
  const { batchSize, inChannels, outChannels, inHeight, inWidth, outHeight, outWidth } = info;
  const multiplier = outChannels / inChannels;
  dx.fill(0);
  for (let b = 0; b < batchSize; b++) {
    rows.forEach((row, r) => {
      for (let oy = row.from; oy < row.to; oy++) {
        const dxRow = (b * inHeight + oy * info.strideHeight + row.origin) * inWidth;
        const dyRow = (b * outHeight + oy) * outWidth;
        columns.forEach((column, c) => {
          const filterAt = (r * columns.length + c) * outChannels;
          for (let ox = column.from; ox < column.to; ox++) {
            const to = (dxRow + ox * info.strideWidth + column.origin) * inChannels;
            spread(dx, to, inChannels, dy, (dyRow + ox) * outChannels, filter, filterAt, multiplier);
          }
        });
      }
    });
  }
}

function spread(
  dx: Float32Array,
  to: number,
  channels: number,
  dy: Float32Array,
  dyAt: number,
  filter: Float32Array,
  filterAt: number,
  multiplier: number,
) {
  if (multiplier === 1) {
    for (let i = 0; i < channels; i++) {
      dx[to + i] = (dx[to + i] as number) + (dy[dyAt + i] as number) * (filter[filterAt + i] as number);
    }
    return;
  }
  for (let i = 0, o = 0; i < channels; i++) {
    let sum = 0;
    for (let m = 0; m < multiplier; m++, o++)
      sum += (dy[dyAt + o] as number) * (filter[filterAt + o] as number);
    dx[to + i] = (dx[to + i] as number) + sum;
  }
}
