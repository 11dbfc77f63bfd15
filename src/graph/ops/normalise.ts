import * as tf from '@tensorflow/tfjs-core';
import { columnSums } from '../../runtime/kernels/elementwise.ts';
import { sizeOf } from '../model/tensor-data.ts';
import { product, sum } from './broadcast.ts';
import type { OpCall } from './call.ts';
import { differentiable, stopGradient } from './gradient.ts';
import { type Op, opTable } from './op.ts';
import { transposed } from './ranks.ts';

/** A value per channel, in a shape that broadcasts along an axis. */
function perChannel(value: tf.Tensor, axis: number, rank: number): tf.Tensor {
  if (axis === rank - 1 || value.rank === 0) return value;
  return tf.reshape(
    value,
    Array.from({ length: rank }, (_, i) => (i === axis ? value.size : 1)),
  );
}

function channelAxis(call: OpCall): number {
  return call.axis(call.number('channel_axis', -1), call.rank(0));
}

/** Mean and variance (divided by n) over axes, which are kept. */
export function moments(
  x: tf.Tensor,
  axes: number[],
): { readonly mean: tf.Tensor; readonly variance: tf.Tensor } {
  const mean = tf.mean(x, axes, true);
  const difference = tf.sub(x, mean);
  return { mean, variance: tf.mean(tf.mul(difference, difference), axes, true) };
}

function standardized(x: tf.Tensor, axes: number[], epsilon: number): tf.Tensor {
  const mean = tf.mean(x, axes, true);
  const difference = tf.sub(x, mean);
  const variance = tf.mean(tf.mul(difference, difference), axes, true);
  return tf.mul(difference, tf.rsqrt(tf.add(variance, epsilon)));
}

function batchNormalization(call: OpCall): tf.Tensor | tf.Tensor[] {
  const x = call.tensor(0);
  const axis = channelAxis(call);
  const epsilon = call.number('epsilon', 1e-5);
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((i) => call.tensor(i)) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  if (!call.flag('training_mode')) {
    const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)));
    const shift = tf.sub(beta, tf.mul(mean, scale));
    return sum(product(x, perChannel(scale, axis, x.rank)), perChannel(shift, axis, x.rank));
  }
  const momentum = call.number('momentum', 0.9);
  const running = (old: tf.Tensor, now: tf.Tensor) =>
    tf.add(tf.mul(old, momentum), tf.mul(tf.reshape(now, old.shape), 1 - momentum));
  if (axis === x.rank - 1) {
    const { y, batch } = batchNormalized(x, gamma, beta, epsilon);
    const count = x.size / (x.shape[axis] as number);
    // PyTorch divides the variance that it follows by n - 1, ONNX by n.
    const unbiased = call.flag('unbiased') ? count / Math.max(1, count - 1) : 1;
    const seen = [y, running(mean, batch.mean), running(variance, tf.mul(batch.variance, unbiased))];
    return seen.slice(0, call.node.outputs.length);
  }
  const axes = x.shape.map((_, i) => i).filter((i) => i !== axis);
  const seen = moments(x, axes);
  const normal = tf.mul(tf.sub(x, seen.mean), tf.rsqrt(tf.add(seen.variance, epsilon)));
  const y = tf.add(tf.mul(normal, perChannel(gamma, axis, x.rank)), perChannel(beta, axis, x.rank));
  return [y, running(mean, seen.mean), running(variance, seen.variance)].slice(0, call.node.outputs.length);
}

/**
 * By the statistics of the batch, channels last.
 * Source: Ioffe and Szegedy 2015, "Batch Normalization", section 3; the gradient in its closed form.
 */
function batchNormalized(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number) {
  const count = x.size / (x.shape.at(-1) ?? 1);
  const still = stopGradient(x);
  const mean = tf.mul(columnSums(still), 1 / count);
  const variance = tf.mul(columnSums(tf.square(tf.sub(still, mean))), 1 / count);
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  const y = differentiable(
    { x, gamma, beta },
    (save) => {
      const normal = tf.mul(tf.sub(x, mean), inverse);
      save([normal, tf.mul(gamma, inverse)]);
      return tf.add(tf.mul(normal, gamma), beta);
    },
    (dy, saved, share) => {
      const [normal, slope] = saved as [tf.Tensor, tf.Tensor];
      const sums = share(() => columnSums(dy));
      const products = share(() => columnSums(tf.mul(dy, normal)));
      return {
        x: () => {
          const centred = tf.sub(dy, tf.mul(sums(), 1 / count));
          return tf.mul(tf.sub(centred, tf.mul(normal, tf.mul(products(), 1 / count))), slope);
        },
        gamma: () => tf.clone(products()),
        beta: () => tf.clone(sums()),
      };
    },
  );
  return { y, batch: { mean, variance } };
}

function layerNormalization(call: OpCall): tf.Tensor[] {
  const x = call.tensor(0);
  const first = call.axis(call.number('axis', -1), x.rank);
  const axes = x.shape.map((_, i) => i).filter((i) => i >= first);
  const { mean, variance } = moments(x, axes);
  const inverse = tf.rsqrt(tf.add(variance, call.number('epsilon', 1e-5)));
  const scaled = tf.mul(tf.mul(tf.sub(x, mean), inverse), call.tensor(1));
  const bias = call.optional(2);
  return [bias === null ? scaled : tf.add(scaled, bias), mean, inverse].slice(0, call.node.outputs.length);
}

/** Divided by the root mean square over all axes from one on, times `gamma`. Source: Zhang and Sennrich 2019. */
export function rmsNormalized(x: tf.Tensor, gamma: tf.Tensor, epsilon: number, axis = -1): tf.Tensor {
  const axes = x.shape.map((_, i) => i).slice(axis);
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.mul(x, x), axes, true), epsilon));
  return tf.mul(tf.mul(x, inverse), gamma);
}

