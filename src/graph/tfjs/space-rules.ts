/**
 * @file Convolutions, pools and what else works on pictures. Both sides are channels-last with the kernel first, so
 * nothing is transposed; only depthwise filters change their shape: `[H, W, C, M]` is `[H, W, 1, C * M]` in the IR.
 */
import type { Attributes } from '../model/ir.ts';
import type { Rule, Step } from './step.ts';

/** Strides, dilations and padding as the IR's convolutions and pools have them. */
function windowAttributes(step: Step): Record<string, number[] | string> {
  const { attributes } = step;
  if (attributes.text('data_format', 'NHWC') !== 'NHWC') throw step.refuse('has channels first');
  const middle = (name: string) => (attributes.ints(name) ?? [1, 1, 1, 1]).slice(1, 3);
  const padding = attributes.text('padding', 'VALID');
  const window = { strides: middle('strides'), dilations: middle('dilations') };
  if (padding === 'SAME') return { ...window, auto_pad: 'SAME_UPPER' };
  if (padding === 'VALID') return window;
  const around = attributes.ints('explicit_paddings') ?? [];
  if (padding !== 'EXPLICIT' || around.length !== 8) throw step.refuse(`has the padding ${padding}`);
  const [, , top = 0, bottom = 0, left = 0, right = 0] = around;
  return { ...window, pads: [top, left, bottom, right] };
}

/** The filter of a depthwise convolution as the IR has it, and the number of its groups. */
function depthwiseFilter(step: Step): { readonly filter: string; readonly group: number } {
  const filter = step.input(1);
  const [height, width, channels, multiplier] = step.builder.shape(filter) ?? [];
  if (typeof channels !== 'number') throw step.refuse('has weights of unknown shape');
  const parameter = step.trained(1, 'weight');
  if (parameter === undefined || !step.builder.isUsedOnce(filter)) {
    return { filter: step.temp('Reshape', [filter, step.ints([0, 0, 1, -1])]), group: channels };
  }
  const shape = [Number(height), Number(width), 1, channels * Number(multiplier)];
  step.builder.replaceParameter(filter, { dtype: parameter.dtype, shape, data: parameter.data });
  return { filter, group: channels };
}

function convolution(step: Step, depthwise: boolean, bias: string | null): [string[], Attributes] {
  const attributes = windowAttributes(step);
  const rest = bias === null ? [] : [bias];
  if (depthwise) {
    const { filter, group } = depthwiseFilter(step);
    return [[step.input(0), filter, ...rest], { ...attributes, group }];
  }
  step.trained(1, 'weight');
  return [[step.input(0), step.input(1), ...rest], attributes];
}

/** An activation by the name that fused operations give it, of a value, as the result of the step. */
export function emitActivation(step: Step, kind: string, x: string, slope: string | null = null): void {
  switch (kind) {
    case 'Relu6':
      step.emit('Clip', [x, step.scalar(0), step.scalar(6)]);
      return;
    case 'LeakyRelu':
      step.emit('LeakyRelu', [x], {
        alpha: step.attributes.number('leakyrelu_alpha', step.attributes.number('alpha', 0.2)),
      });
      return;
    case 'Prelu':
      if (slope === null) throw step.refuse('has no slope');
      step.emit('PRelu', [x, slope]);
      return;
    case 'Relu':
    case 'Elu':
    case 'Sigmoid':
    case 'Tanh':
      step.emit(kind, [x]);
      return;
    default:
      throw step.refuse(`is fused with ${kind}`);
  }
}

/** Splits the list of what follows a fused operation. Source: `remapper.cc` of TensorFlow's grappler. */
function fusedParts(step: Step) {
  const [first, second, ...more] = step.attributes.texts('fused_ops');
  if (first !== 'BiasAdd' || more.length > 0) throw step.refuse(`is fused with ${first ?? 'nothing'}`);
  step.trained(2, 'bias');
  return { bias: step.input(2), activation: second };
}

function fused(base: (step: Step, bias: string) => [string, string[], Attributes]): Rule {
  return (step) => {
    const { bias, activation } = fusedParts(step);
    const [op, inputs, attributes] = base(step, bias);
    if (activation === undefined) step.emit(op, inputs, attributes);
    else {
      const slope = activation === 'Prelu' ? step.input(3) : null;
      emitActivation(step, activation, step.temp(op, inputs, attributes), slope);
    }
  };
}

