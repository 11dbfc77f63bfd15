import { fixed, floats, type GradientCase, host } from './gradient-case.ts';

const image = floats([1, 4, 5, 2]);
const kernel = floats([3, 2, 2, 3], -1, 1, 2);

const CONVOLUTIONS: readonly GradientCase[] = [
  { op: 'Conv', inputs: [image, kernel, floats([3], -1, 1, 3)], attributes: { pads: [1, 0, 1, 1] } },
  { op: 'Conv', about: '1 x 1', inputs: [image, floats([1, 1, 2, 3], -1, 1, 2)] },
  {
    op: 'Conv',
    about: 'step 2, dilated',
    inputs: [image, kernel],
    attributes: { strides: [2, 1], dilations: [1, 2], pads: [1, 1, 1, 1] },
  },
  {
    op: 'Conv',
    about: 'groups',
    inputs: [floats([1, 3, 3, 4]), floats([2, 2, 2, 4], -1, 1, 2)],
    attributes: { group: 2 },
  },
  {
    op: 'Conv',
    about: 'depthwise',
    inputs: [image, floats([3, 3, 1, 2], -1, 1, 2)],
    attributes: { group: 2, pads: [1, 1, 1, 1] },
  },
  {
    op: 'Conv',
    about: 'depthwise, step 2, twice the channels',
    inputs: [image, floats([3, 3, 1, 4], -1, 1, 2)],
    attributes: { group: 2, strides: [2, 2], pads: [1, 1, 1, 1] },
  },
  {
    op: 'Conv',
    about: 'one axis',
    inputs: [floats([1, 6, 2]), floats([3, 2, 2], -1, 1, 2)],
    attributes: { strides: [2], pads: [1, 1] },
  },
  {
    op: 'Conv',
    about: 'three axes',
    inputs: [floats([1, 3, 3, 2, 1]), floats([2, 2, 2, 1, 2], -1, 1, 2)],
    attributes: { strides: [1, 2, 1], pads: [0, 1, 0, 0, 0, 0] },
  },
  {
    op: 'ConvTranspose',
    inputs: [floats([1, 2, 3, 2]), floats([3, 2, 3, 2], -1, 1, 2), floats([3], -1, 1, 3)],
    attributes: { strides: [2, 1], pads: [1, 0, 0, 0] },
  },
  {
    op: 'ConvTranspose',
    about: 'one axis',
    inputs: [floats([1, 3, 2]), floats([3, 1, 2], -1, 1, 2)],
    attributes: { strides: [2] },
  },
  {
    op: 'ConvTranspose',
    about: 'three axes',
    inputs: [floats([1, 2, 1, 2, 1]), floats([2, 2, 1, 2, 1], -1, 1, 2)],
  },
];

const volume = floats([1, 3, 2, 4, 2]);

const POOLS: readonly GradientCase[] = [
  ...['MaxPool', 'AveragePool', 'LpPool'].flatMap((op): GradientCase[] => {
    const x = op === 'LpPool' ? floats([1, 4, 5, 2], 0.3, 1.5) : image;
    return [
      { op, inputs: [x], attributes: { kernel_shape: [2, 3], strides: [2, 1], pads: [0, 1, 1, 1] } },
      { op, about: 'overlapping', inputs: [x], attributes: { kernel_shape: [3, 3] } },
      {
        op,
        about: 'one axis',
        inputs: [op === 'LpPool' ? floats([1, 5, 2], 0.3, 1.5) : floats([1, 5, 2])],
        attributes: { kernel_shape: [2], strides: [2] },
      },
    ];
  }),
  {
    op: 'MaxPool',
    about: 'dilated, with positions',
    inputs: [image],
    attributes: { kernel_shape: [2, 2], dilations: [2, 1] },
    outputs: 2,
  },
  {
    op: 'MaxPool',
    about: 'three axes',
    inputs: [volume],
    attributes: { kernel_shape: [2, 2, 2], strides: [1, 1, 2] },
  },
  {
    op: 'AveragePool',
    about: 'three axes',
    inputs: [volume],
    attributes: { kernel_shape: [2, 1, 2], strides: [1, 1, 2] },
  },
  ...['GlobalAveragePool', 'GlobalMaxPool', 'GlobalLpPool'].map((op): GradientCase => ({
    op,
    inputs: [image],
  })),
  {
    op: 'MaxUnpool',
    inputs: [floats([1, 1, 2, 2]), fixed([5, 3, 8, 14], [1, 1, 2, 2])],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  },
];

const gamma = floats([2], 0.6, 1.4, 2);
const beta = floats([2], -0.5, 0.5, 3);
const row = (size: number, seed: number) => floats([size], 0.6, 1.4, seed);

const seen = [fixed([0.1, -0.2], [2], 'float32'), fixed([0.8, 1.3], [2], 'float32')];

