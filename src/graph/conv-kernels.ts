import * as tf from '@tensorflow/tfjs-core';
import type { ConvNode } from './ir.ts';

/** How a filter moves over its input. */
export type ConvGeometry = Pick<ConvNode, 'stride' | 'dilation' | 'padding' | 'depthwise'>;

/**
 * A convolution with bias and activation in one kernel. It has no gradient: the caller gives one.
 * (tfjs's own operation types do not allow explicit padding here, its kernels do.)
 */
export function convolve(
  x: tf.Tensor,
  filter: tf.Tensor,
  bias: tf.Tensor | null,
  geometry: ConvGeometry,
  activation: 'linear' | 'relu' | 'relu6' | 'sigmoid' = 'linear',
): tf.Tensor {
  const kernel = geometry.depthwise ? 'FusedDepthwiseConv2D' : 'FusedConv2D';
  const inputs = bias === null ? { x, filter } : { x, filter, bias };
  return tf.engine().runKernel<tf.Tensor>(kernel, inputs, { ...attrsOf(geometry), activation });
}

/** The gradient of a convolution with respect to its filter. */
export function filterGradient(
  x: tf.Tensor,
  dy: tf.Tensor,
  filterShape: number[],
  geometry: ConvGeometry,
): tf.Tensor {
  const kernel = geometry.depthwise ? 'DepthwiseConv2dNativeBackpropFilter' : 'Conv2DBackpropFilter';
  return tf.engine().runKernel<tf.Tensor>(kernel, { x, dy }, { ...attrsOf(geometry), filterShape });
}

/** The gradient of a convolution with respect to its input. */
export function inputGradient(
  inputShape: number[],
  dy: tf.Tensor,
  filter: tf.Tensor,
  geometry: ConvGeometry,
): tf.Tensor {
  const kernel = geometry.depthwise ? 'DepthwiseConv2dNativeBackpropInput' : 'Conv2DBackpropInput';
  return tf.engine().runKernel<tf.Tensor>(kernel, { dy, filter }, { ...attrsOf(geometry), inputShape });
}

function attrsOf({ stride, dilation, padding }: ConvGeometry): tf.NamedAttrMap {
  const [top, bottom, left, right] = padding;
  const pad: tf.backend_util.ExplicitPadding = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return {
    strides: [stride, stride],
    dilations: [dilation, dilation],
    pad,
    dataFormat: 'NHWC',
    dimRoundingMode: 'floor',
  };
}
