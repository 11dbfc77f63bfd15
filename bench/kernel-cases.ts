/** @file Kernels of a training step at the sizes of MobileNets, batch 16, beside what tfjs's own operations make of them. */
import * as tf from '@tensorflow/tfjs-core';
import {
  activationGradient,
  biasedActivationGradient,
  channelScaleGradient,
  columnSums,
  hardSwish,
} from '../src/runtime/kernels/elementwise.ts';

/** Both functions run inside a tidy. */
export interface KernelCase {
  readonly name: string;
  /** Floating-point operations; absent where memory is the limit. */
  readonly flops?: number;
  readonly ours: () => unknown;
  /** tfjs's own operations (XNNPACK) for the same result; absent where it has none. */
  readonly tfjs?: () => unknown;
}

const BATCH = 16;

const random = (shape: number[]) => tf.keep(tf.randomUniform(shape, -1, 1, 'float32', 5));

const run = (kernel: string, inputs: Record<string, tf.Tensor>, attrs: tf.NamedAttrMap) =>
  tf.engine().runKernel<tf.Tensor>(kernel, inputs, attrs);

const attrsOf = (stride: number, pad: number): tf.NamedAttrMap => ({
  strides: [stride, stride],
  dilations: [1, 1],
  pad: [
    [0, 0],
    [pad, pad],
    [pad, pad],
    [0, 0],
  ],
  dataFormat: 'NHWC',
  dimRoundingMode: 'floor',
});

/** Makes the cases and their tensors, which live as long as the worker. */
export function kernelCases(): KernelCase[] {
  return [
    ...[
      [56, 16, 72],
      [28, 24, 88],
      [14, 240, 40],
      [7, 96, 576],
    ].flatMap(([side = 0, inputs = 0, outputs = 0]) => pointwise(side, inputs, outputs)),
    ...[
      [112, 16, 3, 2],
      [56, 72, 3, 2],
      [28, 88, 3, 1],
      [14, 240, 5, 1],
      [7, 576, 5, 1],
    ].flatMap(([side = 0, channels = 0, size = 0, stride = 0]) => depthwise(side, channels, size, stride)),
    stem(),
    ...fullConvolution(),
    ...products(),
    ...onePass(),
  ];
}

function pointwise(side: number, inputs: number, outputs: number): KernelCase[] {
  const pixels = BATCH * side * side;
  const flops = 2 * pixels * inputs * outputs;
  const x = random([BATCH, side, side, inputs]);
  const dy = random([BATCH, side, side, outputs]);
  const filter = random([1, 1, inputs, outputs]);
  const bias = random([outputs]);
  const rows = (tensor: tf.Tensor, width: number) => tf.reshape<tf.Rank.R2>(tensor, [-1, width]);
  const name = `1x1, ${side} px, ${inputs} to ${outputs}`;
  return [
    {
      name: `${name}: forward`,
      flops,
      ours: () => run('FusedConv2D', { x, filter, bias }, { ...attrsOf(1, 0), activation: 'relu' }),
      // An activation that ours leaves to tfjs: the same work by XNNPACK.
      tfjs: () => run('FusedConv2D', { x, filter, bias }, { ...attrsOf(1, 0), activation: 'sigmoid' }),
    },
    {
      name: `${name}: filter gradient`,
      flops,
      ours: () => run('Conv2DBackpropFilter', { x, dy }, { ...attrsOf(1, 0), filterShape: filter.shape }),
      tfjs: () => tf.matMul(tf.transpose(rows(x, inputs)), rows(dy, outputs)),
    },
    {
      name: `${name}: input gradient`,
      flops,
      ours: () => run('Conv2DBackpropInput', { dy, filter }, { ...attrsOf(1, 0), inputShape: x.shape }),
      tfjs: () => tf.matMul(rows(dy, outputs), tf.transpose(rows(filter, outputs))),
    },
  ];
}

