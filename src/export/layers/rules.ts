/**
 * @file What becomes of each operation in layers of Keras: only those that TensorFlow.js 1.3 has, which is what the
 * library of Teachable Machine is used with. https://github.com/tensorflow/tfjs/tree/tfjs-v1.3.1/tfjs-layers/src/layers.
 */
import { type LayerContext, normalised } from './layer-context.ts';
import type { LayerValue, LayerWeight } from './layers-model.ts';

/** Writes a node; gives its result. Throws a plain error with a reason. */
type Rule = (node: LayerContext) => LayerValue;

const activation =
  (name: string): Rule =>
  (node) =>
    node.add('Activation', [node.value(0)], { activation: name });

/** Windows over space; explicit margins become a layer of their own. */
function window(node: LayerContext, canBeMargin: boolean) {
  const auto = node.text('auto_pad', 'NOTSET');
  const pads = auto === 'NOTSET' ? (node.ints('pads') ?? [0, 0, 0, 0]) : [0, 0, 0, 0];
  const strides = [...(node.ints('strides') ?? [1, 1])];
  const config = { strides, padding: auto === 'SAME_UPPER' ? 'same' : 'valid', data_format: 'channels_last' };
  const x = node.value(0);
  if (auto === 'SAME_LOWER') throw new Error(`its padding (${auto}) has no form there`);
  if (pads.every((pad) => pad === 0)) return { x, config };
  const [top = 0, left = 0, bottom = 0, right = 0] = pads;
  if (!canBeMargin || Math.min(...pads) < 0) throw new Error('its padding has no form there');
  const padding = [
    [top, bottom],
    [left, right],
  ];
  return { x: node.add('ZeroPadding2D', [x], { padding, data_format: 'channels_last' }), config };
}

function conv(node: LayerContext): LayerValue {
  const { shape } = node.parameter(1);
  const [height = 1, width = 1, perGroup = 1, outputs = 1] = shape;
  if (shape.length !== 4) throw new Error('only two axes of space have a form there');
  const group = node.number('group', 1);
  const dilation = [...(node.ints('dilations') ?? [1, 1])];
  const { x, config } = window(node, true);
  const bias: LayerWeight[] = node.has(2) ? [node.weight('bias', 2)] : [];
  const common = { ...config, kernel_size: [height, width], use_bias: bias.length > 0, activation: 'linear' };
  if (group === 1) {
    const more = { filters: outputs, dilation_rate: dilation };
    return node.add('Conv2D', [x], { ...common, ...more }, [node.weight('kernel', 1), ...bias]);
  }
  if (perGroup !== 1) throw new Error('groups of several channels have no form there');
  if (dilation.some((step) => step !== 1)) throw new Error('dilated channel by channel it has no form there');
  const kernel = node.weight('depthwise_kernel', 1, [height, width, group, outputs / group]);
  return node.add('DepthwiseConv2D', [x], { ...common, depth_multiplier: outputs / group }, [
    kernel,
    ...bias,
  ]);
}

const pool =
  (className: string): Rule =>
  (node) => {
    const size = node.ints('kernel_shape') ?? [];
    if (size.length !== 2) throw new Error('only two axes of space have a form there');
    const unknown = ['ceil_mode', 'count_include_pad'].find((name) => node.number(name, 0) !== 0);
    if (unknown !== undefined) throw new Error(`its ${unknown} has no form there`);
    if (node.ints('dilations')?.some((step) => step !== 1))
      throw new Error('its dilations have no form there');
    const { x, config } = window(node, false);
    return node.add(className, [x], { ...config, pool_size: [...size] });
  };

function batchNormalization(node: LayerContext): LayerValue {
  node.needLast('channel_axis');
  if (node.number('training_mode', 0) !== 0) throw new Error('statistics of the batch have no form there');
  const weights = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name, i) =>
    node.weight(name, i + 1),
  );
  return node.add('BatchNormalization', [node.value(0)], normalised(node.number('epsilon', 1e-5)), weights);
}

/** A parameter as one number for each channel of the result. @throws if it has more. */
function perChannel(node: LayerContext, index: number): Float32Array {
  const { shape } = node.parameter(index);
  const channels = node.sizes(node.result).at(-1) ?? 0;
  const values = node.list(index);
  if (shape.slice(0, -1).some((size) => size !== 1))
    throw new Error('numbers for each pixel have no form there');
  if (values.length === 1) return new Float32Array(channels).fill(values[0] ?? NaN);
  if (values.length !== channels) throw new Error('its sizes have no form there');
  return Float32Array.from(values);
}

/** With a parameter on one side a scale or a shift of each channel, else a layer that has both sides. */
const sum: Rule = (node) => {
  if (node.count !== 2 || !(node.isParameter(0) || node.isParameter(1)))
    return node.add('Add', node.values());
  const side = node.isParameter(0) ? 0 : 1;
  return node.affine(node.value(1 - side), null, perChannel(node, side));
};

const product: Rule = (node) => {
  if (!(node.isParameter(0) || node.isParameter(1))) return node.add('Multiply', node.values());
  const side = node.isParameter(0) ? 0 : 1;
  return node.affine(node.value(1 - side), perChannel(node, side), null);
};

const difference: Rule = (node) => {
  if (node.isParameter(1))
    return node.affine(
      node.value(0),
      null,
      perChannel(node, 1).map((value) => -value),
    );
  const shift = perChannel(node, 0);
  return node.affine(node.value(1), new Float32Array(shift.length).fill(-1), shift);
};