const pool =
  (op: string): Rule =>
  (step) => {
    const kernel = step.attributes.ints('ksize') ?? [];
    if (kernel.length !== 4 || kernel[0] !== 1 || kernel[3] !== 1) throw step.refuse('pools over channels');
    step.emit(op, [step.input(0)], { ...windowAttributes(step), kernel_shape: kernel.slice(1, 3) });
  };

const resize =
  (mode: 'linear' | 'nearest'): Rule =>
  (step) => {
    const corners = step.attributes.flag('align_corners');
    const half = step.attributes.flag('half_pixel_centers');
    const shape = step.temp('Shape', [step.input(0)]);
    const batch = step.temp('Slice', [shape, step.ints([0]), step.ints([1])]);
    const channels = step.temp('Slice', [shape, step.ints([3]), step.ints([4])]);
    const sizes = step.temp('Concat', [batch, step.input(1), channels], { axis: 0 });
    step.emit('Resize', [step.input(0), null, null, sizes], {
      mode,
      coordinate_transformation_mode: corners ? 'align_corners' : half ? 'half_pixel' : 'asymmetric',
      // TensorFlow rounds up where it rounds at all.
      nearest_mode: corners || half ? 'round_prefer_ceil' : 'floor',
    });
  };

const batchNorm: Rule = (step) => {
  if (step.attributes.flag('is_training')) throw step.refuse('is exported for training');
  if (step.attributes.text('data_format', 'NHWC') !== 'NHWC') throw step.refuse('has channels first');
  const roles = ['gamma', 'beta', 'running-mean', 'running-variance'] as const;
  roles.forEach((role, index) => step.trained(index + 1, role));
  const inputs = [0, 1, 2, 3, 4].map((index) => step.input(index));
  step.emit('BatchNormalization', inputs, {
    epsilon: step.attributes.number('epsilon', 1e-4),
    channel_axis: -1,
  });
};

/** The gradient of a convolution with respect to its input, which is what a transposed convolution is. */
const transposed: Rule = (step) => {
  const attributes = windowAttributes(step);
  const sizes = step.known(0);
  step.trained(1, 'weight');
  step.emit('ConvTranspose', [step.input(2), step.input(1)], {
    ...attributes,
    ...(sizes !== null && { output_shape: sizes.slice(1, 3) }),
  });
};

export const SPACE_RULES: readonly (readonly [op: string, rule: Rule])[] = [
  ['Conv2D', (step) => step.emit('Conv', ...convolution(step, false, null))],
  ['DepthwiseConv2dNative', (step) => step.emit('Conv', ...convolution(step, true, null))],
  ['DepthwiseConv2d', (step) => step.emit('Conv', ...convolution(step, true, null))],
  ['_FusedConv2D', fused((step, bias) => ['Conv', ...convolution(step, false, bias)])],
  ['FusedDepthwiseConv2dNative', fused((step, bias) => ['Conv', ...convolution(step, true, bias)])],
  [
    '_FusedMatMul',
    fused((step, bias) => {
      step.trained(1, 'weight');
      const inputs = [step.input(0), step.input(1), bias];
      return ['Gemm', inputs, turned(step, 'transpose_a', 'transpose_b')];
    }),
  ],
  ['Conv2DBackpropInput', transposed],
  ['FusedBatchNorm', batchNorm],
  ['FusedBatchNormV2', batchNorm],
  ['FusedBatchNormV3', batchNorm],
  ['MaxPool', pool('MaxPool')],
  ['AvgPool', pool('AveragePool')],
  ['ResizeBilinear', resize('linear')],
  ['ResizeNearestNeighbor', resize('nearest')],
  [
    'DepthToSpace',
    (step) =>
      step.emit('DepthToSpace', [step.input(0)], { blocksize: step.attributes.number('block_size', 1) }),
  ],
  [
    'SpaceToDepth',
    (step) =>
      step.emit('SpaceToDepth', [step.input(0)], { blocksize: step.attributes.number('block_size', 1) }),
  ],
  [
    'LRN',
    (step) => {
      const size = 2 * step.attributes.number('depth_radius', 5) + 1;
      const alpha = step.attributes.number('alpha', 1) * size;
      const { attributes } = step;
      const rest = { bias: attributes.number('bias', 1), beta: attributes.number('beta', 0.5) };
      step.emit('LRN', [step.input(0)], { size, alpha, ...rest });
    },
  ],
];

/** Flags of a matrix product under the names of the IR. */
export function turned(step: Step, a: string, b: string): Attributes {
  return { transA: Number(step.attributes.flag(a)), transB: Number(step.attributes.flag(b)) };
}
