import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { expectSame } from '../testing/graph-model-fixture.ts';
import {
  HUB_FEATURES,
  HUB_SIZE,
  hubEfficientNetLite,
  hubMobileNetV1,
  hubMobileNetV2,
} from '../testing/hub-models.ts';
import { trunkOfWebGraph } from './web-trunk.ts';

beforeAll(() => tf.setBackend('cpu'));

const V1 = 'module_apply_default/MobilenetV1/Logits/global_pool';
const V2 = 'module_apply_default/MobilenetV2/Logits/AvgPool';
const LITE = 'StatefulPartitionedCall/efficientnet-lite0/model/head/AvgPool';
const record = (featureNode: string, range: readonly [number, number] = [0, 1]) => ({
  featureNode,
  inputRange: range,
  card: { name: 'toy', inputSize: HUB_SIZE, featureSize: HUB_FEATURES },
});
const pictures = () => tf.randomUniform<tf.Rank.R4>([2, HUB_SIZE, HUB_SIZE, 3], 0, 255, 'float32', 4);

test.each([
  ['MobileNet V1', hubMobileNetV1(), record(V1), ['Conv2d_0', 'Conv2d_1_depthwise', 'Conv2d_3_pointwise']],
  ['MobileNet V2, folded', hubMobileNetV2('folded'), record(V2), ['Conv', 'expanded_conv_1', 'Conv_1']],
  ['MobileNet V2, fused', hubMobileNetV2('fused'), record(V2), ['Conv', 'expanded_conv_1', 'Conv_1']],
  ['EfficientNet-Lite', hubEfficientNetLite(), record(LITE, [-1, 1]), ['stem', 'blocks_0', 'head']],
])('%s gives the features of the converter, and every depth has gradients', (_, file, known, names) => {
  const before = tf.memory().numTensors;
  const trunk = trunkOfWebGraph(known, file);
  const found = trunk.blocks.map(({ name }) => name);
  expect([found[0], found[1], found.at(-1)]).toEqual(names);
  const x = pictures();
  const features = trunk.run(x, 0, found.length);
  const mean = tf.tidy(() => tf.mean(features).dataSync()[0]!);
  const theirs = loadGraphModelSync(
    tf.io.fromMemorySync({
      modelTopology: file.json.modelTopology,
      weightSpecs: file.specs,
      weightData: file.weights.slice().buffer,
    }),
  );
  const [low, high] = known.inputRange;
  tf.tidy(() => {
    const scaled = tf.add(tf.mul(x, (high - low) / 255), low);
    const expected = theirs.execute(scaled, known.featureNode) as tf.Tensor;
    expectSame(features, tf.reshape(expected, [2, HUB_FEATURES]));
  });
  theirs.dispose();
  for (let cut = 0; cut < found.length; cut++) {
    const below = trunk.run(x, 0, cut);
    const open = trunk.open(cut);
    expect(open.parameters.length).toBeGreaterThan(0);
    const { value, grads } = tf.variableGrads(
      () => tf.mean(open.forward(below, { batchNorm: 'frozen' })),
      open.parameters.map(({ variable }) => variable),
    );
    expect(value.dataSync()[0]).toBeCloseTo(mean, 4);
    expect(Object.keys(grads)).toHaveLength(open.parameters.length);
    tf.dispose([below, value, ...Object.values(grads)]);
    open.dispose();
  }
  trunk.dispose();
  tf.dispose([x, features]);
  expect(tf.memory().numTensors).toBe(before);
});

test('an unknown value, another feature size or an unknown operation is an error, and leaves no tensor', () => {
  const unsupported = expect.objectContaining({ code: 'model-unsupported' }) as Error;
  const file = hubMobileNetV1();
  const before = tf.memory().numTensors;
  expect(() => trunkOfWebGraph(record('absent'), file)).toThrow(
    expect.objectContaining({ code: 'model-damaged' }),
  );
  const other = { ...record(V1), card: { name: 'toy', inputSize: HUB_SIZE, featureSize: 7 } };
  expect(() => trunkOfWebGraph(other, file)).toThrow(unsupported);
  const strange = JSON.parse(JSON.stringify(file.json)) as { modelTopology: { node: { op: string }[] } };
  strange.modelTopology.node.find(({ op }) => op === 'Relu6')!.op = 'NoSuchOperation';
  expect(() => trunkOfWebGraph(record(V1), { json: strange, weights: file.weights })).toThrow(unsupported);
  expect(tf.memory().numTensors).toBe(before);
});