const quotient: Rule = (node) =>
  node.affine(
    node.value(0),
    perChannel(node, 1).map((value) => 1 / value),
    null,
  );

/** `clip(alpha * x + beta, 0, 1)`; Keras has it with 0.2 and 0.5, to which the others are brought. */
function hardSigmoid(node: LayerContext, alpha: number, beta: number): LayerValue {
  const size = node.sizes(node.result).at(-1) ?? 0;
  const filled = (value: number) => new Float32Array(size).fill(value);
  const shift = beta === 0.5 ? null : filled((beta - 0.5) / 0.2);
  const x =
    alpha === 0.2 && shift === null ? node.value(0) : node.affine(node.value(0), filled(alpha / 0.2), shift);
  return node.add('Activation', [x], { activation: 'hard_sigmoid' });
}

/** `x * clip(x / 6 + 0.5, 0, 1)`. */
const hardSwish: Rule = (node) => node.add('Multiply', [node.value(0), hardSigmoid(node, 1 / 6, 0.5)]);

function clip(node: LayerContext): LayerValue {
  const low = node.has(1) ? node.scalar(1) : -Infinity;
  const high = node.has(2) ? node.scalar(2) : Infinity;
  if (low !== 0) throw new Error(`its limits ${low} and ${high} have no form there`);
  return node.add('ReLU', [node.value(0)], { max_value: high === Infinity ? null : high });
}

function globalAveragePool(node: LayerContext): LayerValue {
  node.needLast('channel_axis');
  return averaged(node, true);
}

/** Over both axes of space. */
function averaged(node: LayerContext, keepsAxes: boolean): LayerValue {
  const sizes = node.sizes(node.source(0));
  if (sizes.length !== 3) throw new Error('only two axes of space have a form there');
  const mean = node.add('GlobalAveragePooling2D', [node.value(0)], { data_format: 'channels_last' });
  return keepsAxes ? node.add('Reshape', [mean], { target_shape: [1, 1, sizes[2] ?? 0] }) : mean;
}

function reduceMean(node: LayerContext): LayerValue {
  const axes = node.ints('axes') ?? (node.has(1) ? node.list(1) : []);
  const rank = node.shape(node.source(0)).length;
  const chosen = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort();
  if (chosen.join() !== '1,2')
    throw new Error('a mean over other axes than those of space has no form there');
  return averaged(node, node.number('keepdims', 1) !== 0);
}

function dense(node: LayerContext): LayerValue {
  const isPlain =
    ['alpha', 'beta'].every((name) => node.number(name, 1) === 1) && node.number('transA', 0) === 0;
  if (!isPlain || node.shape(node.source(0)).length !== 2) throw new Error('its factors have no form there');
  const kernel = node.weight('kernel', 1);
  const { shape } = kernel;
  const whole = node.number('transB', 0) === 0 ? kernel : turned(kernel);
  if (shape.length !== 2) throw new Error('its factors have no form there');
  const units = whole.shape[1] ?? 0;
  const bias = node.has(2) ? [{ name: 'bias', shape: [units], values: perChannel(node, 2) }] : [];
  const config = { units, activation: 'linear', use_bias: bias.length > 0 };
  return node.add('Dense', [node.value(0)], config, [whole, ...bias]);
}

function turned({ name, shape, values }: LayerWeight): LayerWeight {
  const [rows = 0, columns = 0] = shape;
  const turnedValues = values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? NaN);
  return { name, shape: [columns, rows], values: turnedValues };
}

/** Every operation that only names the elements of a picture anew. */
const reshape: Rule = (node) =>
  node.add('Reshape', [node.value(0)], { target_shape: node.sizes(node.result) });

function flatten(node: LayerContext): LayerValue {
  if (node.number('axis', 1) !== 1) throw new Error('its axis has no form there');
  return node.add('Flatten', [node.value(0)], { data_format: 'channels_last' });
}

function concat(node: LayerContext): LayerValue {
  node.needLast('axis');
  return node.add('Concatenate', node.values(), { axis: -1 });
}

function softmax(node: LayerContext): LayerValue {
  node.needLast('axis');
  return node.add('Activation', [node.value(0)], { activation: 'softmax' });
}

const same: Rule = (node) => node.value(0);

/** By the names of the IR. */
export const LAYER_FORMS: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['Add', sum],
  ['AveragePool', pool('AveragePooling2D')],
  ['BatchNormalization', batchNormalization],
  ['Clip', clip],
  ['Concat', concat],
  ['Conv', conv],
  ['Div', quotient],
  ['Dropout', same],
  ['Flatten', flatten],
  ['Gemm', dense],
  ['GlobalAveragePool', globalAveragePool],
  ['HardSigmoid', (node) => hardSigmoid(node, node.number('alpha', 0.2), node.number('beta', 0.5))],
  ['HardSwish', hardSwish],
  ['Identity', same],
  ['LeakyRelu', (node) => node.add('LeakyReLU', [node.value(0)], { alpha: node.number('alpha', 0.01) })],
  ['MatMul', dense],
  ['MaxPool', pool('MaxPooling2D')],
  ['Mul', product],
  ['ReduceMean', reduceMean],
  ['Relu', activation('relu')],
  ['Reshape', reshape],
  ['Sigmoid', activation('sigmoid')],
  ['Softmax', softmax],
  ['Squeeze', reshape],
  ['Sub', difference],
  ['Sum', sum],
  ['Tanh', activation('tanh')],
  ['Unsqueeze', reshape],
]);
