import * as tf from '@tensorflow/tfjs-core';
import { type Activation, asActivation, rectified } from './activation.ts';
import { sum } from './broadcast.ts';
import type { OpCall } from './call.ts';
import { biasedConv, type ConvGeometry, foldedConv } from './conv2d.ts';
import { centred } from './matmul.ts';
import { opTable } from './op.ts';
import { quantized } from './quantise.ts';
import { padded } from './ranks.ts';
import { padSpace, type WindowAxis, windowAxes } from './window.ts';

/** A kernel with zeros between its taps: convolving with it is convolving with a dilation, gradients included. */
function dilatedKernel(weight: tf.Tensor, axes: readonly WindowAxis[]): tf.Tensor {
  return axes.reduce((result, { dilation, kernel }, axis) => {
    if (dilation === 1 || kernel === 1) return result;
    const { shape } = result;
    const spread = tf.reshape(result, [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)]);
    const grow = spread.shape.map((_, i): [number, number] => (i === axis + 1 ? [0, dilation - 1] : [0, 0]));
    const holed = tf.reshape(
      padded(spread, grow),
      shape.map((size, i) => (i === axis ? size * dilation : size)),
    );
    const size = holed.shape.map((length, i) => (i === axis ? length - dilation + 1 : length));
    return tf.slice(
      holed,
      size.map(() => 0),
      size,
    );
  }, weight);
}

/** Inserts an axis of one before the space of a tensor `[N, L, C]` or a kernel `[L, I, O]`. */
function widened(tensor: tf.Tensor, axis: number): tf.Tensor {
  return tf.reshape(tensor, [...tensor.shape.slice(0, axis), 1, ...tensor.shape.slice(axis)]);
}

const POINT: WindowAxis = {
  size: 1,
  kernel: 1,
  stride: 1,
  dilation: 1,
  before: 0,
  after: 0,
  out: 1,
  extra: 0,
};

/**
 * Convolution. Shape: `x [N, ...space, C]`, `weight [...kernel, C / group, O]` -> `[N, ...out, O]`; one to three axes of
 * space.
 */
export function convolution(
  x: tf.Tensor,
  weight: tf.Tensor,
  axes: readonly WindowAxis[],
  group: number,
): tf.Tensor {
  if (axes.length === 1) {
    const wide = convolution(widened(x, 1), widened(weight, 0), [POINT, ...axes], group);
    return tf.reshape(wide, [wide.shape[0], ...wide.shape.slice(2)]);
  }
  const kernel = dilatedKernel(weight, axes);
  const channels = x.shape.at(-1) as number;
  if (axes.length === 2 && group > 1 && group === channels) return depthwise(x, kernel, axes, channels);
  if (group > 1) {
    const inputs = tf.split(x, group, -1);
    const kernels = tf.split(kernel, group, -1);
    const plain = axes.map((axis) => ({
      ...axis,
      dilation: 1,
      kernel: (axis.kernel - 1) * axis.dilation + 1,
    }));
    return tf.concat(
      inputs.map((input, i) => convolution(input, kernels[i] as tf.Tensor, plain, 1)),
      -1,
    );
  }
  if (axes.length === 3) {
    const strides = axes.map(({ stride }) => stride) as [number, number, number];
    return tf.conv3d(padSpace(x, axes) as tf.Tensor5D, kernel as tf.Tensor5D, strides, 'valid');
  }
  const [down, right] = axes as [WindowAxis, WindowAxis];
  const pad = explicitPad(down, right);
  return tf.conv2d(
    x as tf.Tensor4D,
    kernel as tf.Tensor4D,
    [down.stride, right.stride],
    pad,
    'NHWC',
    1,
    'floor',
  );
}

/** Never a number, not even zero: tfjs then counts windows on both axes by kernel and stride of the first. */
function explicitPad(down: WindowAxis, right: WindowAxis): ConvGeometry['pad'] {
  return [
    [0, 0],
    [down.before, down.after],
    [right.before, right.after],
    [0, 0],
  ];
}

