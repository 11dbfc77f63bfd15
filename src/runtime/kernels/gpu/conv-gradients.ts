/**
 * @file Gradients of 2-D convolutions on the GPU. tfjs gives one thread to each element of a filter, which then adds up
 * the whole batch alone; here many threads add parts, whose sums are added after. A convolution of one pixel is a matrix
 * product. Channels last only: anything else is left to tfjs.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type ConvGeometry, convGeometry, isPointwise } from '../conv-geometry.ts';
import { columnSums } from './column-sums.ts';
import { dispose, type Gpu, reshaped, runKernel, runProgram } from './program.ts';

/** `Conv2DBackpropFilter`: `x [B,H,W,I]`, `dy [B,h,w,O]` -> `[kh,kw,I,O]`. */
export const convFilterGradient = filterGradient(false);

/** `DepthwiseConv2dNativeBackpropFilter`: `x [B,H,W,C]`, `dy [B,h,w,C*M]` -> `[kh,kw,C,M]`. */
export const depthwiseFilterGradient = filterGradient(true);

function filterGradient(depthwise: boolean) {
  return (gpu: Gpu, inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap): tf.TensorInfo | null => {
    const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
    const geometry = channelsLast(x.shape, attrs['filterShape'] as number[], attrs, depthwise);
    if (geometry === null || tf.util.sizeFromShape(x.shape) === 0) return null;
    return !depthwise && isPointwise(geometry)
      ? pointwiseFilterGradient(gpu, x, dy, geometry)
      : addedParts(gpu, x, dy, geometry, depthwise);
  };
}

/** `Conv2DBackpropInput` of one pixel: `dy [B,h,w,O]`, `filter [1,1,I,O]` -> `[B,h,w,I]`. */
export function pointwiseInputGradient(
  gpu: Gpu,
  inputs: tf.NamedTensorInfoMap,
  attrs: tf.NamedAttrMap,
): tf.TensorInfo | null {
  const { dy, filter } = inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo };
  const inputShape = attrs['inputShape'] as number[];
  const geometry = channelsLast(inputShape, filter.shape, attrs, false);
  if (geometry === null || !isPointwise(geometry) || tf.util.sizeFromShape(inputShape) === 0) return null;
  const { inChannels, outChannels } = geometry.info;
  const a = reshaped(gpu, dy, [1, pixelsOf(geometry), outChannels]);
  const b = reshaped(gpu, filter, [1, inChannels, outChannels]);
  const product = runKernel(gpu, 'BatchMatMul', { a, b }, { transposeA: false, transposeB: true });
  const result = reshaped(gpu, product, inputShape);
  dispose(gpu, a, b, product);
  return result;
}

function channelsLast(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attrs: tf.NamedAttrMap,
  depthwise: boolean,
): ConvGeometry | null {
  if ((attrs['dataFormat'] ?? 'NHWC') !== 'NHWC') return null;
  return convGeometry(inputShape, filterShape, attrs, depthwise);
}

function pixelsOf({ info }: ConvGeometry): number {
  return info.batchSize * info.outHeight * info.outWidth;
}

/** Elements that a product shall have so that all of the GPU has work. */
const BUSY = 96 * 1024;
/** Pixels that a part has at least: below this the sum over parts would be the work. */
const LEAST_PIXELS = 64;

/** In how many equal parts the pixels of a product of `size` elements are cut. */
export function partsOfProduct(pixels: number, size: number): number {
  const most = Math.min(Math.floor(BUSY / size), Math.floor(pixels / LEAST_PIXELS));
  for (let parts = most; parts > 1; parts--) if (pixels % parts === 0) return parts;
  return 1;
}

function pointwiseFilterGradient(gpu: Gpu, x: tf.TensorInfo, dy: tf.TensorInfo, geometry: ConvGeometry) {
  const { inChannels, outChannels, filterShape } = geometry.info;
  const pixels = pixelsOf(geometry);
  const parts = partsOfProduct(pixels, inChannels * outChannels);
  const a = reshaped(gpu, x, [parts, pixels / parts, inChannels]);
  const b = reshaped(gpu, dy, [parts, pixels / parts, outChannels]);
  const products = runKernel(gpu, 'BatchMatMul', { a, b }, { transposeA: true, transposeB: false });
  dispose(gpu, a, b);
  return sumOfParts(gpu, products, parts, filterShape);
}

