import * as tf from '@tensorflow/tfjs-core';
import { spreadOverPixels } from '../../runtime/kernels/elementwise.ts';
import { sizeOf } from '../model/tensor-data.ts';
import type { OpCall } from './call.ts';
import { differentiable, stopGradient } from './gradient.ts';
import { stridedPositions, stridesOf } from './host-math.ts';
import { type Op, opTable, type Result } from './op.ts';
import { kernelOffsets, padSpace, type WindowAxis, windowAxes, windowElement } from './window.ts';

/** Below every finite float32. */
const LEAST = -3.4028234663852886e38;

/** Pools a padded tensor without padding; one axis of space is widened to two. */
function pooled(kind: 'max' | 'avg', padded: tf.Tensor, axes: readonly WindowAxis[]): tf.Tensor {
  const kernel = axes.map((axis) => axis.kernel);
  const strides = axes.map(({ stride }) => stride);
  if (axes.length === 3) {
    const pool = kind === 'max' ? tf.maxPool3d : tf.avgPool3d;
    const [k, s] = [kernel, strides] as [[number, number, number], [number, number, number]];
    return pool(padded as tf.Tensor5D, k, s, 'valid');
  }
  const pool = kind === 'max' ? tf.maxPool : tf.avgPool;
  if (axes.length === 2) {
    return pool(padded as tf.Tensor4D, kernel as [number, number], strides as [number, number], 'valid');
  }
  const [n = 0, length = 0, c = 0] = padded.shape;
  const wide = tf.reshape<tf.Rank.R4>(padded, [n, 1, length, c]);
  const result = pool(wide, [1, kernel[0] as number], [1, strides[0] as number], 'valid');
  return tf.reshape(result, [n, result.shape[2], c]);
}

function axesOf(call: OpCall): WindowAxis[] {
  return windowAxes(call, call.shape(0).slice(1, -1), call.ints('kernel_shape') ?? []);
}

function floats(call: OpCall): tf.Tensor {
  return tf.cast(call.tensor(0), 'float32');
}

function maxPool(call: OpCall): Result | Result[] {
  const axes = axesOf(call);
  const x = floats(call);
  const padded = padSpace(x, axes, LEAST);
  const dilated = axes.some(({ dilation }) => dilation > 1);
  const wantsIndices = call.node.outputs.length > 1 && call.node.outputs[1] !== '';
  if (!dilated && !wantsIndices) return tf.cast(pooled('max', padded, axes), call.tensor(0).dtype);
  const elements = kernelOffsets(axes).map((offset) => windowElement(padded, axes, offset));
  const value = elements.reduce((a, b) => tf.maximum(a, b));
  const result = tf.cast(value, call.tensor(0).dtype);
  if (!wantsIndices) return result;
  return [result, { kind: 'tensor', dtype: 'int64', tensor: maxPositions(call, x, axes, elements) }];
}

/** Flat positions of the maxima in the input as `[N, C, ...space]`, which is how ONNX counts. */
function maxPositions(
  call: OpCall,
  x: tf.Tensor,
  axes: readonly WindowAxis[],
  elements: readonly tf.Tensor[],
): tf.Tensor {
  const chosen = tf.argMax(stopGradient(tf.stack([...elements])), 0);
  const [n = 0] = x.shape;
  const c = x.shape.at(-1) ?? 0;
  const space = axes.map(({ size }) => size);
  // With `storage_order` 1 the first axis of space runs fastest.
  const spaceSteps = call.flag('storage_order') ? stridesOf(space.toReversed()).reverse() : stridesOf(space);
  const steps = axes.map(({ stride }, axis) => stride * (spaceSteps[axis] as number));
  const shape = [n, ...axes.map(({ out }) => out), c];
  const start = -axes.reduce((sum, { before }, axis) => sum + before * (spaceSteps[axis] as number), 0);
  const area = sizeOf(space);
  const base = stridedPositions(shape, [area * c, ...steps, area], start);
  const offsets = kernelOffsets(axes).map((offset) =>
    offset.reduce(
      (sum, at, axis) => sum + at * (axes[axis] as WindowAxis).dilation * (spaceSteps[axis] as number),
      0,
    ),
  );
  const inWindow = tf.gather(tf.tensor1d(offsets, 'int32'), tf.cast(chosen, 'int32'));
  return tf.add(tf.tensor(base, shape, 'int32'), inWindow);
}

