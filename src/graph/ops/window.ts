/** @file How a window (a kernel, a pool) moves over the space of a channels-last tensor. */
import * as tf from '@tensorflow/tfjs-core';
import type { OpCall } from './call.ts';
import { padded } from './ranks.ts';

/** Along one axis of space. */
export interface WindowAxis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  readonly out: number;
  /** Elements beyond `after` that the last window covers with `ceil_mode`; at most as negative as what no window covers. */
  readonly extra: number;
}

/** Reads strides, dilations, pads and auto_pad, and counts the windows. Source: https://onnx.ai/onnx/operators/onnx__MaxPool.html. */
export function windowAxes(call: OpCall, space: readonly number[], kernel: readonly number[]): WindowAxis[] {
  const strides = call.ints('strides');
  const dilations = call.ints('dilations');
  const pads = call.ints('pads');
  const auto = call.text('auto_pad', 'NOTSET');
  const ceil = call.flag('ceil_mode');
  return space.map((size, axis) => {
    const stride = strides?.[axis] ?? 1;
    const dilation = dilations?.[axis] ?? 1;
    const width = ((kernel[axis] as number) - 1) * dilation + 1;
    let before = auto === 'VALID' ? 0 : (pads?.[axis] ?? 0);
    let after = auto === 'VALID' ? 0 : (pads?.[axis + space.length] ?? 0);
    if (auto.startsWith('SAME')) {
      const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + width - size);
      before = auto === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2);
      after = total - before;
    }
    const steps = (size + before + after - width) / stride;
    let out = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    // A window must not start beyond the input and the padding before it.
    if (ceil && (out - 1) * stride >= size + before) out -= 1;
    if (!(out > 0)) throw new Error(`a window of ${width} does not fit into ${size} + ${before} + ${after}`);
    const extra = (out - 1) * stride + width - (size + before + after);
    return { size, kernel: kernel[axis] as number, stride, dilation, before, after, out, extra };
  });
}

/** The tensor with its space padded by a value (or cut where no window reaches), ready for windows without padding. */
export function padSpace(x: tf.Tensor, axes: readonly WindowAxis[], value = 0): tf.Tensor {
  const around = axes.map(({ before, after, extra }): [number, number] => [before, after + extra]);
  const cut = around.map(([, after]) => Math.min(0, after));
  const begin = x.shape.map(() => 0);
  const size = x.shape.map((length, axis) => length + (cut[axis - 1] ?? 0));
  const kept = cut.some((length) => length < 0) ? tf.slice(x, begin, size) : x;
  if (around.every(([before, after]) => before === 0 && after <= 0)) return kept;
  const grow = around.map(([before, after]): [number, number] => [before, Math.max(0, after)]);
  return padded(kept, [[0, 0], ...grow, [0, 0]], value);
}

/** One element of each window: `[N, ...out, C]` at an offset into the kernel, from a tensor that is already padded. */
export function windowElement(
  around: tf.Tensor,
  axes: readonly WindowAxis[],
  offset: readonly number[],
): tf.Tensor {
  return axes.reduce((result, { stride, dilation, out }, axis) => {
    const start = (offset[axis] as number) * dilation;
    if (stride === 1) {
      const begin = result.shape.map((_, i) => (i === axis + 1 ? start : 0));
      const size = result.shape.map((length, i) => (i === axis + 1 ? out : length));
      return tf.slice(result, begin, size);
    }
    const indices = Int32Array.from({ length: out }, (_, i) => start + i * stride);
    return tf.gather(result, tf.tensor1d(indices, 'int32'), axis + 1);
  }, around);
}

/** All offsets into a kernel, row-major. */
export function kernelOffsets(axes: readonly WindowAxis[]): number[][] {
  return axes.reduce<number[][]>(
    (offsets, { kernel }) =>
      offsets.flatMap((offset) => Array.from({ length: kernel }, (_, i) => [...offset, i])),
    [[]],
  );
}