function depthwise(
  x: tf.Tensor,
  weight: tf.Tensor,
  axes: readonly WindowAxis[],
  channels: number,
): tf.Tensor {
  const [down, right] = axes as [WindowAxis, WindowAxis];
  const [height = 1, width = 1] = weight.shape;
  const kernel = tf.reshape(weight, [height, width, channels, (weight.shape[3] as number) / channels]);
  const strides: [number, number] = [down.stride, right.stride];
  const pad = explicitPad(down, right);
  // The types know no explicit padding here, the kernels do.
  const typed = pad as unknown as number;
  return tf.depthwiseConv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, strides, typed, 'NHWC', 1, 'floor');
}

function conv(call: OpCall, x: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  const space = x.shape.slice(1, -1);
  const axes = windowAxes(call, space, weight.shape.slice(0, -2));
  return convolution(x, weight, axes, call.number('group', 1));
}

/** The geometry of what one kernel of tfjs computes: two axes of space, plain or depthwise, not dilated. */
function planar(axes: readonly WindowAxis[], group: number, channels: number): ConvGeometry | null {
  const [down, right] = axes;
  if (axes.length !== 2 || down === undefined || right === undefined) return null;
  if (axes.some(({ dilation, kernel }) => dilation > 1 && kernel > 1)) return null;
  if (group !== 1 && group !== channels) return null;
  const pad = explicitPad(down, right);
  return { strides: [down.stride, right.stride], pad, depthwise: group > 1 };
}

function activated(x: tf.Tensor, activation: Activation): tf.Tensor {
  switch (activation) {
    case 'linear':
      return x;
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'relu':
    case 'relu6':
      return rectified(x, activation === 'relu' ? Infinity : 6);
  }
}

function convNode(call: OpCall): tf.Tensor {
  const [x, weight, bias] = [call.tensor(0), call.tensor(1), call.optional(2)];
  const group = call.number('group', 1);
  const axes = windowAxes(call, x.shape.slice(1, -1), weight.shape.slice(0, -2));
  const activation = asActivation(call.text('activation', 'linear'));
  const geometry = planar(axes, group, x.shape.at(-1) ?? 1);
  if (geometry !== null) return biasedConv(x, weight, bias, geometry, activation);
  const result = convolution(x, weight, axes, group);
  return activated(bias === null ? result : sum(result, bias), activation);
}

/** Conv and the BatchNormalization after it, see {@link foldedConv}. Inputs: x, weight, bias, gamma, beta, mean, variance. */
function convNormNode(call: OpCall): tf.Tensor {
  const [x, weight, bias] = [call.tensor(0), call.tensor(1), call.optional(2)];
  const [gamma, beta, mean, variance] = [3, 4, 5, 6].map((i) => call.tensor(i)) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const epsilon = call.number('epsilon', 1e-5);
  const group = call.number('group', 1);
  const axes = windowAxes(call, x.shape.slice(1, -1), weight.shape.slice(0, -2));
  const activation = asActivation(call.text('activation', 'linear'));
  const geometry = planar(axes, group, x.shape.at(-1) ?? 1);
  const norm = { gamma, beta, mean, variance, epsilon };
  if (geometry !== null) return foldedConv(x, weight, bias, norm, geometry, activation);
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)));
  const centre = bias === null ? mean : tf.sub(mean, bias);
  const result = convolution(x, tf.mul(weight, scale), axes, group);
  return activated(sum(result, tf.sub(beta, tf.mul(centre, scale))), activation);
}

/** How much of the full result is cut off before and after, and how long the result is. */
function transposedAxes(call: OpCall, x: tf.Tensor, weight: tf.Tensor) {
  const space = x.shape.slice(1, -1);
  const strides = call.ints('strides');
  const dilations = call.ints('dilations');
  const added = call.ints('output_padding');
  const wanted = call.ints('output_shape');
  const auto = call.text('auto_pad', 'NOTSET');
  const pads = call.ints('pads');
  return space.map((size, axis) => {
    const stride = strides?.[axis] ?? 1;
    const dilation = dilations?.[axis] ?? 1;
    const kernel = weight.shape[axis] as number;
    const more = added?.[axis] ?? 0;
    const full = (size - 1) * stride + (kernel - 1) * dilation + 1 + more;
    let before = pads?.[axis] ?? 0;
    let after = pads?.[axis + space.length] ?? 0;
    const target = wanted?.slice(-space.length)[axis] ?? (auto.startsWith('SAME') ? size * stride : null);
    if (target !== null) {
      const total = Math.max(0, full - target);
      const less = Math.floor(total / 2);
      before = auto === 'SAME_UPPER' ? less : total - less;
      if (wanted !== null && auto === 'NOTSET') before = less;
      after = total - before;
    }
    return { stride, dilation, kernel, size, before, more, full, out: target ?? full - before - after };
  });
}