/** `RMSNormalization`, and `SimplifiedLayerNormalization` of the ONNX runtime, which is the same. */
export function rmsNormalization(call: OpCall): tf.Tensor {
  const axis = call.axis(call.number('axis', -1), call.rank(0));
  return rmsNormalized(call.tensor(0), call.tensor(1), call.number('epsilon', 1e-5), axis);
}

function groupNormalization(call: OpCall): tf.Tensor {
  const x = call.tensor(0);
  const axis = channelAxis(call);
  const channels = x.shape[axis] as number;
  const groups = call.number('num_groups', 1);
  const split = x.shape.flatMap((size, i) => (i === axis ? [groups, channels / groups] : [size]));
  const axes = split.map((_, i) => i).filter((i) => i !== 0 && i !== axis);
  const normal = tf.reshape(standardized(tf.reshape(x, split), axes, call.number('epsilon', 1e-5)), x.shape);
  const affine = (value: tf.Tensor) => {
    if (value.size === channels) return perChannel(value, axis, x.rank);
    // Before opset 21 there is one value per group.
    const repeated = tf.tile(tf.reshape(value, [groups, 1]), [1, channels / groups]);
    return perChannel(tf.reshape(repeated, [channels]), axis, x.rank);
  };
  return tf.add(tf.mul(normal, affine(call.tensor(1))), affine(call.tensor(2)));
}

/** Sum over `size` neighbours along an axis, of which the middle one is the element itself. */
function neighbourSum(x: tf.Tensor, axis: number, size: number): tf.Tensor {
  const before = Math.floor((size - 1) / 2);
  const around = x.shape.map((_, i): [number, number] => (i === axis ? [before, size - 1 - before] : [0, 0]));
  const padded = tf.pad(x, around);
  const parts = Array.from({ length: size }, (_, start) =>
    tf.slice(
      padded,
      x.shape.map((__, i) => (i === axis ? start : 0)),
      x.shape,
    ),
  );
  return parts.length === 1 ? (parts[0] as tf.Tensor) : tf.addN(parts);
}

/** Moves an axis to the end for functions of the last axis, and back. */
export function onLastAxis(x: tf.Tensor, axis: number, f: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  if (axis === x.rank - 1) return f(x);
  const front = [...x.shape.map((_, i) => i).filter((i) => i !== axis), axis];
  const back = x.shape.map((_, i) => front.indexOf(i));
  return transposed(f(transposed(x, front)), back);
}

/** Over one axis; with `flatten` (before opset 13) over all axes from `axis` on. */
function overAxis(f: (x: tf.Tensor) => tf.Tensor, differentiable = true): Omit<Op, 'doc'> {
  return {
    differentiable,
    run: (call) => {
      const x = call.tensor(0);
      const axis = call.axis(call.number('axis', -1), x.rank);
      if (!call.flag('flatten')) return onLastAxis(x, axis, f);
      const rows = tf.reshape(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]);
      return tf.reshape(f(rows), x.shape);
    },
  };
}

export const NORMALISE = opTable({
  BatchNormalization: {
    refuse: ({ attributes, outputs }) => {
      if (attributes['spatial'] === 0) return 'has statistics for each place (spatial is 0)';
      const wantsStatistics = outputs.some((name, index) => index > 0 && name !== '');
      return wantsStatistics && attributes['training_mode'] !== 1
        ? 'gives out statistics without being in training mode'
        : null;
    },
    run: batchNormalization,
  },
  InstanceNormalization: {
    run: (call) => {
      const x = call.tensor(0);
      const axis = channelAxis(call);
      const axes = x.shape.map((_, i) => i).filter((i) => i !== 0 && i !== axis);
      const normal = standardized(x, axes, call.number('epsilon', 1e-5));
      return tf.add(
        tf.mul(normal, perChannel(call.tensor(1), axis, x.rank)),
        perChannel(call.tensor(2), axis, x.rank),
      );
    },
  },
  LayerNormalization: { run: layerNormalization },
  RMSNormalization: { run: rmsNormalization },
  GroupNormalization: { run: groupNormalization },
  LRN: {
    run: (call) => {
      const x = call.tensor(0);
      const size = call.number('size', 1);
      const sum = neighbourSum(tf.mul(x, x), channelAxis(call), size);
      const base = tf.add(tf.mul(sum, call.number('alpha', 1e-4) / size), call.number('bias', 1));
      return tf.div(x, tf.pow(base, call.number('beta', 0.75)));
    },
  },
  LpNormalization: {
    run: (call) => {
      const x = call.tensor(0);
      const axis = call.axis(call.number('axis', -1), x.rank);
      const norm =
        call.number('p', 2) === 1 ? tf.sum(tf.abs(x), axis, true) : tf.sqrt(tf.sum(tf.mul(x, x), axis, true));
      return tf.div(x, norm);
    },
  },
  MeanVarianceNormalization: {
    run: (call) => {
      const x = call.tensor(0);
      const axes = [...(call.ints('axes') ?? [0, 2, 3])];
      const { mean, variance } = moments(x, axes);
      return tf.div(tf.sub(x, mean), tf.add(tf.sqrt(variance), 1e-9));
    },
  },
  Softmax: overAxis((x) => tf.softmax(x)),
  LogSoftmax: overAxis((x) => tf.logSoftmax(x)),
  Hardmax: overAxis((x) => {
    const size = x.shape.at(-1) as number;
    // tfjs makes no codes of a single class.
    if (size === 1) return tf.onesLike(x);
    return tf.cast(tf.oneHot(tf.argMax(stopGradient(x), -1), size), 'float32');
  }, false),
});
