import * as tf from '@tensorflow/tfjs-core';
import type { OpenTrunk, TrunkNetwork, WeightMap } from '../graph/trunk-network.ts';

/** Side of the toy's pictures, px. */
export const TOY_SIZE = 8;
const CHANNELS = [3, 6, 8] as const;

/**
 * A trunk of two blocks on 8 px pictures, each a dense layer over the channels of 2 x 2 pixels with ReLU. It obeys the
 * whole contract of {@link TrunkNetwork} with a handful of multiplications. Own weights: deterministic.
 */
export function createToyTrunk(weights: WeightMap = toyWeights()): TrunkNetwork {
  const tensors = new Map([...weights].map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]));
  const lookup = (name: string): tf.Tensor => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new Error(`The toy has no "${name}".`);
    return tensor;
  };
  const cutShape = (cut: number): readonly number[] => {
    const side = TOY_SIZE / 2 ** cut;
    return cut === 2 ? [CHANNELS[2]] : [side, side, CHANNELS[cut] ?? 0];
  };
  return {
    blocks: [0, 1].map((index) => ({
      index,
      name: `block.${index}`,
      kind: 'conv' as const,
      parameters: (CHANNELS[index] ?? 0) * 4 * (CHANNELS[index + 1] ?? 0) + (CHANNELS[index + 1] ?? 0),
      outputShape: cutShape(index + 1),
    })),
    input: { kind: 'pixels', size: TOY_SIZE },
    inputSize: TOY_SIZE,
    featureSize: CHANNELS[2],
    trainable: true,
    cutShape,
    run: (input, from, to) => tf.tidy(() => pass(input, from, to, lookup)),
    open: (cut) => openToy(cut, weights),
    openSize: (cut) =>
      openNames(cut, weights).reduce((sum, name) => sum + (weights.get(name)?.data.length ?? 0), 0),
    withWeights: (other) => createToyTrunk(new Map([...weights, ...other])),
    dispose: () => tf.dispose([...tensors.values()]),
  };
}

function pass(input: tf.Tensor, from: number, to: number, lookup: (name: string) => tf.Tensor): tf.Tensor {
  let value = from === 0 ? tf.sub(tf.div(input, 127.5), 1) : tf.clone(input);
  for (let block = from; block < to; block++) {
    const [batch = 0, side = 0, , channels = 0] = value.shape;
    const half = side / 2;
    const grid = tf.reshape(value, [batch, half, 2, half, 2 * channels]);
    const patches = tf.reshape(tf.transpose(grid, [0, 1, 3, 2, 4]), [batch * half * half, 4 * channels]);
    const dense = tf.add(
      tf.matMul(patches as tf.Tensor2D, lookup(`${block}/kernel`) as tf.Tensor2D),
      lookup(`${block}/bias`),
    );
    value = tf.reshape(tf.relu(dense), [batch, half, half, CHANNELS[block + 1] ?? 0]);
  }
  return to === 2 && value.shape.length === 4 ? tf.mean(value, [1, 2]) : value;
}

const openNames = (cut: number, weights: WeightMap): string[] =>
  [...weights.keys()].filter((name) => Number(name[0]) >= cut);

function openToy(cut: number, weights: WeightMap): OpenTrunk {
  const parameters = openNames(cut, weights).map((name) => {
    const value = weights.get(name);
    const variable = tf.tidy(() => tf.variable(tf.tensor(value?.data ?? [], [...(value?.shape ?? [])])));
    return { name, variable, decay: name.endsWith('kernel') };
  });
  const lookup = (name: string): tf.Tensor => {
    const found = parameters.find((one) => one.name === name);
    if (found === undefined) throw new Error(`The open toy has no "${name}".`);
    return found.variable;
  };
  return {
    cut,
    parameters,
    forward: (activation) => pass(activation, cut, 2, lookup),
    async weights() {
      const entries = parameters.map(async ({ name, variable }) => {
        const data = Float32Array.from(await variable.data<'float32'>());
        return [name, { shape: variable.shape, data }] as const;
      });
      return new Map(await Promise.all(entries));
    },
    restore(values) {
      for (const { name, variable } of parameters) {
        const value = values.get(name);
        if (value) tf.tidy(() => variable.assign(tf.tensor(value.data, [...value.shape])));
      }
    },
    dispose: () => tf.dispose(parameters.map(({ variable }) => variable)),
  };
}

function toyWeights(): WeightMap {
  const weights = new Map<string, { shape: number[]; data: Float32Array<ArrayBuffer> }>();
  for (const block of [0, 1]) {
    const shape = [4 * (CHANNELS[block] ?? 0), CHANNELS[block + 1] ?? 0];
    const size = (shape[0] ?? 0) * (shape[1] ?? 0);
    const data = Float32Array.from({ length: size }, (_, i) => 0.4 * Math.sin(1 + i * 2.7 + block));
    weights.set(`${block}/kernel`, { shape, data });
    weights.set(`${block}/bias`, { shape: [shape[1] ?? 0], data: new Float32Array(shape[1] ?? 0) });
  }
  return weights;
}