/** Shape: `x [N, ...space, C]`, `weight [...kernel, O / group, C]` -> `[N, ...out, O]`. */
function convTranspose(call: OpCall): tf.Tensor {
  const given = call.tensor(0);
  const weight = call.tensor(1);
  const flat = given.rank === 3;
  const axes = transposedAxes(call, given, weight);
  const windows = axes.map((axis) => ({ ...POINT, kernel: axis.kernel, dilation: axis.dilation }));
  const spread = dilatedKernel(weight, windows);
  const x = flat ? widened(given, 1) : given;
  const kernel = flat ? widened(spread, 0) : spread;
  const strides = flat ? [1, ...axes.map(({ stride }) => stride)] : axes.map(({ stride }) => stride);
  const full = axes.map(({ full: length, more }) => length - more);
  const group = call.number('group', 1);
  const inputs = group === 1 ? [x] : tf.split(x, group, -1);
  const kernels = group === 1 ? [kernel] : tf.split(kernel, group, -1);
  const parts = inputs.map((input, i) =>
    transposedConvolution(input, kernels[i] as tf.Tensor, flat ? [1, ...full] : full, strides),
  );
  const joined = parts.length === 1 ? (parts[0] as tf.Tensor) : tf.concat(parts, -1);
  const result = flat ? tf.reshape(joined, [joined.shape[0], ...joined.shape.slice(2)]) : joined;
  const missing = axes.map(({ full: length, more, before, out }) =>
    Math.max(more, before + out - length + more),
  );
  const grown = missing.some((more) => more > 0)
    ? padded(result, [[0, 0], ...missing.map((more): [number, number] => [0, more]), [0, 0]])
    : result;
  const begin = [0, ...axes.map(({ before }) => before), 0];
  const size = [grown.shape[0], ...axes.map(({ out }) => out), grown.shape.at(-1) as number];
  const cropped = size.every((length, axis) => length === grown.shape[axis])
    ? grown
    : tf.slice(grown, begin, size);
  const bias = call.optional(2);
  return bias === null ? cropped : sum(cropped, bias);
}

function transposedConvolution(
  x: tf.Tensor,
  kernel: tf.Tensor,
  space: number[],
  strides: number[],
): tf.Tensor {
  const shape = [x.shape[0], ...space, kernel.shape.at(-2) as number];
  if (space.length === 3) {
    return tf.conv3dTranspose(
      x as tf.Tensor5D,
      kernel as tf.Tensor5D,
      shape as [number, number, number, number, number],
      strides as [number, number, number],
      'valid',
    );
  }
  return tf.conv2dTranspose(
    x as tf.Tensor4D,
    kernel as tf.Tensor4D,
    shape as [number, number, number, number],
    strides as [number, number],
    'valid',
  );
}

export const CONV = opTable({
  Conv: { run: convNode },
  'graft:ConvBatchNormalization': { run: convNormNode },
  ConvTranspose: { run: convTranspose },
  ConvInteger: {
    differentiable: false,
    run: (call) => {
      const x = centred(call.tensor(0), call.optional(2));
      const result = conv(call, x, centred(call.tensor(1), call.optional(3)));
      return { kind: 'tensor', dtype: 'int32', tensor: tf.cast(tf.round(result), 'int32') };
    },
  },
  QLinearConv: {
    differentiable: false,
    run: (call) => {
      const x = tf.mul(centred(call.tensor(0), call.tensor(2)), call.tensor(1));
      const weight = tf.mul(centred(call.tensor(3), call.tensor(5)), call.tensor(4));
      const result = conv(call, x, weight);
      const bias = call.optional(8);
      const whole =
        bias === null
          ? result
          : tf.add(result, tf.mul(tf.cast(bias, 'float32'), tf.mul(call.tensor(1), call.tensor(4))));
      return quantized(whole, call.tensor(6), call.tensor(7), call.dtype(7));
    },
  },
});