const NORMALISATIONS: readonly GradientCase[] = [
  {
    op: 'graft:ConvBatchNormalization',
    inputs: [image, floats([2, 2, 2, 2], -1, 1, 2), floats([2], -1, 1, 6), gamma, beta, ...seen],
    attributes: { pads: [1, 1, 1, 1] },
  },
  {
    op: 'graft:ConvBatchNormalization',
    about: 'depthwise',
    inputs: [image, floats([3, 3, 1, 2], -1, 1, 2), null, gamma, beta, ...seen],
    attributes: { group: 2, activation: 'sigmoid' },
  },
  {
    op: 'BatchNormalization',
    inputs: [image, gamma, beta, floats([2], -0.2, 0.2, 4), floats([2], 0.5, 1.5, 5)],
  },
  {
    op: 'BatchNormalization',
    about: 'statistics of the batch',
    inputs: [image, gamma, beta, fixed([0, 0], [2], 'float32'), fixed([1, 1], [2], 'float32')],
    attributes: { training_mode: 1 },
  },
  { op: 'InstanceNormalization', inputs: [floats([2, 3, 2, 2]), gamma, beta] },
  { op: 'LayerNormalization', inputs: [floats([2, 4]), row(4, 2), row(4, 3)] },
  { op: 'RMSNormalization', inputs: [floats([2, 4]), row(4, 2)] },
  { op: 'SimplifiedLayerNormalization', inputs: [floats([2, 4]), row(4, 2)] },
  {
    op: 'GroupNormalization',
    inputs: [floats([1, 3, 2, 4]), row(4, 2), row(4, 3)],
    attributes: { num_groups: 2 },
  },
  { op: 'LRN', inputs: [floats([1, 2, 2, 4])], attributes: { size: 3, alpha: 0.5 } },
  { op: 'LpNormalization', inputs: [floats([2, 4], 0.3, 1.3)] },
  { op: 'MeanVarianceNormalization', inputs: [floats([2, 2, 2, 2])] },
  { op: 'Softmax', inputs: [floats([2, 4])] },
  { op: 'LogSoftmax', inputs: [floats([2, 4])], attributes: { axis: 0 } },
  { op: 'NegativeLogLikelihoodLoss', inputs: [floats([3, 4]), fixed([1, 0, 3], [3]), row(4, 2)] },
  {
    op: 'SoftmaxCrossEntropyLoss',
    inputs: [floats([2, 3, 2]), fixed([1, 0, 2, 2], [2, 2])],
    attributes: { ignore_index: 0 },
    outputs: 2,
  },
];

/** A matrix of rank two whose first column is zero, and one of rank one, the gradient of whose determinant is zero. */
const SINGULAR = Float32Array.of(0, 0.5, -0.3, 0, 0.2, 0.8, 0, -0.6, 0.4, 0, 0, 0, 0, 0.7, -0.2, 0, 0, 0);

const PRODUCTS: readonly GradientCase[] = [
  { op: 'MatMul', inputs: [floats([2, 3]), floats([3, 4], -1, 1, 2)] },
  { op: 'MatMul', about: 'broadcast batches', inputs: [floats([2, 2, 3]), floats([1, 3, 2], -1, 1, 2)] },
  { op: 'MatMul', about: 'one matrix', inputs: [floats([2, 2, 3]), floats([3, 2], -1, 1, 2)] },
  { op: 'MatMul', about: 'vectors', inputs: [floats([3]), floats([3], -1, 1, 2)] },
  {
    op: 'Gemm',
    inputs: [floats([3, 2]), floats([4, 3], -1, 1, 2), floats([4], -1, 1, 3)],
    attributes: { transA: 1, transB: 1, alpha: 0.7, beta: 1.3 },
  },
  {
    op: 'Einsum',
    inputs: [floats([2, 3, 2]), floats([2, 2, 3], -1, 1, 2)],
    attributes: { equation: 'bik,bkj->bij' },
  },
  {
    op: 'Einsum',
    about: 'a diagonal',
    inputs: [floats([3, 3]), floats([3], -1, 1, 2)],
    attributes: { equation: 'ii,i->' },
  },
  { op: 'Det', inputs: [floats([2, 4, 4])] },
  { op: 'Det', about: 'one matrix', inputs: [floats([3, 3], -1, 1, 2)] },
  { op: 'Det', about: 'singular', inputs: [{ kind: 'floats', shape: [2, 3, 3], data: SINGULAR }] },
  {
    op: 'com.microsoft:FusedMatMul',
    inputs: [floats([3, 2]), floats([3, 4], -1, 1, 2)],
    attributes: { transA: 1, alpha: 0.5 },
  },
];

