/**
 * @file Convolutions over two axes of space as one operation each, with a gradient of its own: the general gradients of
 * tfjs sum over leading axes by transposing whole activations, which costs more than the convolution on WASM.
 */
import * as tf from '@tensorflow/tfjs-core';
import { columnSums } from '../../runtime/kernels/elementwise.ts';
import { type FrozenNorm, normScale, normShift, normSlope } from '../../runtime/kernels/norm-folding.ts';
import { type Activation, activationGradient, savesOutput } from './activation.ts';
import { differentiable } from './gradient.ts';

/** How a filter moves over its input, in the words of tfjs. */
export interface ConvGeometry {
  readonly strides: readonly [down: number, right: number];
  readonly pad: tf.backend_util.ExplicitPadding;
  /** Filter `[kh, kw, 1, C * M]` in place of `[kh, kw, I, O]`, over `C` channels. */
  readonly depthwise: boolean;
}

/**
 * A convolution with bias and activation.
 * Shape: `x [N, H, W, C]`, `filter [kh, kw, C, O]`, `bias [O]` -> `[N, h, w, O]`.
 */
export function biasedConv(
  x: tf.Tensor,
  filter: tf.Tensor,
  bias: tf.Tensor | null,
  geometry: ConvGeometry,
  activation: Activation,
): tf.Tensor {
  return differentiable(
    bias === null ? { x, filter } : { x, filter, bias },
    (save) => {
      const y = convolve(x, filter, bias, geometry, activation);
      save(savesOutput(activation) ? [x, filter, y] : [x, filter]);
      return y;
    },
    (dy, [input, weight, y], share) => {
      const [xs, w] = [input, weight] as [tf.Tensor, tf.Tensor];
      const slope = share(() => activationGradient(activation, dy, y));
      return {
        x: () => inputGradient(xs.shape, slope(), w, geometry),
        filter: () => filterGradient(xs, slope(), w.shape, geometry),
        bias: () => columnSums(slope()),
      };
    },
  );
}

/**
 * A convolution with the normalisation after it folded into its weights, differentiable through the folding:
 * with `s = gamma / sqrt(variance + epsilon)`, `y = conv(x, w * s) + (bias - mean) * s + beta`.
 */
export function foldedConv(
  x: tf.Tensor,
  filter: tf.Tensor,
  bias: tf.Tensor | null,
  norm: FrozenNorm,
  geometry: ConvGeometry,
  activation: Activation,
): tf.Tensor {
  const { gamma, beta, mean, variance, epsilon } = norm;
  return differentiable(
    { x, filter, gamma, beta, ...(bias !== null && { bias }) },
    (save) => {
      const scale = normScale(norm); // [O]
      const scaled = scaleOutputs(filter, scale);
      const y = convolve(x, scaled, normShift(norm, bias, scale), geometry, activation);
      const kept = [x, filter, scale, scaled, mean, variance, bias ?? mean];
      save([...kept, ...(savesOutput(activation) ? [y] : [])]);
      return y;
    },
    (dy, saved, share) => {
      const [xs, weight, scale, scaled, seenMean, seenVariance, seenBias] = saved as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const slope = share(() => activationGradient(activation, dy, saved[7]));
      const ofScaled = share(() => filterGradient(xs, slope(), weight.shape, geometry));
      const sums = share(() => columnSums(slope()));
      return {
        x: () => inputGradient(xs.shape, slope(), scaled, geometry),
        filter: () => scaleOutputs(ofScaled(), scale),
        gamma: () =>
          normSlope({
            ...{ ofScaled: ofScaled(), weight, sums: sums(), mean: seenMean, variance: seenVariance },
            ...{ bias: bias === null ? null : seenBias, epsilon },
          }),
        beta: () => tf.clone(sums()),
        bias: () => tf.mul(sums(), scale),
      };
    },
  );
}

/** One kernel, without a gradient. */
function convolve(
  x: tf.Tensor,
  filter: tf.Tensor,
  bias: tf.Tensor | null,
  geometry: ConvGeometry,
  activation: Activation,
): tf.Tensor {
  const kernel = geometry.depthwise ? 'FusedDepthwiseConv2D' : 'FusedConv2D';
  const inputs = { x, filter: asKernel(filter, geometry, x.shape[3] ?? 1), ...(bias !== null && { bias }) };
  return tf.engine().runKernel<tf.Tensor>(kernel, inputs, { ...attrsOf(geometry), activation });
}

function filterGradient(
  x: tf.Tensor,
  dy: tf.Tensor,
  filterShape: readonly number[],
  geometry: ConvGeometry,
): tf.Tensor {
  const kernel = geometry.depthwise ? 'DepthwiseConv2dNativeBackpropFilter' : 'Conv2DBackpropFilter';
  const attrs = { ...attrsOf(geometry), filterShape: kernelShape(filterShape, geometry, x.shape[3] ?? 1) };
  return tf.reshape(tf.engine().runKernel<tf.Tensor>(kernel, { x, dy }, attrs), [...filterShape]);
}

function inputGradient(
  inputShape: number[],
  dy: tf.Tensor,
  filter: tf.Tensor,
  geometry: ConvGeometry,
): tf.Tensor {
  const kernel = geometry.depthwise ? 'DepthwiseConv2dNativeBackpropInput' : 'Conv2DBackpropInput';
  const inputs = { dy, filter: asKernel(filter, geometry, inputShape[3] ?? 1) };
  return tf.engine().runKernel<tf.Tensor>(kernel, inputs, { ...attrsOf(geometry), inputShape });
}

/** tfjs has depthwise filters as `[kh, kw, C, M]`, in the same order. */
function kernelShape(shape: readonly number[], { depthwise }: ConvGeometry, channels: number): number[] {
  const [height = 1, width = 1, , outputs = 1] = shape;
  return depthwise ? [height, width, channels, outputs / channels] : [...shape];
}

function asKernel(filter: tf.Tensor, geometry: ConvGeometry, channels: number): tf.Tensor {
  return geometry.depthwise ? tf.reshape(filter, kernelShape(filter.shape, geometry, channels)) : filter;
}

function attrsOf({ strides, pad }: ConvGeometry): tf.NamedAttrMap {
  return { strides: [...strides], dilations: [1, 1], pad, dataFormat: 'NHWC', dimRoundingMode: 'floor' };
}

/** A weight as `[rest, O]`. */
function asColumns(weight: tf.Tensor): tf.Tensor {
  return tf.reshape(weight, [-1, weight.shape.at(-1) ?? 1]);
}

function scaleOutputs(weight: tf.Tensor, perOutput: tf.Tensor): tf.Tensor {
  return tf.reshape(tf.mul(asColumns(weight), perOutput), weight.shape);
}
