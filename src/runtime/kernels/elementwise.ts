/**
 * @file Operations that cost several passes over memory when they are put together from tfjs ones, and one pass by the
 * compiled kernels of the WASM back-end. Activations have a program on the GPU too (`gpu/`); else they are put together.
 */
import * as tf from '@tensorflow/tfjs-core';
import { addParts } from './matrix-product.ts';
import { isFused, isProvided } from './provided.ts';
import { floatWord, type KernelRunner, runnerOf } from './runner.ts';
import { CLAMP, HARD_SIGMOID, HARD_SWISH } from './wasm/jobs.ts';
import {
  ACTIVATE,
  ACTIVATION_GRADIENT,
  FLAT_CHUNK,
  SCALE_GRADIENT,
  SPREAD,
  SUM_PRODUCTS,
  SUM_ROWS,
} from './wasm/jobs.ts';
import { allocate, input, pointer, registerWasmKernel, viewAs, type WasmKernelArgs } from './wasm-heap.ts';

const ACTIVATION = 'GraftActivation';
const ACTIVATION_SLOPE = 'GraftActivationGradient';
const COLUMN_SUMS = 'GraftColumnSums';
const SPREAD_OVER_PIXELS = 'GraftSpreadOverPixels';
const CHANNEL_SCALE_GRADIENT = 'GraftChannelScaleGradient';
const PRODUCT_SUMS = 'GraftProductSums';

/** An activation whose gradient is one pass. */
export type FusedActivation = 'hard-swish' | 'hard-sigmoid' | 'relu' | 'relu6';

/** Kind in the kernels, and the limits of a clamp. */
const KINDS: Readonly<Record<FusedActivation, readonly [kind: number, low: number, high: number]>> = {
  'hard-swish': [HARD_SWISH, 0, 0],
  'hard-sigmoid': [HARD_SIGMOID, -3, 3],
  relu: [CLAMP, 0, Infinity],
  relu6: [CLAMP, 0, 6],
};

/** `x * relu6(x + 3) / 6`, without a gradient. The caller disposes the result. */
export function hardSwish(x: tf.Tensor): tf.Tensor {
  return activation(x, 'hard-swish');
}

/** An activation without a gradient. The caller disposes the result. */
export function activation(x: tf.Tensor, kind: FusedActivation): tf.Tensor {
  if (isProvided(ACTIVATION)) return run(ACTIVATION, { x }, { kind });
  switch (kind) {
    case 'relu':
      return tf.relu(x);
    case 'relu6':
      return tf.relu6(x);
    case 'hard-sigmoid':
      return tf.tidy(() => tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6));
    case 'hard-swish':
      return tf.tidy(() => tf.mul(x, tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6)));
  }
}

/** The gradient of {@link hardSwish}: 0 below -3, 1 above 3, `x/3 + 1/2` between. The caller disposes the result. */
export function hardSwishGradient(x: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  return activationGradient(x, dy, 'hard-swish');
}

/** `dy` where `0 < y < limit`, else 0: the gradient of relu (`limit` Infinity) and relu6, from their output. */
export function reluGradient(y: tf.Tensor, dy: tf.Tensor, limit: number): tf.Tensor {
  return activationGradient(y, dy, limit === Infinity ? 'relu' : 'relu6');
}

/**
 * `dy` times the slope of an activation.
 * @param x What the activation was applied to; for `relu` and `relu6` its result will do.
 * Owns: the caller disposes the result.
 */
export function activationGradient(x: tf.Tensor, dy: tf.Tensor, kind: FusedActivation): tf.Tensor {
  if (isProvided(ACTIVATION_SLOPE)) {
    return runMany(ACTIVATION_SLOPE, { x, dy }, { kind, sums: false })[0];
  }
  return tf.tidy(() => tf.mul(dy, slopeOf(x, kind)));
}

/**
 * {@link activationGradient}, and in the same pass its sums over all axes but the last: the gradient of the bias before
 * the activation. Shape: `[..., C]`, `[C]`.
 */
export function biasedActivationGradient(
  x: tf.Tensor,
  dy: tf.Tensor,
  kind: FusedActivation,
): readonly [dx: tf.Tensor, sums: tf.Tensor1D] {
  if (isProvided(ACTIVATION_SLOPE)) {
    const [dx, sums] = runMany(ACTIVATION_SLOPE, { x, dy }, { kind, sums: true });
    return [dx, sums as tf.Tensor1D];
  }
  const dx = activationGradient(x, dy, kind);
  return [dx, columnSums(dx)];
}

function slopeOf(x: tf.Tensor, kind: FusedActivation): tf.Tensor {
  const between = (low: number, high: number) =>
    tf.cast(
      high === Infinity ? tf.greater(x, low) : tf.logicalAnd(tf.greater(x, low), tf.less(x, high)),
      'float32',
    );
  switch (kind) {
    case 'relu':
      return between(0, Infinity);
    case 'relu6':
      return between(0, 6);
    case 'hard-sigmoid':
      return tf.mul(between(-3, 3), 1 / 6);
    case 'hard-swish': {
      const slope = tf.add(tf.div(x, 3), 0.5);
      const rising = tf.where(tf.less(x, -3), tf.zerosLike(x), slope);
      return tf.where(tf.greater(x, 3), tf.onesLike(x), rising);
    }
  }
}

