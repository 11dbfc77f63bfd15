import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { expectSame } from '../../../testing/graph-model-fixture.ts';
import { type Graph, isTrainable } from '../../model/ir.ts';
import type { TensorValue } from '../../ops/value.ts';
import { GraphExecutor } from '../../run/executor.ts';
import { importLayersModel } from './import-layers-model.ts';

beforeAll(() => tf.setBackend('cpu'));

const rng = createRng(11);
const randomData = (count: number) => Float32Array.from({ length: count }, () => rng.next() * 2 - 1);

/** What the library writes to disk. Moving variances must not be negative. */
async function saved(model: tfl.LayersModel) {
  model.setWeights(
    model.getWeights().map((weight, i) => {
      const values = randomData(weight.size);
      const isVariance = model.weights[i]?.name.includes('moving_variance') === true;
      return tf.tensor(isVariance ? values.map((x) => Math.abs(x) + 0.5) : values, weight.shape);
    }),
  );
  let json: unknown;
  let bytes = new Uint8Array();
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      const weightsManifest = [{ paths: ['weights.bin'], weights: artifacts.weightSpecs }];
      json = JSON.parse(JSON.stringify({ modelTopology: artifacts.modelTopology, weightsManifest }));
      bytes = new Uint8Array(tf.io.CompositeArrayBuffer.join(artifacts.weightData));
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  return { json, bytes };
}

function run(graph: Graph, x: tf.Tensor): tf.Tensor {
  const [input] = graph.inputs;
  const feeds = new Map([[input?.name ?? '', { kind: 'tensor', dtype: 'float32', tensor: x } as const]]);
  const results = new GraphExecutor(graph).run({ feeds });
  return (results.get(graph.outputs[0] ?? '') as TensorValue).tensor;
}

async function expectAgreement(model: tfl.LayersModel, shape: number[], input?: tf.Tensor): Promise<Graph> {
  const { json, bytes } = await saved(model);
  const x = input ?? tf.tensor(randomData(shape.reduce((a, b) => a * b, 1)), shape);
  const graph = importLayersModel(json, bytes);
  expectSame(run(graph, x), model.predict(x) as tf.Tensor);
  return graph;
}

const { layers } = tfl;

/** A trunk as `@tensorflow-models/mobilenet` has it: zero padding, ReLU up to 6, residual sums. */
function trunk(): tfl.LayersModel {
  const input = tfl.input({ shape: [16, 16, 3], name: 'input_1' });
  const apply = (x: tfl.SymbolicTensor, ...list: tfl.layers.Layer[]) =>
    list.reduce((value, layer) => layer.apply(value) as tfl.SymbolicTensor, x);
  const stem = apply(
    input,
    layers.zeroPadding2d({
      padding: [
        [0, 1],
        [0, 1],
      ],
      name: 'Conv1_pad',
    }),
    layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, useBias: false, name: 'Conv1' }),
    layers.batchNormalization({ epsilon: 1e-3, name: 'bn_Conv1' }),
    layers.reLU({ maxValue: 6, name: 'Conv1_relu' }),
  );
  const bent = apply(
    stem,
    layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false, name: 'deep' }),
    layers.batchNormalization({ name: 'bn_deep', axis: 3 }),
    layers.activation({ activation: 'relu6', name: 'deep_relu' }),
    layers.conv2d({ filters: 8, kernelSize: 1, name: 'project' }),
  );
  const sum = layers.add({ name: 'sum' }).apply([stem, bent]) as tfl.SymbolicTensor;
  return tfl.model({
    inputs: input,
    outputs: apply(sum, layers.reLU({ maxValue: 6, name: 'out_relu' })),
    name: 'model1',
  });
}

