import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { allocate, floats, input, ints, type WasmKernelArgs } from './wasm-heap.ts';

/**
 * `UnsortedSegmentSum` (the gradient of a gather): rows of `x` with the same id are added.
 * Shape: `x [n, ...]`, `segmentIds [n]` -> `[numSegments, ...]`. Ids outside the range are left out.
 */
export function unsortedSegmentSum(args: WasmKernelArgs): TensorInfo {
  const { backend, attrs } = args;
  const x = input(args, 'x');
  const segmentIds = input(args, 'segmentIds');
  const segments = attrs['numSegments'] as number;
  const out = allocate(backend, [segments, ...x.shape.slice(segmentIds.shape.length)]);
  const values = floats(backend, x);
  const ids = ints(backend, segmentIds);
  const sums = floats(backend, out);
  const rowSize = util.sizeFromShape(out.shape.slice(1));
  sums.fill(0);
  for (let row = 0; row < ids.length; row++) {
    const segment = ids[row] as number;
    if (segment < 0 || segment >= segments) continue;
    const to = segment * rowSize;
    const from = row * rowSize;
    for (let i = 0; i < rowSize; i++) sums[to + i] = (sums[to + i] as number) + (values[from + i] as number);
  }
  return out;
}