/** Sums over all axes but the last: `[..., C] -> [C]`. The caller disposes the result. */
export function columnSums(x: tf.Tensor): tf.Tensor1D {
  if (isFused()) return run(COLUMN_SUMS, { x }) as tf.Tensor1D;
  return tf.tidy(() => tf.sum(tf.reshape(x, [-1, x.shape.at(-1) ?? 1]), 0));
}

/**
 * Sums of `x * y` over the middle axis, on the WASM back-end with its compiled kernels only, see `isFused`.
 * Shape: `[outer, middle, inner] -> [outer, inner]`. The caller disposes the result.
 */
export function productSums(x: tf.Tensor3D, y: tf.Tensor3D): tf.Tensor2D {
  return run(PRODUCT_SUMS, { x, y }) as tf.Tensor2D;
}

/** `[B, 1, 1, C] -> [B, H, W, C]`, each pixel a copy times `factor`. The caller disposes the result. */
export function spreadOverPixels(x: tf.Tensor, height: number, width: number, factor: number): tf.Tensor4D {
  if (isFused()) return run(SPREAD_OVER_PIXELS, { x }, { height, width, factor }) as tf.Tensor4D;
  return tf.tidy(() => {
    const [batch = 1, , , channels = 1] = x.shape;
    return tf.broadcastTo(tf.mul(x, factor), [batch, height, width, channels]);
  });
}

/**
 * The gradients of `x [B, H, W, C]` times `scale [B, 1, 1, C]` (squeeze and excite) in one pass.
 * Owns: the caller disposes both.
 */
export function channelScaleGradient(
  x: tf.Tensor,
  scale: tf.Tensor,
  dy: tf.Tensor,
): readonly [dx: tf.Tensor, dScale: tf.Tensor] {
  if (isFused()) {
    const [dx, dScale] = runMany(CHANNEL_SCALE_GRADIENT, { x, scale, dy });
    return [dx, dScale as tf.Tensor];
  }
  return [tf.mul(dy, scale), tf.tidy(() => tf.sum(tf.mul(dy, x), [1, 2], true))];
}

/** Gives the WASM back-end its versions. They are only called where `isFused` says so. */
export function registerElementwiseKernels(): void {
  registerWasmKernel(ACTIVATION, activate);
  registerWasmKernel(ACTIVATION_SLOPE, slope);
  registerWasmKernel(COLUMN_SUMS, (args) => sumColumns(args, input(args, 'x')));
  registerWasmKernel(PRODUCT_SUMS, sumProducts);
  registerWasmKernel(SPREAD_OVER_PIXELS, spread);
  registerWasmKernel(CHANNEL_SCALE_GRADIENT, scaleGradient);
}

function activate(args: WasmKernelArgs): tf.TensorInfo {
  return clampOrSwish(args, input(args, 'x'), KINDS[args.attrs['kind'] as FusedActivation]);
}

/** The job behind all activations. */
export function clampOrSwish(
  { backend }: Pick<WasmKernelArgs, 'backend'>,
  x: tf.TensorInfo,
  [kind, low, high]: readonly [number, number, number],
): tf.TensorInfo {
  const out = allocate(backend, x.shape);
  const size = tf.util.sizeFromShape(x.shape);
  runnerOf(backend).run({
    job: ACTIVATE,
    args: [pointer(backend, x), pointer(backend, out), size, kind, floatWord(low), floatWord(high)],
    chunks: Math.ceil(size / FLAT_CHUNK),
  });
  return out;
}

/** Elements of a chunk of rows, and rows at most: their sums are single precision. */
const CHUNK_ELEMENTS = 65_536;
const CHUNK_ROWS = 1024;

function rowBlocks(rows: number, columns: number) {
  const atOnce = Math.max(1, Math.min(CHUNK_ROWS, Math.floor(CHUNK_ELEMENTS / Math.max(1, columns))));
  return { atOnce, chunks: Math.ceil(rows / atOnce) };
}

function slope(args: WasmKernelArgs): tf.TensorInfo[] {
  const { backend, attrs } = args;
  const [x, dy] = [input(args, 'x'), input(args, 'dy')];
  const columns = x.shape.at(-1) ?? 1;
  const rows = tf.util.sizeFromShape(x.shape) / Math.max(1, columns);
  const { atOnce, chunks } = rowBlocks(rows, columns);
  const [kind, low, high] = KINDS[attrs['kind'] as FusedActivation];
  const out = allocate(backend, x.shape);
  const parts = attrs['sums'] === true ? allocate(backend, [Math.max(1, chunks), columns]) : null;
  const runner = runnerOf(backend);
  runner.run({
    job: ACTIVATION_GRADIENT,
    args: [
      ...[pointer(backend, x), pointer(backend, dy), pointer(backend, out), rows, columns, atOnce],
      ...[parts === null ? 0 : pointer(backend, parts), kind, floatWord(low), floatWord(high)],
    ],
    chunks,
  });
  if (parts === null) return [out];
  const sums = allocate(backend, [columns]);
  addUp(args, runner, parts, sums, chunks);
  return [out, sums];
}

