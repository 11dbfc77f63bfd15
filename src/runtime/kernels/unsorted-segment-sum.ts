import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernelRunner } from './runner.ts';
import { SEGMENT_SUM } from './wasm/jobs.ts';
import { floats, input, ints, pointer, type WasmKernelArgs } from './wasm-heap.ts';

/** Chunks at most: each looks through all ids. */
const MOST_CHUNKS = 16;

/**
 * `UnsortedSegmentSum` (the gradient of a gather): rows of `x` with the same id are added.
 * Shape: `x [n, ...]`, `segmentIds [n]` -> `[numSegments, ...]`. Ids outside the range are left out.
 */
export function unsortedSegmentSum(args: WasmKernelArgs): TensorInfo {
  const { backend, attrs } = args;
  const x = input(args, 'x');
  const segmentIds = input(args, 'segmentIds');
  const segments = attrs['numSegments'] as number;
  const out = backend.makeOutput([segments, ...x.shape.slice(segmentIds.shape.length)], x.dtype);
  const rows = util.sizeFromShape(segmentIds.shape);
  const rowSize = util.sizeFromShape(out.shape.slice(1));
  const runner = kernelRunner(backend);
  if (runner === undefined || x.dtype !== 'float32') {
    addRows(floats(backend, x), ints(backend, segmentIds), floats(backend, out), rowSize);
    return out;
  }
  const atOnce = Math.max(1, Math.ceil(segments / MOST_CHUNKS));
  const pointers = [x, segmentIds, out].map((info) => pointer(backend, info));
  runner.run({
    job: SEGMENT_SUM,
    args: [...pointers, rows, rowSize, segments, atOnce],
    chunks: Math.ceil(segments / atOnce),
  });
  return out;
}

type Values = Float32Array | Int32Array;

function addRows(values: Values, ids: Int32Array, sums: Values, rowSize: number): void {
  sums.fill(0);
  ids.forEach((segment, row) => {
    const to = segment * rowSize;
    if (segment < 0 || to >= sums.length) return;
    const from = row * rowSize;
    for (let i = 0; i < rowSize; i++) sums[to + i] = (sums[to + i] as number) + (values[from + i] as number);
  });
}
