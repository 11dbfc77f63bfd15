import * as tf from '@tensorflow/tfjs-core';
import { input, viewAs, type WasmKernelArgs } from './wasm-heap.ts';

/** Runs shorter than this are copied in a loop: a view of each would cost more. */
const SHORTEST_RUN = 24;

/**
 * `Slice` without the copy of the whole input that tfjs's kernel makes first: cutting a network's variables out of one
 * flat tensor cost more than the forward pass. Leaves texts to tfjs.
 */
export function slice(args: WasmKernelArgs): tf.TensorInfo | null {
  const x = input(args, 'x');
  if (x.dtype === 'string') return null;
  const { begin, size } = args.attrs as { begin: number[]; size: number[] };
  const [start = [], sizes = []] = tf.slice_util.parseSliceParams(x, begin, size);
  if (sizes.every((length, axis) => length === x.shape[axis])) {
    args.backend.incRef(x.dataId);
    return viewAs(x, x.shape);
  }
  const out = args.backend.makeOutput([...sizes], x.dtype);
  copy(args.backend.typedArrayFromHeap(x), args.backend.typedArrayFromHeap(out), x.shape, start, sizes);
  return out;
}

type Values = ReturnType<WasmKernelArgs['backend']['typedArrayFromHeap']>;

/** Copies run by run: a run spans the last axis that is cut and all whole ones after it. */
function copy(
  from: Values,
  to: Values,
  shape: readonly number[],
  start: readonly number[],
  sizes: readonly number[],
): void {
  let axis = shape.length - 1;
  let inner = 1;
  for (; axis > 0 && sizes[axis] === shape[axis]; axis--) inner *= shape[axis] as number;
  const run = inner * (sizes[axis] ?? 1);
  if (run === 0 || to.length === 0) return;
  const strides = tf.util.computeStrides([...shape]);
  const stride = (at: number) => strides[at] ?? 1;
  let offset = start.reduce((sum, place, at) => sum + place * stride(at), 0);
  const place = new Array<number>(axis).fill(0);
  for (let target = 0; target < to.length; target += run) {
    copyRun(from, offset, to, target, run);
    for (let at = axis - 1; at >= 0; at--) {
      const next = (place[at] as number) + 1;
      if (next < (sizes[at] as number)) {
        place[at] = next;
        offset += stride(at);
        break;
      }
      place[at] = 0;
      offset -= stride(at) * (next - 1);
    }
  }
}

function copyRun(from: Values, offset: number, to: Values, target: number, run: number): void {
  if (run >= SHORTEST_RUN) {
    to.set(from.subarray(offset, offset + run), target);
    return;
  }
  for (let i = 0; i < run; i++) to[target + i] = from[offset + i] as number;
}
