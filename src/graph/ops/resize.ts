/**
 * @file Resize: each axis is a linear map from input to output pixels, so it is a matrix (made on the host) or, for the
 * nearest pixel, a choice of indices. Source: https://onnx.ai/onnx/operators/onnx__Resize.html.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { OpCall } from './call.ts';
import { opTable } from './op.ts';

/** How one axis is resized. */
interface ResizeAxis {
  readonly size: number;
  readonly out: number;
  readonly scale: number;
  /** Start and end of the region, as parts of the axis. */
  readonly region: readonly [number, number];
}

interface Method {
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
  readonly cubicA: number;
  readonly excludeOutside: boolean;
  readonly antialias: boolean;
  readonly extrapolation: number;
}

/** Where an output pixel lies in the input. */
function coordinate(i: number, { size, out, scale, region }: ResizeAxis, how: string): number {
  switch (how) {
    case 'asymmetric':
      return i / scale;
    case 'align_corners':
      // The length is that of the scale, which need not be whole: so the definition's own implementation has it.
      return out === 1 ? 0 : (i * (size - 1)) / (size * scale - 1);
    case 'pytorch_half_pixel':
      return out > 1 ? (i + 0.5) / scale - 0.5 : 0;
    case 'tf_half_pixel_for_nn':
      return (i + 0.5) / scale;
    case 'half_pixel_symmetric': {
      const adjusted = out / (scale * size);
      return (size / 2) * (1 - adjusted) + (i + 0.5) / scale - 0.5;
    }
    case 'tf_crop_and_resize': {
      const [start, end] = region;
      if (out === 1) return 0.5 * (start + end) * (size - 1);
      return start * (size - 1) + (i * (end - start) * (size - 1)) / (out - 1);
    }
    default:
      return (i + 0.5) / scale - 0.5;
  }
}

function nearestIndex(at: number, how: string): number {
  switch (how) {
    case 'floor':
      return Math.floor(at);
    case 'ceil':
      return Math.ceil(at);
    case 'round_prefer_ceil':
      return Math.floor(at + 0.5);
    default:
      return Math.ceil(at - 0.5);
  }
}

