/**
 * @file Convolutions of the WASM back-end with bias and activation: the forward pass of training and inference. With
 * relaxed SIMD the products are faster than XNNPACK's, which tfjs compiles without it; and a thread that the system
 * keeps waiting does not hold up the others, since threads take their work in small chunks.
 */
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type ConvGeometry, convGeometry, geometryWords, isPointwise } from './conv-geometry.ts';
import { type Finish, multiply } from './matrix-product.ts';
import { floatWord, type KernelRunner } from './runner.ts';
import { CONV_FORWARD, DEPTHWISE_FORWARD } from './wasm/jobs.ts';
import { allocate, input, pointer, type WasmKernelArgs } from './wasm-heap.ts';

/** Floats of a filter above which packing it per chunk costs too much. */
const MOST_FILTER_FLOATS = 256 * 1024;
/** Floats of unrolled input that a thread works on at a time: 64 KiB. */
const UNROLLED_FLOATS = 16 * 1024;
/** Multiplications of a chunk, about. */
const CHUNK_WORK = 1_000_000;

/** `Conv2D` and `FusedConv2D`; `null` for what tfjs's own kernel must do. */
export function convForward(args: WasmKernelArgs, runner: KernelRunner): TensorInfo | null {
  const finish = finishOf(args);
  const x = input(args, 'x');
  const filter = input(args, 'filter');
  if (finish === null || !isPlain(args, x, filter)) return null;
  const geometry = convGeometry(x.shape, filter.shape, args.attrs, false);
  const { info } = geometry;
  // Channels in groups.
  if (filter.shape[2] !== info.inChannels) return null;
  const { backend } = args;
  if (isPointwise(geometry)) {
    const out = allocate(backend, info.outShape);
    const rows = info.batchSize * info.outHeight * info.outWidth;
    const once = { batch: 1, transposed: false };
    const sizes = { batch: 1, rows, columns: info.outChannels, depth: info.inChannels };
    multiply({ backend, runner }, { ...once, info: x }, { ...once, info: filter }, out, sizes, finish);
    return out;
  }
  return util.sizeFromShape(filter.shape) > MOST_FILTER_FLOATS
    ? null
    : unrolled(args, runner, geometry, finish);
}

function unrolled(
  args: WasmKernelArgs,
  runner: KernelRunner,
  geometry: ConvGeometry,
  { bias, low, high }: Finish,
): TensorInfo {
  const { backend } = args;
  const { info } = geometry;
  const out = allocate(backend, info.outShape);
  const depth = info.filterHeight * info.filterWidth * info.inChannels;
  const pixels = info.batchSize * info.outHeight * info.outWidth;
  const pixelsAtOnce = Math.max(12, Math.min(96, Math.floor(UNROLLED_FLOATS / depth / 6) * 6));
  const rounds = Math.ceil(CHUNK_WORK / (pixelsAtOnce * depth * info.outChannels));
  const perChunk = pixelsAtOnce * Math.max(2, rounds);
  const perThread = depth * (pixelsAtOnce + Math.ceil(info.outChannels / 8) * 8);
  const scratch = allocate(backend, [runner.threads, perThread]);
  runner.run({
    job: CONV_FORWARD,
    args: [
      ...[pointer(backend, input(args, 'x')), pointer(backend, input(args, 'filter')), pointer(backend, out)],
      ...[pixels, perChunk, bias === null ? 0 : pointer(backend, bias)],
      ...[pointer(backend, scratch), 4 * perThread],
      ...geometryWords(geometry),
      ...[pixelsAtOnce, floatWord(low), floatWord(high)],
    ],
    chunks: Math.ceil(pixels / perChunk),
  });
  backend.disposeData(scratch.dataId);
  return out;
}

/** `DepthwiseConv2dNative` and `FusedDepthwiseConv2D`; `null` for what tfjs's own kernel must do. */
export function depthwiseForward(args: WasmKernelArgs, runner: KernelRunner): TensorInfo | null {
  const finish = finishOf(args);
  const x = input(args, 'x');
  const filter = input(args, 'filter');
  if (finish === null || filter.shape[3] !== 1 || !isPlain(args, x, filter)) return null;
  const geometry = convGeometry(x.shape, filter.shape, args.attrs, true);
  const { backend } = args;
  const { info } = geometry;
  const out = allocate(backend, info.outShape);
  const taps = info.filterHeight * info.filterWidth;
  const rows = Math.ceil(CHUNK_WORK / 2 / (info.outWidth * info.inChannels * taps));
  const rowsAtOnce = Math.min(info.outHeight, Math.max(1, rows));
  const blocks = Math.ceil(info.outHeight / rowsAtOnce);
  const perThread = info.outWidth * (1 + 2 * info.filterWidth) + info.outHeight * (1 + 2 * info.filterHeight);
  const scratch = allocate(backend, [runner.threads, perThread]);
  const { bias, low, high } = finish;
  runner.run({
    job: DEPTHWISE_FORWARD,
    args: [
      ...[pointer(backend, x), pointer(backend, filter), pointer(backend, out), rowsAtOnce, blocks],
      ...[bias === null ? 0 : pointer(backend, bias), pointer(backend, scratch), 4 * perThread],
      ...geometryWords(geometry),
      ...[floatWord(low), floatWord(high)],
    ],
    chunks: info.batchSize * blocks,
  });
  backend.disposeData(scratch.dataId);
  return out;
}

function isPlain({ attrs }: WasmKernelArgs, x: TensorInfo, filter: TensorInfo): boolean {
  const layout = attrs['dataFormat'] ?? 'NHWC';
  return layout === 'NHWC' && x.dtype === 'float32' && filter.dtype === 'float32' && x.shape.length === 4;
}

const LIMITS: Readonly<Partial<Record<string, readonly [low: number, high: number]>>> = {
  linear: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
};

/** Bias and activation; `null` for an activation that is no clamp, or a bias that is no vector. */
function finishOf({ inputs, attrs }: WasmKernelArgs): Finish | null {
  const limits = LIMITS[(attrs['activation'] ?? 'linear') as string];
  const { bias = null } = inputs as { bias?: TensorInfo | null };
  if (limits === undefined || (bias !== null && bias.shape.length !== 1)) return null;
  return { bias, low: limits[0], high: limits[1] };
}