/** Takes over `products`, parts of a filter one after the other. */
function sumOfParts(gpu: Gpu, products: tf.TensorInfo, parts: number, filterShape: readonly number[]) {
  const rows = reshaped(gpu, products, [parts, tf.util.sizeFromShape([...filterShape])]);
  const sums = parts === 1 ? rows : columnSums(gpu, rows);
  const result = reshaped(gpu, sums, filterShape);
  dispose(gpu, products, rows, ...(sums === rows ? [] : [sums]));
  return result;
}

/** Outputs that a thread goes through. */
const OUTPUTS_AT_ONCE = 256;
/** Elements that all parts have together at most: 16 MiB. */
const MOST_ELEMENTS = 4 * 1024 * 1024;

/** How many rows of outputs (of any picture) a thread goes through, for a filter of `size` elements. */
export function rowsAtOnce(rows: number, width: number, size: number): number {
  const wanted = Math.max(1, Math.round(OUTPUTS_AT_ONCE / width));
  const mostParts = Math.max(1, Math.floor(MOST_ELEMENTS / size));
  return Math.min(rows, Math.max(wanted, Math.ceil(rows / mostParts)));
}

/** dW[r,c,i,o] = sum over outputs of x[row, column, i] * dy[o], in parts of the rows of all pictures. */
function addedParts(
  gpu: Gpu,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  { info }: ConvGeometry,
  depthwise: boolean,
): tf.TensorInfo {
  const size = tf.util.sizeFromShape([...info.filterShape]);
  const rows = info.batchSize * info.outHeight;
  const atOnce = rowsAtOnce(rows, info.outWidth, size);
  const parts = Math.ceil(rows / atOnce);
  const products = runProgram(gpu, {
    name: depthwise ? 'depthwiseFilterGradient' : 'convFilterGradient',
    inputs: { x, dy },
    ints: {
      rows,
      atOnce,
      outHeight: info.outHeight,
      outWidth: info.outWidth,
      inHeight: info.inHeight,
      inWidth: info.inWidth,
      outChannels: info.outChannels,
      // Depthwise, neighbouring results come from the same channel.
      perChannel: depthwise ? info.outChannels / info.inChannels : info.inChannels,
      filterWidth: info.filterWidth,
      strideHeight: info.strideHeight,
      strideWidth: info.strideWidth,
      dilationHeight: info.dilationHeight,
      dilationWidth: info.dilationWidth,
      top: info.padInfo.top,
      left: info.padInfo.left,
    },
    text: filterGradientText(depthwise),
    shape: [parts, size],
  });
  return sumOfParts(gpu, products, parts, info.filterShape);
}

function filterGradientText(depthwise: boolean): string {
  const taken = depthwise
    ? `int channel = outChannel / u_perChannel;
       int tap = rest;`
    : `int channel = rest % u_perChannel;
       int tap = rest / u_perChannel;`;
  return `
    int outChannel = column % u_outChannels;
    int rest = column / u_outChannels;
    ${taken}
    int originY = tap / u_filterWidth * u_dilationHeight - u_top;
    int originX = tap % u_filterWidth * u_dilationWidth - u_left;
    // Which outputs of a row read inside the picture.
    int first = 0;
    if (originX < 0) {
      first = (u_strideWidth - 1 - originX) / u_strideWidth;
    }
    int end = 0;
    if (originX < u_inWidth) {
      end = min(u_outWidth, (u_inWidth - originX + u_strideWidth - 1) / u_strideWidth);
    }
    int last = min((row + 1) * u_atOnce, u_rows);
    for (int at = row * u_atOnce; at < last; at++) {
      int picture = at / u_outHeight;
      int y = at - picture * u_outHeight;
      int inY = originY + y * u_strideHeight;
      if (inY >= 0 && inY < u_inHeight) {
        for (int i = first; i < end; i++) {
          result = result + getX(picture, inY, originX + i * u_strideWidth, channel) * getDy(picture, y, i, outChannel);
        }
      }
    }`;
}
