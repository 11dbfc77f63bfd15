/**
 * @file Operations that cost several passes over memory when they are put together from tfjs ones, and one pass here
 * on the WASM back-end. On the other back-ends they are put together.
 */
import * as tf from '@tensorflow/tfjs-core';
import { allocate, floats, input, registerWasmKernel, type WasmKernelArgs } from './wasm-heap.ts';

const HARD_SWISH = 'GraftHardSwish';
const HARD_SWISH_GRADIENT = 'GraftHardSwishGradient';
const RELU_GRADIENT = 'GraftReluGradient';
const COLUMN_SUMS = 'GraftColumnSums';
const SPREAD = 'GraftSpreadOverPixels';

/** `x * relu6(x + 3) / 6`, without a gradient. The caller disposes the result. */
export function hardSwish(x: tf.Tensor): tf.Tensor {
  if (onWasm()) return run(HARD_SWISH, { x });
  return tf.tidy(() => tf.mul(x, tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6)));
}

/** The gradient of {@link hardSwish}: 0 below -3, 1 above 3, `x/3 + 1/2` between. The caller disposes the result. */
export function hardSwishGradient(x: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  if (onWasm()) return run(HARD_SWISH_GRADIENT, { x, dy });
  return tf.tidy(() => {
    const slope = tf.add(tf.div(x, 3), 0.5);
    const bounded = tf.where(
      tf.greater(x, 3),
      tf.onesLike(x),
      tf.where(tf.less(x, -3), tf.zerosLike(x), slope),
    );
    return tf.mul(dy, bounded);
  });
}

/** `dy` where `0 < y < limit`, else 0: the gradient of relu (`limit` Infinity) and relu6, from their output. */
export function reluGradient(y: tf.Tensor, dy: tf.Tensor, limit: number): tf.Tensor {
  if (onWasm()) return run(RELU_GRADIENT, { y, dy }, { limit });
  return tf.tidy(() => {
    const passes = tf.greater(y, 0);
    return tf.mul(
      dy,
      tf.cast(limit === Infinity ? passes : tf.logicalAnd(passes, tf.less(y, limit)), 'float32'),
    );
  });
}

/** Sums over all axes but the last: `[..., C] -> [C]`. The caller disposes the result. */
export function columnSums(x: tf.Tensor): tf.Tensor1D {
  if (onWasm()) return run(COLUMN_SUMS, { x }) as tf.Tensor1D;
  return tf.tidy(() => tf.sum(tf.reshape(x, [-1, x.shape.at(-1) ?? 1]), 0));
}

/** `[B, 1, 1, C] -> [B, H, W, C]`, each pixel a copy times `factor`. The caller disposes the result. */
export function spreadOverPixels(x: tf.Tensor, height: number, width: number, factor: number): tf.Tensor4D {
  if (onWasm()) return run(SPREAD, { x }, { height, width, factor }) as tf.Tensor4D;
  return tf.tidy(() => {
    const [batch = 1, , , channels = 1] = x.shape;
    return tf.broadcastTo(tf.mul(x, factor), [batch, height, width, channels]);
  });
}

/** Gives the WASM back-end its versions. */
export function registerElementwiseKernels(): void {
  registerWasmKernel(HARD_SWISH, (args) => {
    const [x, y, out] = unary(args, 'x');
    for (let i = 0; i < y.length; i++) {
      const value = x[i] as number;
      y[i] = value >= 3 ? value : value <= -3 ? 0 : value * (value + 3) * (1 / 6);
    }
    return out;
  });
  registerWasmKernel(HARD_SWISH_GRADIENT, (args) => {
    const [x, dx, out] = unary(args, 'x');
    const dy = floats(args.backend, input(args, 'dy'));
    for (let i = 0; i < dx.length; i++) {
      const value = x[i] as number;
      dx[i] = (dy[i] as number) * (value > 3 ? 1 : value < -3 ? 0 : value * (1 / 3) + 0.5);
    }
    return out;
  });
  registerWasmKernel(RELU_GRADIENT, (args) => {
    const [y, dx, out] = unary(args, 'y');
    const dy = floats(args.backend, input(args, 'dy'));
    const limit = args.attrs['limit'] as number;
    for (let i = 0; i < dx.length; i++) {
      const value = y[i] as number;
      dx[i] = value > 0 && value < limit ? (dy[i] as number) : 0;
    }
    return out;
  });
  registerWasmKernel(COLUMN_SUMS, sumColumns);
  registerWasmKernel(SPREAD, spread);
}

function sumColumns(args: WasmKernelArgs): tf.TensorInfo {
  const info = input(args, 'x');
  const channels = info.shape.at(-1) ?? 1;
  const out = allocate(args.backend, [channels]);
  const x = floats(args.backend, info);
  const sums = new Float64Array(channels);
  for (let at = 0; at < x.length; at += channels) {
    for (let c = 0; c < channels; c++) sums[c] = (sums[c] as number) + (x[at + c] as number);
  }
  floats(args.backend, out).set(sums);
  return out;
}

function spread(args: WasmKernelArgs): tf.TensorInfo {
  const info = input(args, 'x');
  const [batch = 1, , , channels = 1] = info.shape;
  const height = args.attrs['height'] as number;
  const width = args.attrs['width'] as number;
  const factor = args.attrs['factor'] as number;
  const out = allocate(args.backend, [batch, height, width, channels]);
  const x = floats(args.backend, info);
  const y = floats(args.backend, out);
  const pixels = height * width;
  for (let b = 0; b < batch; b++) {
    const first = b * pixels * channels;
    for (let c = 0; c < channels; c++) y[first + c] = (x[b * channels + c] as number) * factor;
    // Doubles what is already there: few large copies in place of many small ones.
    for (let filled = 1; filled < pixels; filled *= 2) {
      const count = Math.min(filled, pixels - filled) * channels;
      y.copyWithin(first + filled * channels, first, first + count);
    }
  }
  return out;
}

function unary(args: WasmKernelArgs, name: string): [Float32Array, Float32Array, tf.TensorInfo] {
  const x = input(args, name);
  const out = allocate(args.backend, x.shape);
  return [floats(args.backend, x), floats(args.backend, out), out];
}

const onWasm = () => tf.getBackend() === 'wasm';

function run(kernel: string, inputs: Record<string, tf.Tensor>, attrs: tf.NamedAttrMap = {}): tf.Tensor {
  return tf.engine().runKernel<tf.Tensor>(kernel, inputs, attrs);
}
