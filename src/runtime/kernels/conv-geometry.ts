import * as tf from '@tensorflow/tfjs-core';

type ConvInfo = tf.backend_util.Conv2DInfo;

/** One filter row or column: which outputs use it, and which input the first of them reads. */
export interface Tap {
  /** First output index that reads inside the input. */
  readonly from: number;
  /** One past the last such output index. */
  readonly to: number;
  /** Input index read by output index 0 (may lie outside). */
  readonly origin: number;
}

/** Sizes of a 2-D convolution in channels-last layout, with the valid output range of each filter tap. */
export interface ConvGeometry {
  readonly info: ConvInfo;
  readonly rows: readonly Tap[];
  readonly columns: readonly Tap[];
}

/**
 * @throws if the tensors are not channels-last, as all of tfjs's WASM convolutions.
 */
export function convGeometry(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attrs: tf.NamedAttrMap,
  depthwise: boolean,
): ConvGeometry {
  const dataFormat = (attrs['dataFormat'] ?? 'NHWC') as 'NHWC' | 'NCHW';
  if (dataFormat !== 'NHWC') throw new Error(`The WASM back-end has NHWC only, but got ${dataFormat}.`);
  const info = tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs['strides'] as [number, number],
    (attrs['dilations'] ?? 1) as number | [number, number],
    attrs['pad'] as 'same' | 'valid' | number,
    attrs['dimRoundingMode'] as 'floor' | 'round' | 'ceil',
    depthwise,
  );
  const { padInfo } = info;
  return {
    info,
    rows: taps(
      info.filterHeight,
      info.strideHeight,
      info.dilationHeight,
      padInfo.top,
      info.inHeight,
      info.outHeight,
    ),
    columns: taps(
      info.filterWidth,
      info.strideWidth,
      info.dilationWidth,
      padInfo.left,
      info.inWidth,
      info.outWidth,
    ),
  };
}

/** Whether the convolution is a plain matrix product over pixels. */
export function isPointwise({ info }: ConvGeometry): boolean {
  return (
    info.filterHeight === 1 &&
    info.filterWidth === 1 &&
    info.strideHeight === 1 &&
    info.strideWidth === 1 &&
    info.inHeight === info.outHeight &&
    info.inWidth === info.outWidth
  );
}

/** The sizes as the compiled kernels read them, see `wasm/sizes.ts`. */
export function geometryWords({ info }: ConvGeometry): number[] {
  return [
    ...[info.inHeight, info.inWidth, info.inChannels, info.outHeight, info.outWidth, info.outChannels],
    ...[info.filterHeight, info.filterWidth, info.strideHeight, info.strideWidth],
    ...[info.dilationHeight, info.dilationWidth, info.padInfo.top, info.padInfo.left],
  ];
}

function taps(
  filter: number,
  stride: number,
  dilation: number,
  before: number,
  inputSize: number,
  outputSize: number,
): Tap[] {
  return Array.from({ length: filter }, (_, tap) => {
    const origin = tap * dilation - before;
    const from = Math.max(0, Math.ceil(-origin / stride));
    const to = Math.min(outputSize, Math.ceil((inputSize - origin) / stride));
    return { from, to: Math.max(from, to), origin };
  });
}