/** Weight of a pixel at a distance. Cubic: Keys 1981, "Cubic convolution interpolation". */
function weightAt(distance: number, { mode, cubicA: a }: Method): number {
  const x = Math.abs(distance);
  if (mode === 'linear') return Math.max(0, 1 - x);
  if (x <= 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
  return x < 2 ? a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a : 0;
}

/** The map of one axis: `[out, in]`, row-major. */
function weightMatrix(axis: ResizeAxis, method: Method): Float32Array {
  const { size, out } = axis;
  const matrix = new Float32Array(out * size);
  const stretch = method.antialias ? Math.min(1, axis.scale) : 1;
  const reach = Math.ceil((method.mode === 'linear' ? 1 : 2) / stretch);
  for (let i = 0; i < out; i++) {
    const at = coordinate(i, axis, method.coordinates);
    const floor = Math.floor(at);
    const taps = Array.from({ length: 2 * reach }, (_, k) => floor - reach + 1 + k);
    const weights = taps.map((tap) => {
      const outside = tap < 0 || tap >= size;
      return outside && method.excludeOutside ? 0 : weightAt((tap - at) * stretch, method);
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    taps.forEach((tap, k) => {
      const column = Math.min(size - 1, Math.max(0, tap));
      const at2 = i * size + column;
      matrix[at2] = (matrix[at2] as number) + (weights[k] as number) / total;
    });
  }
  return matrix;
}

/** Multiplies along one axis by a matrix `[out, in]`. */
function mapAxis(x: tf.Tensor, axis: number, matrix: tf.Tensor2D): tf.Tensor {
  const [out, size] = matrix.shape;
  const inner = x.shape.slice(axis + 1).reduce((product, n) => product * n, 1);
  const outer = x.size / (inner * size);
  const shape = x.shape.map((length, i) => (i === axis ? out : length));
  if (inner === 1) {
    return tf.reshape(tf.matMul(tf.reshape<tf.Rank.R2>(x, [outer, size]), tf.transpose(matrix)), shape);
  }
  const rows = tf.reshape<tf.Rank.R3>(x, [outer, size, inner]);
  const spread = outer === 1 ? tf.expandDims(matrix, 0) : tf.tile(tf.expandDims(matrix, 0), [outer, 1, 1]);
  return tf.reshape(tf.matMul(spread, rows), shape);
}

function axesOf(call: OpCall): { readonly axis: number; readonly how: ResizeAxis }[] {
  const shape = call.shape(0);
  const axes =
    call.ints('axes')?.map((axis) => call.axis(axis, shape.length)) ?? shape.map((_, axis) => axis);
  const region = call.has(1) ? [...call.numbers(1)] : [];
  const scales = call.has(2) ? [...call.numbers(2)] : [];
  const sizes = call.has(3) ? [...call.numbers(3)] : null;
  const policy = call.text('keep_aspect_ratio_policy', 'stretch');
  const ratios = axes.map((axis, i) =>
    sizes === null ? (scales[i] ?? 1) : (sizes[i] as number) / (shape[axis] as number),
  );
  const common = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  return axes.map((axis, i) => {
    const size = shape[axis] as number;
    const crop: [number, number] = [region[i] ?? 0, region[i + axes.length] ?? 1];
    if (sizes === null) {
      const scale = scales[i] ?? 1;
      const part =
        call.text('coordinate_transformation_mode', '') === 'tf_crop_and_resize' ? crop[1] - crop[0] : 1;
      return { axis, how: { size, out: Math.floor(size * part * scale), scale, region: crop } };
    }
    if (policy === 'stretch') {
      return { axis, how: { size, out: sizes[i] as number, scale: ratios[i] as number, region: crop } };
    }
    return { axis, how: { size, out: Math.round(size * common), scale: common, region: crop } };
  });
}

function methodOf(call: OpCall): Method {
  return {
    mode: call.text('mode', 'nearest'),
    coordinates: call.text('coordinate_transformation_mode', 'half_pixel'),
    nearest: call.text('nearest_mode', 'round_prefer_floor'),
    cubicA: call.number('cubic_coeff_a', -0.75),
    excludeOutside: call.flag('exclude_outside') || call.flag('antialias'),
    antialias: call.flag('antialias'),
    extrapolation: call.number('extrapolation_value', 0),
  };
}

/** One where an output pixel lies within the input, else zero. */
function insideMask(axis: ResizeAxis, method: Method): number[] {
  return Array.from({ length: axis.out }, (_, i) => {
    const at = coordinate(i, axis, method.coordinates);
    return Number(at >= 0 && at <= axis.size - 1);
  });
}

function resize(call: OpCall): tf.Tensor {
  const method = methodOf(call);
  let result = call.tensor(0);
  const crops = method.coordinates === 'tf_crop_and_resize';
  const masks: tf.Tensor[] = [];
  for (const { axis, how } of axesOf(call)) {
    const still = how.size === how.out && how.scale === 1;
    if (still && (!crops || (how.region[0] === 0 && how.region[1] === 1))) continue;
    if (method.mode === 'nearest') {
      const indices = Int32Array.from({ length: how.out }, (_, i) =>
        Math.min(
          how.size - 1,
          Math.max(0, nearestIndex(coordinate(i, how, method.coordinates), method.nearest)),
        ),
      );
      result = tf.gather(result, tf.tensor1d(indices, 'int32'), axis);
    } else {
      result = mapAxis(result, axis, tf.tensor2d(weightMatrix(how, method), [how.out, how.size]));
    }
    if (crops)
      masks.push(
        tf.reshape(
          tf.tensor1d(insideMask(how, method)),
          result.shape.map((_, i) => (i === axis ? -1 : 1)),
        ),
      );
  }
  if (masks.length === 0) return result;
  const inside = masks.reduce((a, b) => tf.mul(a, b));
  return tf.add(tf.mul(result, inside), tf.mul(tf.sub(1, inside), method.extrapolation));
}

export const RESIZE = opTable({ Resize: { hostInputs: [1, 2, 3], run: resize } });
