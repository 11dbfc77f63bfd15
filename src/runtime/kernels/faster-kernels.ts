/**
 * @file Kernels of tfjs's WASM back-end that ours do faster for most shapes: training runs hundreds of small products,
 * for which waking the threads of tfjs costs more than the work, and sums over leading axes, for which tfjs turns the
 * whole tensor first. What ours cannot do goes to tfjs's own.
 */
import * as tf from '@tensorflow/tfjs-core';
import { convForward, depthwiseForward } from './conv-forward.ts';
import { clampOrSwish, sumColumns, sumRows } from './elementwise.ts';
import { multiply } from './matrix-product.ts';
import { kernelRunner, type KernelRunner } from './runner.ts';
import { slice } from './slice.ts';
import { ADD, CLAMP, COMBINE, FLAT_CHUNK, MULTIPLY, SUBTRACT } from './wasm/jobs.ts';
import { allocate, input, pointer, viewAs, type WasmHeap, type WasmKernelArgs } from './wasm-heap.ts';

type Attempt = (args: WasmKernelArgs, runner: KernelRunner) => tf.TensorInfo | null;

const replaced = new Set<string>();

/** Puts an attempt before tfjs's kernel, once. */
function tryFirst(kernelName: string, attempt: Attempt): void {
  if (replaced.has(kernelName)) return;
  replaced.add(kernelName);
  const original = tf.getKernel(kernelName, 'wasm');
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    ...original,
    kernelFunc: (given) => {
      const backend = given.backend as WasmHeap;
      const runner = kernelRunner(backend);
      const args = { inputs: given.inputs, backend, attrs: given.attrs ?? {} };
      return (runner && attempt(args, runner)) ?? original.kernelFunc(given);
    },
  });
}

/** Call it after tfjs has registered its kernels and before the back-end starts. */
export function registerFasterKernels(): void {
  for (const [name, operation] of [
    ['Multiply', MULTIPLY],
    ['Add', ADD],
    ['Sub', SUBTRACT],
  ] as const) {
    tryFirst(name, (args, runner) => combine(args, runner, operation));
  }
  tryFirst('Relu', (args) => clamp(args, Infinity));
  tryFirst('Relu6', (args) => clamp(args, 6));
  tryFirst('Sum', leadingSum);
  tryFirst('AvgPool', globalMean);
  tryFirst('Identity', shared);
  tryFirst('Cast', shared);
  tryFirst('BatchMatMul', transposedProduct);
  tryFirst('Slice', slice);
  for (const name of ['Conv2D', 'FusedConv2D']) tryFirst(name, convForward);
  for (const name of ['DepthwiseConv2dNative', 'FusedDepthwiseConv2D']) tryFirst(name, depthwiseForward);
}

const isFloat = ({ dtype }: tf.TensorInfo) => dtype === 'float32';

/** tfjs copies here, and a training step clones what each operation saves for its gradient. */
function shared({ inputs, attrs, backend }: WasmKernelArgs): tf.TensorInfo | null {
  const x = input({ inputs }, 'x');
  if (x.dtype === 'string' || (attrs['dtype'] ?? x.dtype) !== x.dtype) return null;
  backend.incRef(x.dataId);
  return viewAs(x, x.shape);
}

function clamp(args: WasmKernelArgs, high: number): tf.TensorInfo | null {
  const x = input(args, 'x');
  return isFloat(x) ? clampOrSwish(args, x, [CLAMP, 0, high]) : null;
}

/** How the smaller operand lies over the larger one: `[outer, middle, inner]` over `[outer, 1, inner]`. */
export interface Overlay {
  readonly outer: number;
  readonly middle: number;
  readonly inner: number;
  /** The smaller one has a single element per row of `inner`. */
  readonly splat: boolean;
  /** The smaller one has no outer axis: all rows use the same elements. */
  readonly shared: boolean;
}

/**
 * The overlay of a shape over a larger one; `null` if the larger one is broadcast too, or in more than one place.
 */
export function overlay(large: readonly number[], small: readonly number[]): Overlay | null {
  if (small.length > large.length) return null;
  const padded = [...Array.from({ length: large.length - small.length }, () => 1), ...small];
  // Runs of axes that both have, and that only the large one has. Axes of 1 in both fit either.
  const runs: { own: boolean; size: number }[] = [];
  for (const [axis, size] of large.entries()) {
    const own = padded[axis] === size;
    if (!own && padded[axis] !== 1) return null;
    if (size === 1) continue;
    const last = runs.at(-1);
    if (last?.own === own) last.size *= size;
    else runs.push({ own, size });
  }
  const [first, second, third] = runs;
  if (first === undefined) return { outer: 1, middle: 1, inner: 1, splat: false, shared: true };
  if (runs.length > 3 || (runs.length === 3 && !first.own)) return null;
  if (runs.length === 1) {
    return { outer: 1, middle: 1, inner: first.size, splat: !first.own, shared: true };
  }
  if (!first.own) {
    return { outer: 1, middle: first.size, inner: second?.size ?? 1, splat: false, shared: true };
  }
  if (third === undefined) {
    return { outer: first.size, middle: 1, inner: second?.size ?? 1, splat: true, shared: false };
  }
  return { outer: first.size, middle: second?.size ?? 1, inner: third.size, splat: false, shared: false };
}