const hidden = (shape: readonly number[], seed: number) => floats(shape, -0.8, 0.8, seed);
const recurrent = (op: string, gates: number, steps = 3): GradientCase => ({
  op,
  inputs: [
    floats([steps, 2, 2]),
    hidden([1, gates * 2, 2], 2),
    hidden([1, gates * 2, 2], 3),
    hidden([1, gates * 4], 4),
  ],
  attributes: { hidden_size: 2 },
  outputs: 2,
});

const SKIPPED = { inputs: [floats([2, 4]), floats([2, 4], -1, 1, 2), row(4, 3), row(4, 4)], outputs: 1 };

const TRANSFORMERS: readonly GradientCase[] = [
  { op: 'com.microsoft:SkipLayerNormalization', ...SKIPPED },
  { op: 'com.microsoft:SkipSimplifiedLayerNormalization', ...SKIPPED },
  {
    op: 'com.microsoft:EmbedLayerNormalization',
    inputs: [
      fixed([1, 0, 2, 1], [2, 2], 'int32'),
      null,
      floats([3, 4]),
      floats([2, 4], -1, 1, 2),
      null,
      row(4, 3),
      row(4, 4),
    ],
    attributes: { epsilon: 1e-3 },
  },
  {
    op: 'com.microsoft:Attention',
    inputs: [floats([1, 3, 4]), floats([4, 12], -1, 1, 2), floats([12], -1, 1, 3)],
    attributes: { num_heads: 2, unidirectional: 1 },
  },
  {
    op: 'com.microsoft:MultiHeadAttention',
    inputs: [
      floats([1, 2, 4]),
      floats([1, 3, 4], -1, 1, 2),
      floats([1, 3, 4], -1, 1, 3),
      floats([12], -1, 1, 4),
    ],
    attributes: { num_heads: 2 },
  },
  {
    op: 'Attention',
    about: 'a mask of numbers, past keys, fewer heads of keys',
    inputs: [
      floats([1, 2, 8]),
      floats([1, 2, 4], -1, 1, 2),
      floats([1, 2, 4], -1, 1, 3),
      floats([2, 3], -1, 1, 4),
      floats([1, 2, 1, 2], -1, 1, 5),
      floats([1, 2, 1, 2], -1, 1, 6),
    ],
    attributes: { q_num_heads: 4, kv_num_heads: 2, softcap: 2 },
  },
  {
    op: 'Attention',
    about: 'causal, a row without keys',
    inputs: [
      floats([1, 2, 3, 2]),
      floats([1, 2, 3, 2], -1, 1, 2),
      floats([1, 2, 3, 2], -1, 1, 3),
      fixed([0, 1, 1, 1, 1, 0, 1, 1, 1], [3, 3], 'bool'),
    ],
    attributes: { is_causal: 1 },
  },
  ...[0, 1].map((interleaved): GradientCase => ({
    op: 'RotaryEmbedding',
    about: interleaved === 1 ? 'pairs' : 'halves',
    inputs: [
      floats([1, 2, 3, 4]),
      floats([3, 2], -1, 1, 2),
      floats([3, 2], -1, 1, 3),
      fixed([0, 2, 1], [1, 3]),
    ],
    attributes: { interleaved },
  })),
  recurrent('LSTM', 4),
  { ...recurrent('LSTM', 4, 1), about: 'one step' },
  recurrent('GRU', 3),
  recurrent('RNN', 1),
];

const SIGNALS: readonly GradientCase[] = [
  { op: 'DFT', inputs: [floats([1, 5, 2])], attributes: { axis: 1 } },
  { op: 'STFT', inputs: [floats([1, 8, 1]), host([2], []), floats([4], 0.2, 1, 2)] },
  { op: 'GridSample', inputs: [floats([1, 2, 3, 4]), floats([1, 2, 2, 2], -0.78, 0.83, 2)] },
  {
    op: 'GridSample',
    about: 'cubic, mirrored',
    inputs: [floats([1, 1, 3, 4]), floats([1, 2, 2, 2], -0.78, 0.83, 2)],
    attributes: { mode: 'cubic', padding_mode: 'reflection' },
  },
  {
    op: 'RoiAlign',
    inputs: [floats([1, 2, 4, 4]), host([0.4, 0.3, 3.1, 2.7], [1, 4], 'float32'), host([0])],
    attributes: { output_height: 2, output_width: 2 },
  },
  ...['nearest', 'linear', 'cubic'].map((mode): GradientCase => ({
    op: 'Resize',
    about: mode,
    inputs: [floats([1, 3, 2, 2]), null, null, host([1, 5, 3, 2])],
    attributes: { mode },
  })),
];

export const LAYER_CASES: readonly GradientCase[] = [
  ...CONVOLUTIONS,
  ...POOLS,
  ...NORMALISATIONS,
  ...PRODUCTS,
  ...TRANSFORMERS,
  ...SIGNALS,
];
