import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import { asImageTrunk, towards } from '../graph/image-trunk.ts';
import { ModelNetwork } from '../graph/model-network.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import { toyMobileNet } from '../testing/toy-model.ts';
import { createToyTrunk, TOY_SIZE } from '../testing/toy-trunk.ts';
import { headLogits, type LinearHead } from '../train/linear-head.ts';
import { gradCam, heatCuts } from './grad-cam.ts';
import { relativeToLargest } from './heat-grid.ts';

beforeAll(() => tf.setBackend('cpu'));

const imported = (): TrunkNetwork =>
  new ModelNetwork(
    asImageTrunk(toyMobileNet(8, [2, 1, 1, 1, 1, 1]), { inputSize: 8, ...towards([-1, 1]), featureAxes: 4 }),
  );

function headOf({ featureSize }: TrunkNetwork): LinearHead {
  const rng = createRng(5);
  const draw = (length: number) => Float32Array.from({ length }, () => rng.next() - 0.5);
  return { featureSize, classes: 3, weights: draw(featureSize * 3), bias: draw(3) };
}

function picture(): Uint8Array {
  const rng = createRng(9);
  return Uint8Array.from({ length: TOY_SIZE * TOY_SIZE * 3 }, () => rng.below(256));
}

/** Equations 1 and 2 of the paper, with the gradient by central differences of the logit: no gradient of tfjs in it. */
function byDifferences(network: TrunkNetwork, head: LinearHead, label: number, cut: number): Float32Array {
  const [rows = 0, columns = 0, channels = 0] = network.cutShape(cut);
  const pixels = tf.tensor(Float32Array.from(picture()), [1, TOY_SIZE, TOY_SIZE, 3]);
  const activation = network.run(pixels, 0, cut).dataSync<'float32'>();
  const logitOf = (values: Float32Array): number => {
    const features = network.run(tf.tensor(values, [1, rows, columns, channels]), cut, network.blocks.length);
    const logits = headLogits(head, features.dataSync<'float32'>(), 1);
    return (logits[label] ?? NaN) - logits.reduce((a, b) => a + b, 0) / head.classes;
  };
  const weights = new Float64Array(channels);
  const step = 3e-3;
  activation.forEach((value, at) => {
    const moved = (by: number) => Float32Array.from(activation, (one, i) => (i === at ? value + by : one));
    const slope = (logitOf(moved(step)) - logitOf(moved(-step))) / (2 * step);
    weights[at % channels] = (weights[at % channels] ?? 0) + slope / (rows * columns);
  });
  return relativeToLargest(
    Float32Array.from({ length: rows * columns }, (_, place) =>
      weights.reduce((sum, weight, k) => sum + weight * (activation[place * channels + k] ?? 0), 0),
    ),
  );
}

describe.each([
  ['a trunk of the toy', () => createToyTrunk()],
  ['an imported graph', imported],
] as const)('%s', (_, make) => {
  test('has a map at every cut with places that agrees with differences of the logit', async () => {
    const network = make();
    const head = headOf(network);
    const cuts = heatCuts(network);
    expect(cuts.length).toBeGreaterThan(0);
    for (const { cut, rows, columns } of cuts) {
      for (const label of [0, 2]) {
        const { values, features } = await gradCam({ network, head, label, values: picture(), cut });
        const expected = tf.tidy(() => byDifferences(network, head, label, cut));
        expect(values).toHaveLength(rows * columns);
        // Float32 has no more to give: kinks and rounding.
        values.forEach((value, at) => expect(Math.abs(value - (expected[at] ?? NaN))).toBeLessThan(0.02));
        const whole = tf.tidy(() =>
          network
            .run(tf.tensor(Float32Array.from(picture()), [1, 8, 8, 3]), 0, network.blocks.length)
            .dataSync<'float32'>(),
        );
        features.forEach((value, at) => expect(value).toBeCloseTo(whole[at] ?? NaN, 4));
      }
    }
    network.dispose();
  });

  test('leaves no tensor', async () => {
    const network = make();
    const head = headOf(network);
    const cut = heatCuts(network).at(-1)?.cut ?? 0;
    await gradCam({ network, head, label: 1, values: picture(), cut });
    const { numTensors } = tf.memory();
    await gradCam({ network, head, label: 1, values: picture(), cut });
    expect(tf.memory().numTensors).toBe(numTensors);
    network.dispose();
  });
});

test('a cut without places is refused', async () => {
  const network = createToyTrunk();
  await expect(
    gradCam({ network, head: headOf(network), label: 0, values: picture(), cut: 2 }),
  ).rejects.toThrow(RangeError);
});
