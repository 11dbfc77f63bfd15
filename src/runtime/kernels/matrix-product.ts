/** @file Products of matrices, any of them transposed, batched: how they are cut into chunks, and the job. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floatWord, type KernelRunner } from './runner.ts';
import { ADD_PARTS, GEMM } from './wasm/jobs.ts';
import { allocate, pointer, type WasmHeap } from './wasm-heap.ts';

/** A stack of matrices in memory; a transposed one is read with rows and columns exchanged. */
export interface Operand {
  readonly info: TensorInfo;
  readonly transposed: boolean;
  /** 1: the same matrix for the whole batch. */
  readonly batch: number;
}

export interface ProductSizes {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/** What is done to each row of a product before it leaves the cache. */
export interface Finish {
  /** `[columns]` */
  readonly bias: TensorInfo | null;
  readonly low: number;
  readonly high: number;
}

/** Rows of a tile in the kernel. */
const TILE_ROWS = 6;
/** Steps of the inner dimension, and columns, that are packed at a time: 256 KiB at most. */
const DEPTH_AT_ONCE = 256;
const COLUMNS_AT_ONCE = 256;
/** Multiplications of a chunk: long enough to be worth handing out, short enough to share evenly. */
const CHUNK_WORK = 2_000_000;
const LEAST_ROWS = 48;
/** A long inner dimension is cut, so that several threads find work and single-precision sums stay short. */
const PART_DEPTH = 512;
const MOST_PARTS = 16;
const MOST_PART_FLOATS = 4 * 1024 * 1024;

/** `out = a * b`, `[batch, rows, columns]`, then `finish`; the memory of `out` is overwritten. */
export function multiply(
  { backend, runner }: { readonly backend: WasmHeap; readonly runner: KernelRunner },
  a: Operand,
  b: Operand,
  out: TensorInfo,
  { batch, rows, columns, depth }: ProductSizes,
  finish: Finish | null = null,
): void {
  const size = rows * columns;
  if (batch * size === 0) return;
  const work = columns * Math.max(1, depth);
  const rowsAtOnce = Math.ceil(Math.max(LEAST_ROWS, CHUNK_WORK / work) / TILE_ROWS) * TILE_ROWS;
  const rowBlocks = Math.ceil(rows / rowsAtOnce);
  const parts = finish === null ? partsOf({ batch, rows, columns, depth }, rowBlocks) : 1;
  const partDepth = Math.max(1, Math.ceil(depth / parts));
  const target = parts > 1 ? allocate(backend, [parts, batch * size]) : out;
  const columnsAtOnce = Math.min(COLUMNS_AT_ONCE, Math.ceil(columns / 8) * 8);
  const perThread = Math.min(DEPTH_AT_ONCE, partDepth) * columnsAtOnce;
  const scratch = allocate(backend, [runner.threads, perThread]);
  const strides = ({ transposed, batch: own }: Operand, height: number, width: number) => [
    4 * (transposed ? 1 : width),
    4 * (transposed ? height : 1),
    own === 1 ? 0 : 4 * height * width,
  ];
  runner.run({
    job: GEMM,
    args: [
      ...[pointer(backend, a.info), ...strides(a, rows, depth)],
      ...[pointer(backend, b.info), ...strides(b, depth, columns)],
      ...[pointer(backend, target), 4 * columns, 4 * size],
      ...[rows, columns, depth, rowsAtOnce, rowBlocks, partDepth, parts, 4 * batch * size],
      ...[pointer(backend, scratch), 4 * perThread, DEPTH_AT_ONCE, columnsAtOnce],
      ...finishWords(backend, finish),
    ],
    chunks: batch * parts * rowBlocks,
  });
  backend.disposeData(scratch.dataId);
  if (target === out) return;
  addParts(runner, pointer(backend, target), pointer(backend, out), batch * size, parts);
  backend.disposeData(target.dataId);
}

function finishWords(backend: WasmHeap, finish: Finish | null): number[] {
  if (finish === null) return [0, 0, 0, 0];
  const { bias, low, high } = finish;
  return [1, bias === null ? 0 : pointer(backend, bias), floatWord(low), floatWord(high)];
}

function partsOf({ batch, rows, columns, depth }: ProductSizes, rowBlocks: number): number {
  if (batch * rowBlocks >= MOST_PARTS) return 1;
  const fitting = Math.floor(MOST_PART_FLOATS / (batch * rows * columns));
  const wanted = Math.min(MOST_PARTS, Math.floor(depth / PART_DEPTH), fitting);
  const parts = Math.max(1, wanted);
  // Each part must have a share, also after rounding up.
  return Math.ceil(depth / Math.max(1, Math.ceil(depth / parts))) || 1;
}

/** Floats of a chunk in the kernel. */
const PART_CHUNK = 4096;

/** `out[i]` = sum over `count` parts of `parts[part * size + i]`. Pointers. */
export function addParts(
  runner: KernelRunner,
  parts: number,
  out: number,
  size: number,
  count: number,
): void {
  runner.run({ job: ADD_PARTS, args: [parts, out, size, count], chunks: Math.ceil(size / PART_CHUNK) });
}
