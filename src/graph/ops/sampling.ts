import * as tf from '@tensorflow/tfjs-core';
import type { OpCall } from './call.ts';
import { stopGradient } from './gradient.ts';
import { opTable } from './op.ts';
import { hostValue, type HostValue } from './value.ts';

/** `[N, C, H, W]` as rows of pixels `[N * H * W, C]`. */
function pixelRows(x: tf.Tensor): tf.Tensor2D {
  const [n = 0, c = 0, h = 0, w = 0] = x.shape;
  return tf.reshape<tf.Rank.R2>(tf.transpose(x, [0, 2, 3, 1]), [n * h * w, c]);
}

/** Coordinates folded back into `[low, high]` as by mirrors at both ends. */
function reflected(at: tf.Tensor, low: number, high: number): tf.Tensor {
  const span = high - low;
  if (span <= 0) return tf.zerosLike(at);
  const distance = tf.abs(tf.sub(at, low));
  const turns = stopGradient(tf.floor(tf.div(distance, span)));
  const rest = tf.sub(distance, tf.mul(turns, span));
  const odd = stopGradient(tf.mod(turns, 2));
  return tf.add(tf.add(tf.mul(rest, tf.sub(1, odd)), tf.mul(tf.sub(span, rest), odd)), low);
}

/** Keys' cubic weights with a = -0.75 for the four pixels around a place `t` behind the second. */
function cubicWeights(t: tf.Tensor): tf.Tensor[] {
  const a = -0.75;
  const near = (x: tf.Tensor) => tf.add(tf.mul(tf.mul(x, x), tf.sub(tf.mul(x, a + 2), a + 3)), 1);
  const far = (x: tf.Tensor) =>
    tf.add(tf.mul(x, tf.add(tf.mul(x, tf.sub(tf.mul(x, a), 5 * a)), 8 * a)), -4 * a);
  return [far(tf.add(t, 1)), near(t), near(tf.sub(1, t)), far(tf.sub(2, t))];
}

interface Tap {
  readonly at: tf.Tensor;
  readonly weight: tf.Tensor;
}

/** Pixels along one axis and their weights for each sample. */
function tapsOf(place: tf.Tensor, mode: string): Tap[] {
  if (mode === 'nearest') {
    const at = tf.round(stopGradient(place));
    return [{ at, weight: tf.onesLike(at) }];
  }
  const floor = tf.floor(stopGradient(place));
  const t = tf.sub(place, floor);
  const weights = mode.includes('cubic') ? cubicWeights(t) : [tf.sub(1, t), t];
  const first = mode.includes('cubic') ? -1 : 0;
  return weights.map((weight, i) => ({ at: tf.add(floor, first + i), weight }));
}

/** Source: https://onnx.ai/onnx/operators/onnx__GridSample.html. Shape: `[N, C, H, W]`, grid `[N, h, w, 2]`. */
function gridSample(call: OpCall): tf.Tensor {
  const x = call.tensor(0);
  const grid = call.tensor(1);
  if (x.rank !== 4) throw new Error(`${x.rank - 2} axes of space`);
  const [n = 0, c = 0, height = 0, width = 0] = x.shape;
  const [, h = 0, w = 0] = grid.shape;
  const corners = call.flag('align_corners');
  const padding = call.text('padding_mode', 'zeros');
  const mode = call.text('mode', 'linear');
  const places = tf.split(grid, 2, -1).map((part, i) => {
    const size = i === 0 ? width : height;
    const flat = tf.reshape(part, [n * h * w]);
    const at = corners
      ? tf.mul(tf.add(flat, 1), (size - 1) / 2)
      : tf.sub(tf.mul(tf.add(flat, 1), size / 2), 0.5);
    return placed(at, size, padding, corners, mode);
  });
  const rows = pixelRows(x);
  const batch = tf.reshape(tf.tile(tf.reshape(tf.range(0, n, 1, 'float32'), [n, 1]), [1, h * w]), [
    n * h * w,
  ]);
  const [columns, lines] = places.map((place) => tapsOf(place, mode)) as [Tap[], Tap[]];
  const parts = lines.flatMap((line) =>
    columns.map((column) => {
      const y = bounded(line.at, height, padding, corners);
      const z = bounded(column.at, width, padding, corners);
      const index = tf.add(tf.mul(tf.add(tf.mul(batch, height), y.at), width), z.at);
      const values = tf.gather(rows, tf.cast(stopGradient(index), 'int32'));
      const weight = tf.mul(tf.mul(line.weight, column.weight), tf.mul(y.inside, z.inside));
      return tf.mul(values, tf.reshape(weight, [-1, 1]));
    }),
  );
  const sum = parts.reduce((a, b) => tf.add(a, b));
  return tf.transpose(tf.reshape(sum, [n, h, w, c]), [0, 3, 1, 2]);
}

