/**
 * @file What each layer of Keras computes, as nodes of the IR. Kernels are stored as the IR has them (kernel first,
 * channels last); depthwise ones change their shape. Source: https://keras.io/api/layers and, where the two differ,
 * https://github.com/tensorflow/tfjs/tree/tfjs-v4.22.0/tfjs-layers/src/layers.
 */
import type { Attributes } from '../../model/ir.ts';
import type { LayerRule, Layer } from './layer.ts';
import { RECURRENT_RULES } from './recurrent-rules.ts';

function channelsLast({ config }: Layer): void {
  if (config.text('data_format', 'channels_last') === 'channels_first')
    throw config.refuse('has channels first');
}

function padding({ config }: Layer): Attributes {
  const kind = config.text('padding', 'valid');
  if (kind === 'same') return { auto_pad: 'SAME_UPPER' };
  if (kind === 'valid') return {};
  throw config.refuse(`has the padding "${kind}"`);
}

function window(layer: Layer): Attributes {
  channelsLast(layer);
  const { config } = layer;
  return {
    ...padding(layer),
    strides: [...config.pair('strides', [1, 1])],
    dilations: [...config.pair('dilation_rate', [1, 1])],
  };
}

const named = (layer: Layer) => layer.config.text('activation', 'linear');

const conv: LayerRule = (layer) => {
  const inputs = [layer.input(), layer.weight('kernel', 'weight', 4), layer.bias()];
  return layer.activated(layer.node('Conv', inputs, window(layer)), named(layer));
};

/** `[H, W, C, M]` is `[H, W, 1, C * M]` in the IR. */
function depthwise(layer: Layer, weight: string, bias: string | null): string {
  const { dtype, shape, data } = layer.data(weight, 4);
  const [height = 0, width = 0, channels = 0, multiplier = 0] = shape;
  const kernel = layer.parameter(weight, 'weight', {
    dtype,
    shape: [height, width, 1, channels * multiplier],
    data,
  });
  return layer.node('Conv', [layer.input(), kernel, bias], { ...window(layer), group: channels });
}

const separable: LayerRule = (layer) => {
  const point = layer.weight('pointwise_kernel', 'weight', 4);
  const mixed = layer.node('Conv', [depthwise(layer, 'depthwise_kernel', null), point, layer.bias()]);
  return layer.activated(mixed, named(layer));
};

const dense: LayerRule = (layer) => {
  const product = layer.node('MatMul', [layer.input(), layer.weight('kernel', 'weight', 2)]);
  const bias = layer.bias();
  return layer.activated(bias === null ? product : layer.node('Add', [product, bias]), named(layer));
};

/** A missing gamma is one, a missing beta zero. */
const batchNorm: LayerRule = (layer) => {
  const { config } = layer;
  const mean = layer.data('moving_mean', 1);
  const [channels = 0] = mean.shape;
  const constant = (value: number) => {
    const data = new Float32Array(channels).fill(value);
    return layer.builder.constant({ dtype: 'float32', shape: [channels], data }, config.name);
  };
  const gamma = config.flag('scale', true) ? layer.weight('gamma', 'gamma', 1) : constant(1);
  const beta = config.flag('center', true) ? layer.weight('beta', 'beta', 1) : constant(0);
  const statistics = [
    layer.parameter('moving_mean', 'running-mean', mean),
    layer.weight('moving_variance', 'running-variance', 1),
  ];
  const [listed] = config.ints('axis') ?? [];
  return layer.node('BatchNormalization', [layer.input(), gamma, beta, ...statistics], {
    epsilon: config.number('epsilon', 1e-3),
    channel_axis: listed ?? config.number('axis', -1),
  });
};

/** Three settings of one function: `max_value`, `negative_slope`, `threshold`. */
const relu: LayerRule = (layer) => {
  const { config } = layer;
  if (config.number('threshold', 0) !== 0) throw config.refuse('has a threshold');
  const slope = config.number('negative_slope', 0);
  const limit = config.number('max_value', Infinity);
  if (limit === 6 && slope === 0) return layer.activated(layer.input(), 'relu6');
  const bent =
    slope === 0
      ? layer.node('Relu', [layer.input()])
      : layer.node('LeakyRelu', [layer.input()], { alpha: slope });
  return limit === Infinity ? bent : layer.node('Min', [bent, layer.scalar(limit)]);
};

const zeroPadding: LayerRule = (layer) => {
  channelsLast(layer);
  const given = layer.config.get('padding');
  const rows: readonly unknown[] = Array.isArray(given) ? given : [given, given];
  const both = (value: unknown): number[] => {
    const list: unknown[] = Array.isArray(value) ? value : [value, value];
    const [before, after] = list;
    if (typeof before !== 'number' || typeof after !== 'number') throw layer.config.refuse('has no padding');
    return [before, after];
  };
  const [[top = 0, bottom = 0], [left = 0, right = 0]] = [both(rows[0]), both(rows[1])] as [
    number[],
    number[],
  ];
  return layer.node('Pad', [layer.input(), layer.ints([0, top, left, 0, 0, bottom, right, 0])]);
};