/** Adds the rows of `parts` and gives their memory back; none of them are zeros. */
function addUp(
  { backend }: WasmKernelArgs,
  runner: KernelRunner,
  parts: tf.TensorInfo,
  sums: tf.TensorInfo,
  count: number,
) {
  const size = sums.shape[0] ?? 0;
  if (count === 0) (backend.typedArrayFromHeap(sums) as Float32Array).fill(0);
  else addParts(runner, pointer(backend, parts), pointer(backend, sums), size, count);
  backend.disposeData(parts.dataId);
}

/** Sums over all axes but the last. */
export function sumColumns(args: WasmKernelArgs, x: tf.TensorInfo): tf.TensorInfo {
  const { backend } = args;
  const columns = x.shape.at(-1) ?? 1;
  const rows = tf.util.sizeFromShape(x.shape) / Math.max(1, columns);
  const { atOnce, chunks } = rowBlocks(rows, columns);
  const parts = allocate(backend, [Math.max(1, chunks), columns]);
  const sums = allocate(backend, [columns]);
  const runner = runnerOf(backend);
  sumRows(args, x, parts, { rows, columns, atOnce, factor: 1 });
  addUp(args, runner, parts, sums, chunks);
  return sums;
}

function sumProducts(args: WasmKernelArgs): tf.TensorInfo {
  const { backend } = args;
  const [x, y] = [input(args, 'x'), input(args, 'y')];
  const [outer = 1, middle = 1, inner = 1] = x.shape;
  const sums = allocate(backend, [outer, inner]);
  // A single run of rows is cut, several are chunks as they are.
  const { atOnce, chunks } = outer === 1 ? rowBlocks(middle, inner) : { atOnce: middle, chunks: outer };
  const cut = outer === 1 && chunks !== 1;
  const target = cut ? allocate(backend, [Math.max(1, chunks), inner]) : sums;
  const runner = runnerOf(backend);
  runner.run({
    job: SUM_PRODUCTS,
    args: [pointer(backend, x), pointer(backend, target), outer * middle, inner, atOnce, pointer(backend, y)],
    chunks,
  });
  if (cut) addUp(args, runner, target, viewAs(sums, [inner]), chunks);
  return sums;
}

interface RowSums {
  readonly rows: number;
  readonly columns: number;
  /** Rows that are added to one sum. */
  readonly atOnce: number;
  readonly factor: number;
}

/** `out[n, c]` = `factor` times the sum of the n-th `atOnce` rows. */
export function sumRows(
  { backend }: Pick<WasmKernelArgs, 'backend'>,
  x: tf.TensorInfo,
  out: tf.TensorInfo,
  { rows, columns, atOnce, factor }: RowSums,
): void {
  runnerOf(backend).run({
    job: SUM_ROWS,
    args: [pointer(backend, x), pointer(backend, out), rows, columns, atOnce, floatWord(factor)],
    chunks: Math.ceil(rows / atOnce),
  });
}

function spread(args: WasmKernelArgs): tf.TensorInfo {
  const { backend, attrs } = args;
  const x = input(args, 'x');
  const [batch = 1, , , channels = 1] = x.shape;
  const height = attrs['height'] as number;
  const width = attrs['width'] as number;
  const out = allocate(backend, [batch, height, width, channels]);
  const factor = floatWord(attrs['factor'] as number);
  runnerOf(backend).run({
    job: SPREAD,
    args: [pointer(backend, x), pointer(backend, out), height * width, channels, factor],
    chunks: height * width === 0 ? 0 : batch,
  });
  return out;
}

function scaleGradient(args: WasmKernelArgs): tf.TensorInfo[] {
  const { backend } = args;
  const [x, scale, dy] = [input(args, 'x'), input(args, 'scale'), input(args, 'dy')];
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const dx = allocate(backend, x.shape);
  const dScale = allocate(backend, [batch, 1, 1, channels]);
  const pointers = [x, scale, dy, dx, dScale].map((info) => pointer(backend, info));
  runnerOf(backend).run({
    job: SCALE_GRADIENT,
    args: [...pointers, height * width, channels],
    chunks: batch,
  });
  return [dx, dScale];
}

function run(kernel: string, inputs: Record<string, tf.Tensor>, attrs: tf.NamedAttrMap = {}): tf.Tensor {
  return tf.engine().runKernel<tf.Tensor>(kernel, inputs, attrs);
}

function runMany(
  kernel: string,
  inputs: Record<string, tf.Tensor>,
  attrs: tf.NamedAttrMap = {},
): [tf.Tensor, ...tf.Tensor[]] {
  return tf.engine().runKernel<tf.Tensor[]>(kernel, inputs, attrs) as [tf.Tensor, ...tf.Tensor[]];
}
