/**
 * @file The differentiable operations of a training step. Each is one operation to tfjs with a gradient of its own:
 * the general gradients of tfjs sum over leading axes by transposing whole activations, which costs more than the
 * convolution on WASM. What a gradient needs must be saved: tfjs disposes the rest after the forward pass. All must run inside a `tf.tidy` or a gradient function.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  columnSums,
  hardSwish,
  hardSwishGradient,
  reluGradient,
  spreadOverPixels,
} from '../runtime/kernels/elementwise.ts';
import { type ConvGeometry, convolve, filterGradient, inputGradient } from './conv-kernels.ts';
import type { ActivationKind } from './ir.ts';

/** BatchNorm after the convolution, with statistics that do not change in this step. */
export interface FrozenNorm {
  readonly gamma: tf.Tensor;
  readonly beta: tf.Tensor;
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
  readonly epsilon: number;
}

/**
 * A convolution with the BatchNorm after it folded into its weights, differentiable through the folding:
 * with `s = gamma / sqrt(variance + epsilon)`, `y = conv(x, w * s) + beta - mean * s`.
 * `passGradient: false` spares the gradient with respect to `x` (the input of the network, or a cached activation).
 */
export function foldedConv(
  x: tf.Tensor,
  weight: tf.Tensor,
  norm: FrozenNorm,
  geometry: ConvGeometry,
  passGradient: boolean,
): tf.Tensor {
  const inverse = tf.rsqrt(tf.add(norm.variance, norm.epsilon)); // [O]
  const { mean } = norm;
  const forward = (
    input: tf.Tensor,
    w: tf.Tensor,
    gamma: tf.Tensor,
    beta: tf.Tensor,
    save: tf.GradSaveFunc,
  ) => {
    const scale = tf.mul(gamma, inverse);
    const scaled = scaleOutputs(w, scale);
    const value = convolve(input, scaled, tf.sub(beta, tf.mul(mean, scale)), geometry);
    save([input, w, scale, scaled, inverse]);
    return value;
  };
  const backward = (dy: tf.Tensor, saved: tf.Tensor[]) => {
    const [input, w, scale, scaled, slope] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const dScaled = filterGradient(input, dy, w.shape, geometry);
    const dBeta = columnSums(dy);
    const dScale = tf.sub(columnSums(asColumns(tf.mul(dScaled, w), scale)), tf.mul(mean, dBeta));
    const own = [scaleOutputs(dScaled, scale), tf.mul(dScale, slope), dBeta];
    return { own, ofInput: () => inputGradient(input.shape, dy, scaled, geometry) };
  };
  return withOptionalInput(x, [weight, norm.gamma, norm.beta], passGradient, forward, backward);
}

/** A convolution with a bias (or none). */
export function biasedConv(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor | null,
  geometry: ConvGeometry,
  passGradient: boolean,
): tf.Tensor {
  const parameters = bias === null ? [weight] : [weight, bias];
  const forward = (input: tf.Tensor, ...rest: unknown[]) => {
    const save = rest.at(-1) as tf.GradSaveFunc;
    const w = rest[0] as tf.Tensor;
    save([input, w]);
    return convolve(input, w, bias === null ? null : (rest[1] as tf.Tensor), geometry);
  };
  const backward = (dy: tf.Tensor, saved: tf.Tensor[]) => {
    const [input, w] = saved as [tf.Tensor, tf.Tensor];
    const dWeight = filterGradient(input, dy, w.shape, geometry);
    const own: tf.Tensor[] = bias === null ? [dWeight] : [dWeight, columnSums(dy)];
    return { own, ofInput: () => inputGradient(input.shape, dy, w, geometry) };
  };
  return withOptionalInput(x, parameters, passGradient, forward, backward);
}

export interface BatchStatistics {
  /** `[C]`, over batch and pixels. */
  readonly mean: tf.Tensor;
  /** `[C]`, divided by n - 1, as running variances are kept. */
  readonly unbiasedVariance: tf.Tensor;
}

/**
 * BatchNorm by the statistics of the batch; `seen` gets them (disposed with the surrounding scope).
 * Source: Ioffe and Szegedy 2015, "Batch Normalization", section 3; the gradient in its closed form.
 */