/** Border and reflection move the sample itself, except that cubic taps are moved one by one. */
function placed(at: tf.Tensor, size: number, padding: string, corners: boolean, mode: string): tf.Tensor {
  if (mode.includes('cubic') || padding === 'zeros') return at;
  if (padding === 'border') return tf.clipByValue(at, 0, size - 1);
  const mirrored = corners ? reflected(at, 0, size - 1) : reflected(at, -0.5, size - 0.5);
  return tf.clipByValue(mirrored, 0, size - 1);
}

function bounded(at: tf.Tensor, size: number, padding: string, corners: boolean) {
  const mirrored = corners ? reflected(at, 0, size - 1) : reflected(at, -0.5, size - 0.5);
  const kept = padding === 'reflection' ? mirrored : at;
  const clipped = tf.clipByValue(kept, 0, size - 1);
  const inside = padding === 'zeros' ? tf.cast(tf.equal(at, clipped), 'float32') : tf.onesLike(at);
  return { at: clipped, inside };
}

/**
 * Source: He et al. 2017, "Mask R-CNN", section 3. Regions are read on the host and get no gradient: a detector's
 * boxes are proposals, which that paper (and torchvision's `roi_align`) holds fixed; only the picture learns.
 */
function roiAlign(call: OpCall): tf.Tensor {
  const x = call.tensor(0);
  const [, c = 0, height = 0, width = 0] = x.shape;
  const [oh, ow] = [call.number('output_height', 1), call.number('output_width', 1)];
  const offset = call.text('coordinate_transformation_mode', 'half_pixel') === 'half_pixel' ? 0.5 : 0;
  const scale = call.number('spatial_scale', 1);
  const regions = call.numbers(1);
  const batches = call.numbers(2);
  const ratio = call.number('sampling_ratio', 0);
  const indices: number[] = [];
  const weights: number[] = [];
  const counts: number[] = [];
  batches.forEach((batch, k) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = [...regions.subarray(4 * k, 4 * k + 4)].map(
      (at) => at * scale - offset,
    );
    const least = offset === 0 ? 1 : 0;
    const [rw, rh] = [Math.max(x2 - x1, least), Math.max(y2 - y1, least)];
    const [sy, sx] = [ratio > 0 ? ratio : Math.ceil(rh / oh), ratio > 0 ? ratio : Math.ceil(rw / ow)];
    for (let bin = 0; bin < oh * ow; bin++) {
      counts.push(sy * sx);
      for (let s = 0; s < sy * sx; s++) {
        const y = y1 + (Math.floor(bin / ow) + (Math.floor(s / sx) + 0.5) / sy) * (rh / oh);
        const z = x1 + ((bin % ow) + ((s % sx) + 0.5) / sx) * (rw / ow);
        addBilinear(indices, weights, y, z, height, width, batch * height * width);
      }
    }
  });
  const samples = tf.mul(
    tf.gather(pixelRows(x), tf.tensor1d(Int32Array.from(indices), 'int32')),
    tf.reshape(tf.tensor1d(weights), [-1, 1]),
  );
  const bins = Int32Array.from(counts.flatMap((count, bin) => new Array<number>(count * 4).fill(bin)));
  const pooled =
    call.text('mode', 'avg') === 'max'
      ? strongest(samples, counts, c)
      : tf.div(
          tf.unsortedSegmentSum(samples, tf.tensor1d(bins, 'int32'), counts.length),
          tf.reshape(tf.tensor1d(counts.map((count) => Math.max(1, count))), [-1, 1]),
        );
  return tf.transpose(tf.reshape(pooled, [batches.length, oh, ow, c]), [0, 3, 1, 2]);
}

