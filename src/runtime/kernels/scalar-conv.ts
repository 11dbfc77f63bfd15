/**
 * @file The gradients of convolutions as plain loops: where there is no SIMD, and for depthwise convolutions with a
 * channel multiplier, which are rare. Sums of many terms are in double precision.
 */
import type { ConvGeometry } from './conv-geometry.ts';

/** Calls `visit` for each tap of each output pixel that reads inside the input, with pixel indices. */
function forEachTap(
  { info, rows, columns }: ConvGeometry,
  visit: (tap: number, inPixel: number, outPixel: number) => void,
): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth } = info;
  for (let b = 0; b < batchSize; b++) {
    rows.forEach((row, r) => {
      for (let oy = row.from; oy < row.to; oy++) {
        const inRow = (b * inHeight + oy * info.strideHeight + row.origin) * inWidth;
        const outRow = (b * outHeight + oy) * outWidth;
        columns.forEach((column, c) => {
          for (let ox = column.from; ox < column.to; ox++) {
            visit(r * columns.length + c, inRow + ox * info.strideWidth + column.origin, outRow + ox);
          }
        });
      }
    });
  }
}

/** `dw[tap, i, o]` = sum of `x[i] * dy[o]`. */
export function addProducts(
  geometry: ConvGeometry,
  x: Float32Array,
  dy: Float32Array,
  dw: Float32Array,
): void {
  const { inChannels, outChannels } = geometry.info;
  const sums = new Float64Array(dw.length);
  forEachTap(geometry, (tap, inPixel, outPixel) => {
    for (let i = 0; i < inChannels; i++) {
      const value = x[inPixel * inChannels + i] as number;
      const at = (tap * inChannels + i) * outChannels;
      for (let o = 0; o < outChannels; o++) {
        sums[at + o] = (sums[at + o] as number) + value * (dy[outPixel * outChannels + o] as number);
      }
    }
  });
  dw.set(sums);
}

/** `dx[i]` += `filter[tap, i, o] * dy[o]`. */
export function addColumns(
  geometry: ConvGeometry,
  dy: Float32Array,
  filter: Float32Array,
  dx: Float32Array,
): void {
  const { inChannels, outChannels } = geometry.info;
  dx.fill(0);
  forEachTap(geometry, (tap, inPixel, outPixel) => {
    for (let i = 0; i < inChannels; i++) {
      const at = (tap * inChannels + i) * outChannels;
      let sum = 0;
      for (let o = 0; o < outChannels; o++) {
        sum += (filter[at + o] as number) * (dy[outPixel * outChannels + o] as number);
      }
      dx[inPixel * inChannels + i] = (dx[inPixel * inChannels + i] as number) + sum;
    }
  });
}

/** `dw[tap, i, m]` = sum of `x[i] * dy[i * multiplier + m]`. */
export function addDepthwiseProducts(
  geometry: ConvGeometry,
  x: Float32Array,
  dy: Float32Array,
  dw: Float32Array,
): void {
  const { inChannels, outChannels } = geometry.info;
  const multiplier = outChannels / inChannels;
  const sums = new Float64Array(dw.length);
  forEachTap(geometry, (tap, inPixel, outPixel) => {
    for (let i = 0, o = 0; i < inChannels; i++) {
      const value = x[inPixel * inChannels + i] as number;
      for (let m = 0; m < multiplier; m++, o++) {
        const at = tap * outChannels + o;
        sums[at] = (sums[at] as number) + value * (dy[outPixel * outChannels + o] as number);
      }
    }
  });
  dw.set(sums);
}

/** `dx[i]` += sum over m of `filter[tap, i, m] * dy[i * multiplier + m]`. */
export function addDepthwiseColumns(
  geometry: ConvGeometry,
  dy: Float32Array,
  filter: Float32Array,
  dx: Float32Array,
): void {
  const { inChannels, outChannels } = geometry.info;
  const multiplier = outChannels / inChannels;
  dx.fill(0);
  forEachTap(geometry, (tap, inPixel, outPixel) => {
    for (let i = 0, o = 0; i < inChannels; i++) {
      let sum = 0;
      for (let m = 0; m < multiplier; m++, o++) {
        sum += (filter[tap * outChannels + o] as number) * (dy[outPixel * outChannels + o] as number);
      }
      dx[inPixel * inChannels + i] = (dx[inPixel * inChannels + i] as number) + sum;
    }
  });
}