/** Rows shorter than this are not worth a call of the inner loop. */
const SHORTEST_ROW = 4;

function combine(args: WasmKernelArgs, runner: KernelRunner, operation: number): tf.TensorInfo | null {
  const { backend } = args;
  const [a, b] = [input(args, 'a'), input(args, 'b')];
  if (!isFloat(a) || !isFloat(b)) return null;
  const straight = overlay(a.shape, b.shape);
  const over = straight ?? overlay(b.shape, a.shape);
  if (over === null) return null;
  const [large, small] = straight === null ? [b, a] : [a, b];
  const { outer, middle, inner, splat, shared } = over;
  const rows = outer * middle;
  if (rows > 1 && inner < SHORTEST_ROW) return null;
  const out = allocate(backend, large.shape);
  const rowsAtOnce = Math.max(1, Math.floor(FLAT_CHUNK / Math.max(1, inner)));
  const ofOuter = shared ? 0 : splat ? 1 : inner;
  runner.run({
    job: COMBINE,
    args: [
      ...[pointer(backend, large), pointer(backend, small), pointer(backend, out), middle, inner, rowsAtOnce],
      ...[rows, operation, ofOuter, splat ? 1 : 0, straight === null ? 1 : 0],
    ],
    chunks: rows === 1 ? Math.ceil(inner / FLAT_CHUNK) : inner === 0 ? 0 : Math.ceil(rows / rowsAtOnce),
  });
  return out;
}

/** Sums over the first axes, `[..., C] -> [C]`: the gradient of a bias. */
function leadingSum(args: WasmKernelArgs): tf.TensorInfo | null {
  const x = input(args, 'x');
  const { axis, keepDims } = args.attrs as { axis: number | number[]; keepDims?: boolean };
  const axes = new Set(tf.util.parseAxisParam(axis, x.shape));
  const kept = x.shape.findIndex((_, i) => !axes.has(i));
  const leading = kept > 0 && x.shape.every((_, i) => axes.has(i) === i < kept);
  if (!leading || !isFloat(x)) return null;
  const rest = x.shape.slice(kept);
  const columns = tf.util.sizeFromShape(rest);
  const rows = tf.util.sizeFromShape(x.shape.slice(0, kept));
  const sums = sumColumns(args, viewAs(x, [rows, columns]));
  return viewAs(sums, keepDims === true ? [...x.shape.slice(0, kept).map(() => 1), ...rest] : rest);
}

/** The mean over all pixels of a picture. */
function globalMean(args: WasmKernelArgs): tf.TensorInfo | null {
  const x = input(args, 'x');
  const { filterSize, pad } = args.attrs as { filterSize: number | [number, number]; pad: unknown };
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const [rows, columns] = typeof filterSize === 'number' ? [filterSize, filterSize] : filterSize;
  if (!isFloat(x) || x.shape.length !== 4 || rows !== height || columns !== width) return null;
  if (pad !== 'valid' && pad !== 0) return null;
  const pixels = height * width;
  const out = allocate(args.backend, [batch, 1, 1, channels]);
  sumRows(args, x, out, { rows: batch * pixels, columns: channels, atOnce: pixels, factor: 1 / pixels });
  return out;
}

/** tfjs's own path for a transposed operand is a scalar loop. */
function transposedProduct(args: WasmKernelArgs, runner: KernelRunner): tf.TensorInfo | null {
  const { backend, attrs } = args;
  const [a, b] = [input(args, 'a'), input(args, 'b')];
  const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
  if (!(transposeA || transposeB) || !isFloat(a) || !isFloat(b)) return null;
  const [rows, depth] = matrixOf(a, transposeA);
  const [, columns] = matrixOf(b, transposeB);
  const [aBatch, bBatch] = [a, b].map(({ shape }) => tf.util.sizeFromShape(shape.slice(0, -2))) as [
    number,
    number,
  ];
  const [aOuter, bOuter] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const sameOuter = aOuter.join() === bOuter.join();
  if (!sameOuter && aBatch !== 1 && bBatch !== 1) return null;
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(aOuter, bOuter);
  const out = allocate(backend, [...outer, rows, columns]);
  multiply(
    { backend, runner },
    { info: a, transposed: transposeA, batch: aBatch },
    { info: b, transposed: transposeB, batch: bBatch },
    out,
    { batch: tf.util.sizeFromShape(outer), rows, columns, depth },
  );
  return out;
}

function matrixOf({ shape }: tf.TensorInfo, transposed: boolean): [rows: number, columns: number] {
  const [rows = 1, columns = 1] = shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}