test('a Teachable Machine export opens: a trunk in a Sequential in a Sequential', async () => {
  const features = tfl.sequential({ name: 'sequential_1' });
  features.add(trunk());
  features.add(layers.globalAveragePooling2d({ name: 'global_average_pooling2d_GlobalAveragePooling2D1' }));
  const head = tfl.sequential({ name: 'sequential_3' });
  head.add(layers.dense({ units: 10, activation: 'relu', inputShape: [8], name: 'dense_Dense1' }));
  head.add(layers.dense({ units: 3, activation: 'softmax', useBias: false, name: 'dense_Dense2' }));
  const whole = tfl.sequential({ name: 'sequential_4' });
  whole.add(features);
  whole.add(head);
  const graph = await expectAgreement(whole, [2, 16, 16, 3]);
  expect(graph.inputs).toMatchObject([{ dtype: 'float32', shape: [null, 16, 16, 3] }]);
  const open = [...graph.parameters.values()].filter(isTrainable).map(({ name }) => name);
  expect(open.sort()).toEqual(
    [
      'Conv1/kernel',
      'bn_Conv1/beta',
      'bn_Conv1/gamma',
      'bn_deep/beta',
      'bn_deep/gamma',
      'deep/depthwise_kernel',
    ]
      .concat([
        'dense_Dense1/bias',
        'dense_Dense1/kernel',
        'dense_Dense2/kernel',
        'project/bias',
        'project/kernel',
      ])
      .sort(),
  );
});

const PICTURE = [2, 6, 6, 3];
const CASES: readonly (readonly [string, () => tfl.layers.Layer, number[]])[] = [
  [
    'Conv2D with a stride',
    () =>
      layers.conv2d({ filters: 4, kernelSize: [3, 2], strides: [2, 1], padding: 'same', activation: 'elu' }),
    PICTURE,
  ],
  ['Conv2D with a dilation', () => layers.conv2d({ filters: 4, kernelSize: 2, dilationRate: 2 }), PICTURE],
  [
    'DepthwiseConv2D',
    () =>
      layers.depthwiseConv2d({
        kernelSize: 3,
        depthMultiplier: 2,
        strides: 2,
        padding: 'same',
        activation: 'sigmoid',
      }),
    PICTURE,
  ],
  [
    'SeparableConv2D',
    () => layers.separableConv2d({ filters: 5, kernelSize: 3, activation: 'tanh' }),
    PICTURE,
  ],
  ['Dense on the last axis', () => layers.dense({ units: 4, activation: 'hardSigmoid' }), PICTURE],
  [
    'BatchNormalization without scale',
    () => layers.batchNormalization({ scale: false, epsilon: 0.01 }),
    PICTURE,
  ],
  ['LeakyReLU', () => layers.leakyReLU({ alpha: 0.2 }), PICTURE],
  ['ELU', () => layers.elu(), PICTURE],
  ['PReLU', () => layers.prelu({ sharedAxes: [1, 2] }), PICTURE],
  ['Softmax', () => layers.softmax({ axis: -1 }), PICTURE],
  ['selu', () => layers.activation({ activation: 'selu' }), PICTURE],
  ['softplus', () => layers.activation({ activation: 'softplus' }), PICTURE],
  ['swish', () => layers.activation({ activation: 'swish' }), PICTURE],
  ['mish', () => layers.activation({ activation: 'mish' }), PICTURE],
  ['Dropout', () => layers.dropout({ rate: 0.5 }), PICTURE],
  ['Flatten', () => layers.flatten(), PICTURE],
  ['Reshape', () => layers.reshape({ targetShape: [9, -1] }), PICTURE],
  ['Permute', () => layers.permute({ dims: [3, 1, 2] }), PICTURE],
  [
    'ZeroPadding2D',
    () =>
      layers.zeroPadding2d({
        padding: [
          [1, 0],
          [2, 3],
        ],
      }),
    PICTURE,
  ],
  ['MaxPooling2D', () => layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }), PICTURE],
  ['AveragePooling2D', () => layers.averagePooling2d({ poolSize: [2, 3], strides: [1, 2] }), PICTURE],
  ['GlobalMaxPooling2D', () => layers.globalMaxPooling2d({}), PICTURE],
  ['UpSampling2D', () => layers.upSampling2d({ size: [2, 3] }), PICTURE],
  ['UpSampling2D, bilinear', () => layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' }), PICTURE],
  ['Rescaling', () => layers.rescaling({ scale: 1 / 127.5, offset: -1 }), PICTURE],
  ['LSTM', () => layers.lstm({ units: 4, recurrentInitializer: 'glorotUniform' }), [2, 5, 3]],
  [
    'LSTM that gives all steps',
    () =>
      layers.lstm({
        units: 4,
        returnSequences: true,
        recurrentActivation: 'sigmoid',
        recurrentInitializer: 'glorotUniform',
      }),
    [2, 5, 3],
  ],
  ['GRU', () => layers.gru({ units: 4, recurrentInitializer: 'glorotUniform' }), [2, 5, 3]],
];