/** How many elements each window counts: `[1, ...out, 1]`. */
function counts(axes: readonly WindowAxis[], withPadding: boolean): tf.Tensor {
  const perAxis = axes.map(({ size, kernel, stride, dilation, before, after, out }) =>
    Array.from({ length: out }, (_, i) => {
      const start = i * stride - before;
      const inside = (at: number) =>
        withPadding ? at >= -before && at < size + after : at >= 0 && at < size;
      return Array.from({ length: kernel }, (__, k) => start + k * dilation).filter(inside).length;
    }),
  );
  const all = perAxis.reduce<number[]>((left, right) => left.flatMap((a) => right.map((b) => a * b)), [1]);
  return tf.tensor(all, [1, ...axes.map(({ out }) => out), 1]);
}

function averagePool(call: OpCall): tf.Tensor {
  const axes = axesOf(call);
  const padded = padSpace(floats(call), axes);
  const dilated = axes.some(({ dilation }) => dilation > 1);
  const window = axes.reduce((product, { kernel }) => product * kernel, 1);
  const mean = dilated
    ? tf.div(tf.addN(kernelOffsets(axes).map((offset) => windowElement(padded, axes, offset))), window)
    : pooled('avg', padded, axes);
  const plain = axes.every(({ before, after, extra }) => before + after + Math.max(0, extra) === 0);
  return plain ? mean : tf.mul(mean, tf.div(window, counts(axes, call.flag('count_include_pad'))));
}

function powered(x: tf.Tensor, p: number): tf.Tensor {
  return p === 2 ? tf.mul(x, x) : tf.pow(tf.abs(x), p);
}

function lpPool(call: OpCall): tf.Tensor {
  const axes = axesOf(call);
  const p = call.number('p', 2);
  const window = axes.reduce((product, { kernel }) => product * kernel, 1);
  return tf.pow(tf.mul(pooled('avg', padSpace(powered(call.tensor(0), p), axes), axes), window), 1 / p);
}

/** Over all axes but the first and `channel_axis`, which are kept. */
function globalPool(run: (x: tf.Tensor, axes: number[], call: OpCall) => tf.Tensor): Omit<Op, 'doc'> {
  return {
    run: (call) => {
      const x = call.tensor(0);
      const channels = call.axis(call.number('channel_axis', -1), x.rank);
      const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 0 && axis !== channels);
      return run(x, axes, call);
    },
  };
}

/** Mean over the axes between the first and the last: `[N, H, W, C] -> [N, 1, 1, C]`, with a gradient in one pass. */
function meanOverPixels(x: tf.Tensor): tf.Tensor {
  const [, height = 1, width = 1] = x.shape;
  return differentiable(
    { x },
    () => tf.avgPool(x as tf.Tensor4D, [height, width], 1, 'valid'),
    (dy) => ({ x: () => spreadOverPixels(dy, height, width, 1 / (height * width)) }),
  );
}

/** Puts values back to where MaxPool found them; `[N, C, ...space]` as in ONNX. */
function maxUnpool(call: OpCall): tf.Tensor {
  const x = call.tensor(0);
  const kernel = call.ints('kernel_shape') ?? [];
  const strides = call.ints('strides') ?? kernel.map(() => 1);
  const pads = call.ints('pads') ?? kernel.flatMap(() => [0, 0]);
  const natural = kernel.map(
    (size, axis) =>
      ((x.shape[axis + 2] as number) - 1) * (strides[axis] as number) +
      size -
      (pads[axis] as number) -
      (pads[axis + kernel.length] as number),
  );
  const [n = 0, c = 0] = x.shape;
  const shape = call.has(2) ? [...call.numbers(2)] : [n, c, ...natural];
  // Positions count in the natural shape; a larger wanted shape has them in its corner.
  const positions = tf.reshape<tf.Rank.R1>(tf.cast(stopGradient(call.tensor(1)), 'int32'), [x.size]);
  const placed = tf.unsortedSegmentSum(tf.reshape(x, [-1]), positions, sizeOf([n, c, ...natural]));
  const small = tf.reshape(placed, [n, c, ...natural]);
  if (shape.join() === small.shape.join()) return small;
  return tf.pad(
    small,
    shape.map((size, axis): [number, number] => [0, size - (small.shape[axis] as number)]),
  );
}

export const POOL = opTable({
  MaxPool: { run: maxPool },
  AveragePool: { run: averagePool },
  LpPool: { run: lpPool },
  GlobalAveragePool: globalPool((x, axes) =>
    x.rank === 4 && axes.join() === '1,2' && x.size > 0 ? meanOverPixels(x) : tf.mean(x, axes, true),
  ),
  GlobalMaxPool: globalPool((x, axes) => tf.max(x, axes, true)),
  GlobalLpPool: globalPool((x, axes, call) => {
    const p = call.number('p', 2);
    return tf.pow(tf.sum(powered(x, p), axes, true), 1 / p);
  }),
  MaxUnpool: { hostInputs: [2], run: maxUnpool },
});
