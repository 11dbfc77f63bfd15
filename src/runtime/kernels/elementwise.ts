/**
 * @file Operations that cost several passes over memory when they are put together from tfjs ones, and one pass here
 * on the WASM back-end. On the other back-ends they are put together.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type VectorLoops, vectorLoops } from './vector-loops.ts';
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
    const { x, out, first, result } = elementwiseArgs(args, 'x', (vectors, length) =>
      vectors.loops.hardSwish(vectors.x, vectors.out, length),
    );
    for (let i = first; i < out.length; i++) {
      const value = x[i] as number;
      out[i] = value >= 3 ? value : value <= -3 ? 0 : value * (value + 3) * (1 / 6);
    }
    return result;
  });
  registerWasmKernel(HARD_SWISH_GRADIENT, (args) => {
    const dy = () => floats(args.backend, input(args, 'dy'));
    const { x, out, first, result } = elementwiseArgs(args, 'x', (vectors, length) =>
      vectors.loops.hardSwishGradient(vectors.x, dy().byteOffset, vectors.out, length),
    );
    const slopes = dy();
    for (let i = first; i < out.length; i++) {
      const value = x[i] as number;
      out[i] = (slopes[i] as number) * (value > 3 ? 1 : value < -3 ? 0 : value * (1 / 3) + 0.5);
    }
    return result;
  });
  registerWasmKernel(RELU_GRADIENT, (args) => {
    const limit = args.attrs['limit'] as number;
    const dy = () => floats(args.backend, input(args, 'dy'));
    const { x, out, first, result } = elementwiseArgs(args, 'y', (vectors, length) =>
      vectors.loops.reluGradient(vectors.x, dy().byteOffset, vectors.out, length, limit),
    );
    const slopes = dy();
    for (let i = first; i < out.length; i++) {
      const value = x[i] as number;
      out[i] = value > 0 && value < limit ? (slopes[i] as number) : 0;
    }
    return result;
  });
  registerWasmKernel(COLUMN_SUMS, sumColumns);
  registerWasmKernel(SPREAD, spread);
}

interface Vectors {
  readonly loops: VectorLoops;
  readonly x: number;
  readonly out: number;
}

/** Allocates the output and lets the vector loop do what fills whole vectors; `first` is the element after those. */
function elementwiseArgs(
  { inputs, backend }: WasmKernelArgs,
  name: string,
  run: (vectors: Vectors, length: number) => void,
) {
  const source = input({ inputs }, name);
  const result = allocate(backend, source.shape);
  const x = floats(backend, source);
  const out = floats(backend, result);
  const loops = vectorLoops(backend);
  const first = loops === undefined ? 0 : out.length - (out.length % 4);
  if (loops !== undefined && first > 0) run({ loops, x: x.byteOffset, out: out.byteOffset }, first * 4);
  return { x, out, first, result };
}

/** Rows that are summed in single precision before they are added in double precision. */
const ROWS_AT_ONCE = 1024;

function sumColumns(args: WasmKernelArgs): tf.TensorInfo {
  const info = input(args, 'x');
  const channels = info.shape.at(-1) ?? 1;
  const result = allocate(args.backend, [channels]);
  const x = floats(args.backend, info);
  const out = floats(args.backend, result);
  const sums = new Float64Array(channels);
  const loops = channels % 4 === 0 ? vectorLoops(args.backend) : undefined;
  const rows = x.length / channels;
  for (let row = 0; row < rows; row += ROWS_AT_ONCE) {
    const count = Math.min(ROWS_AT_ONCE, rows - row);
    const from = row * channels;
    if (loops !== undefined) {
      out.fill(0);
      loops.addRows(x.byteOffset + from * 4, out.byteOffset, channels * 4, count, channels * 4);
      for (let c = 0; c < channels; c++) sums[c] = (sums[c] as number) + (out[c] as number);
      continue;
    }
    for (let at = from; at < from + count * channels; at += channels) {
      for (let c = 0; c < channels; c++) sums[c] = (sums[c] as number) + (x[at + c] as number);
    }
  }
  out.set(sums);
  return result;
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

const onWasm = () => tf.getBackend() === 'wasm';

function run(kernel: string, inputs: Record<string, tf.Tensor>, attrs: tf.NamedAttrMap = {}): tf.Tensor {
  return tf.engine().runKernel<tf.Tensor>(kernel, inputs, attrs);
}