test.each(CASES)('%s agrees with tfjs-layers', async (_, make, shape) => {
  const input = tfl.input({ shape: shape.slice(1) });
  const outputs = make().apply(input) as tfl.SymbolicTensor;
  await expectAgreement(tfl.model({ inputs: input, outputs }), shape);
});

test('layers of many inputs, and one layer that is called twice', async () => {
  const input = tfl.input({ shape: [4] });
  const shared = layers.dense({ units: 4, name: 'shared' });
  const a = shared.apply(input) as tfl.SymbolicTensor;
  const b = shared.apply(a) as tfl.SymbolicTensor;
  const merged = [
    layers.add().apply([a, b, input]),
    layers.multiply().apply([a, b]),
    layers.maximum().apply([a, b]),
    layers.average().apply([a, b]),
  ] as tfl.SymbolicTensor[];
  const outputs = layers.concatenate().apply(merged) as tfl.SymbolicTensor;
  const graph = await expectAgreement(tfl.model({ inputs: input, outputs }), [3, 4]);
  expect(graph.parameters.size).toBe(2);
});

test('an embedding', async () => {
  const model = tfl.sequential();
  model.add(layers.embedding({ inputDim: 6, outputDim: 3, inputLength: 4 }));
  model.add(layers.flatten());
  await expectAgreement(
    model,
    [2, 4],
    tf.tensor2d([
      [0, 5, 2, 1],
      [3, 3, 4, 0],
    ]),
  );
});

test('what is not known or not sound is refused by name', async () => {
  const code = (name: string, detail?: object) =>
    expect.objectContaining({ code: name, ...(detail && { detail }) }) as Error;
  const model = tfl.sequential({ name: 'm' });
  model.add(layers.dense({ units: 2, inputShape: [3], name: 'd' }));
  const { json, bytes } = await saved(model);
  const layer = (change: (config: { class_name: string; config: Record<string, unknown> }) => void) => {
    const copy = structuredClone(json) as {
      modelTopology: { config: { layers: [{ class_name: string; config: Record<string, unknown> }] } };
    };
    change(copy.modelTopology.config.layers[0]);
    return () => importLayersModel(copy, bytes);
  };
  expect(layer((d) => (d.class_name = 'Lambda'))).toThrow(
    code('model-unsupported', { ops: 'Lambda', nodes: 'd' }),
  );
  expect(layer((d) => (d.class_name = 'constructor'))).toThrow(code('model-unsupported'));
  expect(layer((d) => (d.config['name'] = 'other'))).toThrow(code('model-unsupported'));
  expect(layer((d) => (d.config['activation'] = 'toString'))).toThrow(code('model-unsupported'));
  expect(layer((d) => (d.config = null as never))).toThrow(code('model-damaged'));
  expect(() => importLayersModel({ modelTopology: { node: [] }, weightsManifest: [] }, bytes)).toThrow(
    code('model-unsupported'),
  );
  expect(() => importLayersModel(json, bytes.subarray(4))).toThrow(code('model-damaged'));
});