export function batchNormalized(
  x: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  epsilon: number,
  seen: (statistics: BatchStatistics) => void,
): tf.Tensor {
  const count = x.size / (x.shape.at(-1) ?? 1);
  const mean = tf.mul(columnSums(x), 1 / count);
  const variance = tf.mul(columnSums(tf.square(tf.sub(x, mean))), 1 / count);
  seen({ mean, unbiasedVariance: tf.mul(variance, count / Math.max(1, count - 1)) });
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  const operation = tf.customGrad((input, g, b, save) => {
    const normal = tf.mul(tf.sub(input as tf.Tensor, mean), inverse);
    (save as tf.GradSaveFunc)([normal, tf.mul(g as tf.Tensor, inverse)]);
    return {
      value: tf.add(tf.mul(normal, g as tf.Tensor), b as tf.Tensor),
      gradFunc: (dy, saved) => {
        const [xHat, slope] = saved as [tf.Tensor, tf.Tensor];
        const dBeta = columnSums(dy);
        const dGamma = columnSums(tf.mul(dy, xHat));
        const centred = tf.sub(dy, tf.mul(dBeta, 1 / count));
        const dx = tf.mul(tf.sub(centred, tf.mul(xHat, tf.mul(dGamma, 1 / count))), slope);
        return [dx, dGamma, dBeta];
      },
    };
  });
  return operation(x, gamma, beta);
}

/** An activation function with a gradient in one pass. */
export function activated(x: tf.Tensor, kind: ActivationKind): tf.Tensor {
  switch (kind) {
    case 'hard-swish':
      return ownGradient(x, (input, save) => {
        save([input]);
        return {
          value: hardSwish(input),
          gradFunc: (dy, [saved]) => hardSwishGradient(saved as tf.Tensor, dy),
        };
      });
    case 'relu':
    case 'relu6':
      return ownGradient(x, (input, save) => {
        const value = kind === 'relu' ? tf.relu(input) : tf.relu6(input);
        save([value]);
        const limit = kind === 'relu' ? Infinity : 6;
        return { value, gradFunc: (dy, [saved]) => reluGradient(saved as tf.Tensor, dy, limit) };
      });
    case 'hard-sigmoid':
      return tf.mul(activated(tf.add(x, 3), 'relu6'), 1 / 6);
    case 'sigmoid':
      return tf.sigmoid(x);
  }
}

/** Mean over pixels: `[B, H, W, C] -> [B, 1, 1, C]`. */
export function pooled(x: tf.Tensor): tf.Tensor {
  const [, height = 1, width = 1] = x.shape;
  return ownGradient(x, (input) => ({
    value: tf.avgPool(input as tf.Tensor4D, [height, width], 1, 'valid'),
    gradFunc: (dy) => spreadOverPixels(dy, height, width, 1 / (height * width)),
  }));
}

/** `x [B, H, W, C]` times `weight [B, 1, 1, C]`. */
export function channelScaled(x: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  const [, height = 1, width = 1] = x.shape;
  const operation = tf.customGrad((a, s, save) => {
    (save as tf.GradSaveFunc)([a as tf.Tensor, s as tf.Tensor]);
    return {
      value: tf.mul(a as tf.Tensor, s as tf.Tensor),
      gradFunc: (dy, saved) => {
        const [input, scale] = saved as [tf.Tensor, tf.Tensor];
        const mean = tf.avgPool(tf.mul<tf.Tensor4D>(dy, input), [height, width], 1, 'valid');
        return [tf.mul(dy, scale), tf.mul(mean, height * width)];
      },
    };
  });
  return operation(x, weight);
}

type Backward = (
  dy: tf.Tensor,
  saved: tf.Tensor[],
) => { readonly own: tf.Tensor[]; readonly ofInput: () => tf.Tensor };

/** tfjs computes all gradients of a custom operation, so an input that needs none must not be an argument. */
function withOptionalInput(
  x: tf.Tensor,
  parameters: tf.Tensor[],
  passGradient: boolean,
  forward: (input: tf.Tensor, ...rest: never[]) => tf.Tensor,
  backward: Backward,
): tf.Tensor {
  const call = forward as (input: tf.Tensor, ...rest: unknown[]) => tf.Tensor;
  if (passGradient) {
    const operation = tf.customGrad((input, ...rest) => ({
      value: call(input as tf.Tensor, ...rest),
      gradFunc: (dy, saved) => {
        const { own, ofInput } = backward(dy, saved);
        return [ofInput(), ...own];
      },
    }));
    return operation(x, ...parameters);
  }
  const operation = tf.customGrad((...rest) => ({
    value: call(x, ...rest),
    gradFunc: (dy, saved) => backward(dy, saved).own,
  }));
  return operation(...parameters);
}

function ownGradient(
  x: tf.Tensor,
  operation: (
    input: tf.Tensor,
    save: tf.GradSaveFunc,
  ) => { value: tf.Tensor; gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor },
): tf.Tensor {
  return tf.customGrad((input, save) => operation(input as tf.Tensor, save as tf.GradSaveFunc))(x);
}

/** A weight as `[rest, O]`: its output channels are the last axis, or for a depthwise one the last but one. */
function asColumns(weight: tf.Tensor, perOutput: tf.Tensor): tf.Tensor {
  return tf.reshape(weight, [-1, perOutput.size]);
}

function scaleOutputs(weight: tf.Tensor, perOutput: tf.Tensor): tf.Tensor {
  return tf.reshape(tf.mul(asColumns(weight, perOutput), perOutput), weight.shape);
}