function depthwise(side: number, channels: number, size: number, stride: number): KernelCase[] {
  const outSide = Math.ceil(side / stride);
  const flops = 2 * BATCH * outSide * outSide * channels * size * size;
  const x = random([BATCH, side, side, channels]);
  const dy = random([BATCH, outSide, outSide, channels]);
  const filter = random([size, size, channels, 1]);
  const attrs = attrsOf(stride, (size - 1) / 2);
  const name = `depthwise ${size}x${size}, ${side} px, ${channels}, stride ${stride}`;
  return [
    {
      name: `${name}: filter gradient`,
      flops,
      ours: () =>
        run('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { ...attrs, filterShape: filter.shape }),
    },
    {
      name: `${name}: input gradient`,
      flops,
      ours: () =>
        run('DepthwiseConv2dNativeBackpropInput', { dy, filter }, { ...attrs, inputShape: x.shape }),
      // The forward pass of the same layer: as many operations.
      tfjs: () => run('DepthwiseConv2dNative', { x, filter }, attrs),
    },
  ];
}

function stem(): KernelCase {
  const x = random([BATCH, 224, 224, 3]);
  const dy = random([BATCH, 112, 112, 16]);
  return {
    name: '3x3, 224 px, 3 to 16, stride 2: filter gradient',
    flops: 2 * BATCH * 112 * 112 * 27 * 16,
    ours: () => run('Conv2DBackpropFilter', { x, dy }, { ...attrsOf(2, 1), filterShape: [3, 3, 3, 16] }),
  };
}

function fullConvolution(): KernelCase[] {
  const x = random([BATCH, 14, 14, 64]);
  const dy = random([BATCH, 14, 14, 64]);
  const filter = random([3, 3, 64, 64]);
  const flops = 2 * BATCH * 14 * 14 * 9 * 64 * 64;
  return [
    {
      name: '3x3, 14 px, 64 to 64: filter gradient',
      flops,
      ours: () => run('Conv2DBackpropFilter', { x, dy }, { ...attrsOf(1, 1), filterShape: filter.shape }),
    },
    {
      name: '3x3, 14 px, 64 to 64: input gradient',
      flops,
      ours: () => run('Conv2DBackpropInput', { dy, filter }, { ...attrsOf(1, 1), inputShape: x.shape }),
      tfjs: () => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'),
    },
  ];
}

/** The products of an attention layer of a small encoder. */
function products(): KernelCase[] {
  const a = random([96, 128, 32]);
  const b = random([96, 128, 32]);
  const x = random([2048, 384]);
  const dy = random([2048, 1536]);
  const weight = random([384, 1536]);
  return [
    {
      name: 'a b^T, 96 of 128 x 32 x 128',
      flops: 2 * 96 * 128 * 128 * 32,
      ours: () => tf.matMul(a, b, false, true),
      tfjs: () => tf.matMul(a, tf.transpose(b, [0, 2, 1])),
    },
    {
      name: 'a^T b, 384 x 2048 x 1536',
      flops: 2 * 2048 * 384 * 1536,
      ours: () => tf.matMul(x, dy, true, false),
      tfjs: () => tf.matMul(tf.transpose(x), dy),
    },
    {
      name: 'a b^T, 2048 x 1536 x 384',
      flops: 2 * 2048 * 384 * 1536,
      ours: () => tf.matMul(dy, weight, false, true),
      tfjs: () => tf.matMul(dy, tf.transpose(weight)),
    },
  ];
}

function onePass(): KernelCase[] {
  const x = random([BATCH, 28, 28, 96]);
  const dy = random([BATCH, 28, 28, 96]);
  const scale = random([BATCH, 1, 1, 96]);
  const ids = tf.keep(tf.cast(tf.randomUniform([2048], 0, 8192, 'float32', 3), 'int32'));
  const rows = random([2048, 384]);
  return [
    {
      name: 'hard-swish, 1.2 M',
      ours: () => hardSwish(x),
      tfjs: () => tf.mul(x, tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6)),
    },
    { name: 'hard-swish gradient, 1.2 M', ours: () => activationGradient(x, dy, 'hard-swish') },
    {
      name: 'hard-swish gradient with sums, 1.2 M',
      ours: () => biasedActivationGradient(x, dy, 'hard-swish'),
    },
    {
      name: 'sums over pixels, 1.2 M',
      ours: () => columnSums(x),
      tfjs: () => tf.sum(tf.transpose(tf.reshape(x, [-1, 96])), 1),
    },
    {
      name: 'gradients of squeeze and excite, 1.2 M',
      ours: () => channelScaleGradient(x, scale, dy),
    },
    { name: 'product per channel, 1.2 M', ours: () => tf.mul(x, scale) },
    {
      name: 'segment sum, 2048 rows of 384 into 8192',
      ours: () => tf.unsortedSegmentSum(rows, ids as tf.Tensor1D, 8192),
    },
  ];
}