const pool =
  (op: string): LayerRule =>
  (layer) => {
    channelsLast(layer);
    const kernel = layer.config.pair('pool_size', [2, 2]);
    const strides = [...layer.config.pair('strides', kernel)];
    return layer.node(op, [layer.input()], { ...padding(layer), kernel_shape: [...kernel], strides });
  };

const globalPool =
  (op: string): LayerRule =>
  (layer) => {
    channelsLast(layer);
    const keepdims = Number(layer.config.flag('keepdims', false));
    return layer.node(op, [layer.input(), layer.ints([1, 2])], { keepdims });
  };

const merge =
  (op: string): LayerRule =>
  (layer) =>
    layer.inputs.reduce((a, b) => layer.node(op, [a, b]));

const upSampling: LayerRule = (layer) => {
  channelsLast(layer);
  const [height, width] = layer.config.pair('size', [2, 2]);
  const near = layer.config.text('interpolation', 'nearest') === 'nearest';
  const data = Float32Array.of(1, height, width, 1);
  const scales = layer.builder.constant({ dtype: 'float32', shape: [4], data }, layer.config.name);
  return layer.node('Resize', [layer.input(), null, scales], {
    mode: near ? 'nearest' : 'linear',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });
};

/** Slopes per element of a sample; axes that are shared have size one. */
const prelu: LayerRule = (layer) => layer.node('PRelu', [layer.input(), layer.weight('alpha', 'weight')]);

const rescaling: LayerRule = (layer) => {
  const scaled = layer.node('Mul', [layer.input(), layer.scalar(layer.config.number('scale', 1))]);
  const offset = layer.config.number('offset', 0);
  return offset === 0 ? scaled : layer.node('Add', [scaled, layer.scalar(offset)]);
};

const same: LayerRule = (layer) => layer.input();

/** All layers that are known, by class. */
export const LAYER_RULES: ReadonlyMap<string, LayerRule> = new Map<string, LayerRule>([
  ['Conv2D', conv],
  [
    'DepthwiseConv2D',
    (layer) => layer.activated(depthwise(layer, 'depthwise_kernel', layer.bias()), named(layer)),
  ],
  ['SeparableConv2D', separable],
  ['Dense', dense],
  ['BatchNormalization', batchNorm],
  ['ReLU', relu],
  ['ReLU6', (layer) => layer.activated(layer.input(), 'relu6')],
  [
    'LeakyReLU',
    (layer) => layer.node('LeakyRelu', [layer.input()], { alpha: layer.config.number('alpha', 0.3) }),
  ],
  ['ELU', (layer) => layer.node('Elu', [layer.input()], { alpha: layer.config.number('alpha', 1) })],
  ['PReLU', prelu],
  ['Softmax', (layer) => layer.node('Softmax', [layer.input()], { axis: layer.config.number('axis', -1) })],
  ['Activation', (layer) => layer.activated(layer.input(), named(layer))],
  ['Dropout', same],
  ['SpatialDropout2D', same],
  ['GaussianNoise', same],
  ['GaussianDropout', same],
  ['Flatten', (layer) => layer.node('Flatten', [layer.input()], { axis: 1 })],
  [
    'Reshape',
    (layer) => {
      // The open size is -1 in Keras and null in files of tfjs.
      const shape = layer.config.list('target_shape').map((size) => (typeof size === 'number' ? size : -1));
      if (shape.length === 0) throw layer.config.refuse('has no shape');
      return layer.node('Reshape', [layer.input(), layer.ints([0, ...shape])]);
    },
  ],
  [
    'Permute',
    (layer) => layer.node('Transpose', [layer.input()], { perm: [0, ...(layer.config.ints('dims') ?? [])] }),
  ],
  ['ZeroPadding2D', zeroPadding],
  ['MaxPooling2D', pool('MaxPool')],
  ['AveragePooling2D', pool('AveragePool')],
  ['GlobalAveragePooling2D', globalPool('ReduceMean')],
  ['GlobalMaxPooling2D', globalPool('ReduceMax')],
  ['Add', merge('Add')],
  ['Multiply', merge('Mul')],
  ['Maximum', merge('Max')],
  ['Minimum', merge('Min')],
  ['Subtract', merge('Sub')],
  ['Average', (layer) => layer.node('Mean', layer.inputs)],
  ['Concatenate', (layer) => layer.node('Concat', layer.inputs, { axis: layer.config.number('axis', -1) })],
  ['UpSampling2D', upSampling],
  ['Rescaling', rescaling],
  [
    'Embedding',
    (layer) => {
      const indices = layer.node('Cast', [layer.input()], { to: 'int32' });
      return layer.node('Gather', [layer.weight('embeddings', 'embedding', 2), indices], { axis: 0 });
    },
  ],
  ...RECURRENT_RULES,
]);