/** The largest weighted pixel of each bin; all bins of a call have samples of one number or are taken one by one. */
function strongest(samples: tf.Tensor, counts: readonly number[], channels: number): tf.Tensor {
  let start = 0;
  const rows = counts.map((count) => {
    const part = tf.slice(samples, [start, 0], [count * 4, channels]);
    start += count * 4;
    return tf.max(part, 0);
  });
  return tf.stack(rows);
}

function addBilinear(
  indices: number[],
  weights: number[],
  y: number,
  x: number,
  height: number,
  width: number,
  first: number,
) {
  const outside = y < -1 || y > height || x < -1 || x > width;
  const [cy, cx] = [Math.min(Math.max(y, 0), height - 1), Math.min(Math.max(x, 0), width - 1)];
  const [y0, x0] = [Math.floor(cy), Math.floor(cx)];
  const [y1, x1] = [Math.min(y0 + 1, height - 1), Math.min(x0 + 1, width - 1)];
  const [ty, tx] = [cy - y0, cx - x0];
  const corners: [number, number, number][] = [
    [y0, x0, (1 - ty) * (1 - tx)],
    [y0, x1, (1 - ty) * tx],
    [y1, x0, ty * (1 - tx)],
    [y1, x1, ty * tx],
  ];
  for (const [row, column, weight] of corners) {
    indices.push(first + row * width + column);
    weights.push(outside ? 0 : weight);
  }
}

/** Overlap of two boxes: intersection over union. */
function overlap(a: readonly number[], b: readonly number[]): number {
  const [ay, ax, aY, aX] = a as [number, number, number, number];
  const [by, bx, bY, bX] = b as [number, number, number, number];
  const both =
    Math.max(0, Math.min(aY, bY) - Math.max(ay, by)) * Math.max(0, Math.min(aX, bX) - Math.max(ax, bx));
  const either = (aY - ay) * (aX - ax) + (bY - by) * (bX - bx) - both;
  return either <= 0 ? 0 : both / either;
}

function boxesOf(numbers: Float64Array, centred: boolean): number[][] {
  return Array.from({ length: numbers.length / 4 }, (_, i) => {
    const [a = 0, b = 0, c = 0, d = 0] = numbers.subarray(4 * i, 4 * i + 4);
    if (centred) return [b - d / 2, a - c / 2, b + d / 2, a + c / 2];
    return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
  });
}

function nonMaxSuppression(call: OpCall): HostValue {
  const [batches = 0, count = 0] = call.shape(0);
  const classes = call.shape(1)[1] ?? 0;
  const scores = call.numbers(1);
  const limit = call.has(2) ? (call.numbers(2)[0] ?? 0) : 0;
  const threshold = call.has(3) ? (call.numbers(3)[0] ?? 0) : 0;
  const least = call.has(4) ? (call.numbers(4)[0] ?? -Infinity) : -Infinity;
  const chosen: number[] = [];
  for (let batch = 0; batch < batches; batch++) {
    const boxes = boxesOf(
      call.numbers(0).subarray(batch * count * 4, (batch + 1) * count * 4),
      call.flag('center_point_box'),
    );
    for (let kind = 0; kind < classes; kind++) {
      const own = scores.subarray((batch * classes + kind) * count, (batch * classes + kind + 1) * count);
      const order = [...own.keys()]
        .filter((i) => (own[i] as number) > least)
        .sort((a, b) => (own[b] as number) - (own[a] as number) || a - b);
      const kept: number[] = [];
      for (const i of order) {
        if (kept.length >= limit) break;
        if (kept.every((other) => overlap(boxes[i] as number[], boxes[other] as number[]) <= threshold))
          kept.push(i);
      }
      for (const i of kept) chosen.push(batch, kind, i);
    }
  }
  return hostValue(chosen, [chosen.length / 3, 3], 'int64');
}

export const SAMPLING = opTable({
  GridSample: { run: gridSample },
  RoiAlign: { hostInputs: [1, 2], run: roiAlign },
  NonMaxSuppression: { hostInputs: 'all', differentiable: false, run: nonMaxSuppression },
});
