/**
 * @file One step of each pack agrees across back-ends, and many leave nothing behind. Whole networks, but on small pictures:
 * software graphics processors take minutes for large ones. A real one (`CHROMIUM_GPU=1`) takes those.
 */
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { BackendName } from '../core/device.ts';
import { inputShape } from '../core/trunk-input.ts';
import type { OpenTrunk, TrunkNetwork } from '../graph/trunk-network.ts';
import { openBackend } from '../runtime/backends.ts';
import { bundledPack, preparedPack } from '../testing/prepared-pack.ts';
import { referencePictures } from '../testing/reference-pictures.ts';
import { trunkOfPack } from './pack-graph.ts';

interface Sample {
  readonly shape: number[];
  readonly values: Float32Array;
}

/** What a step comes to. */
interface Step {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

async function open(backend: BackendName) {
  expect(await openBackend(backend)).toMatchObject({ status: 'open' });
}

/** The loss of one batch and its gradients by the name of the parameter; the caller disposes all. */
function step(opened: OpenTrunk, activation: tf.Tensor) {
  const { value, grads } = tf.variableGrads(
    () => tf.mean(tf.square(tf.sub(opened.forward(activation, { batchNorm: 'frozen' }), 0.3))),
    opened.parameters.map(({ variable }) => variable),
  );
  const gradients = opened.parameters.map(({ name, variable }) => [name, grads[variable.name]!] as const);
  return { loss: value, gradients: new Map(gradients) };
}

/** Takes a step on the active back-end. Leaves no tensor. */
async function stepOf(trunk: TrunkNetwork, { shape, values }: Sample): Promise<Step> {
  const before = tf.memory().numTensors;
  const opened = trunk.open(0);
  const activation = tf.tensor(values, shape);
  const { loss, gradients } = step(opened, activation);
  const read = new Map<string, Float32Array>();
  for (const [name, tensor] of gradients) read.set(name, await tensor.data<'float32'>());
  const [value] = await loss.data<'float32'>();
  tf.dispose([activation, loss, ...gradients.values()]);
  opened.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return { loss: value!, gradients: read };
}

const largest = (values: Iterable<number>) => Math.max(...Array.from(values, Math.abs));

/** Largest absolute value of an array of any length. */
const peak = (values: Float32Array) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

/** Bytes of the whole heap of the WASM back-end, which never shrinks. */
function heapSize(): number {
  const backend = tf.backend() as unknown as { readonly wasm: { readonly HEAPU8: Uint8Array } };
  return backend.wasm.HEAPU8.byteLength;
}

function expectSameStep(actual: Step, expected: Step): void {
  expect(Math.abs(actual.loss / expected.loss - 1)).toBeLessThan(1e-3);
  expect(expected.gradients.size).toBeGreaterThan(4);
  expect([...actual.gradients.keys()]).toEqual([...expected.gradients.keys()]);
  const scale = largest([...expected.gradients.values()].map(peak));
  expect(scale).toBeGreaterThan(0);
  for (const [name, gradient] of expected.gradients) {
    const differences = gradient.map((x, i) => x - actual.gradients.get(name)![i]!);
    // A gradient that is next to nothing beside the others carries their rounding.
    expect(peak(differences) / Math.max(peak(gradient), 0.01 * scale), name).toBeLessThan(1e-3);
  }
}

/**
 * Noise: a drawn picture has many equal numbers in a window, or just at the bend of a rectifier, and there the rounding
 * of a back-end decides which way a gradient goes.
 */
function noise(shape: number[], greatest: number): tf.Tensor {
  return tf.randomUniform(shape, 0, greatest, 'float32', 5);
}

const REAL_GPU = import.meta.env.VITE_REAL_GPU === '1';
const PICTURES = REAL_GPU ? [4, 224, 224, 3] : [1, 64, 64, 3];
/** Whose step is right: for large pictures the CPU takes minutes too. */
const REFERENCE: BackendName = REAL_GPU ? 'wasm' : 'cpu';

test.for<[string, (trunk: TrunkNetwork) => tf.Tensor]>([
  ['mobilenet-v3-small', () => noise(PICTURES, 255)],
  ['mobilenet-v2-coco', () => noise(PICTURES, 255)],
  ['efficientnet-lite0', () => noise(PICTURES, 255)],
  // In the range of a mel spectrum.
  ['speech-embedding', ({ input }) => noise([1, ...inputShape(input)], 4)],
])(
  '%s as a whole: one step is the same on every back-end',
  { timeout: 300_000 },
  async ([id, sampleOf], context) => {
    await open(REFERENCE);
    const trunk = await trunkOfPack(await preparedPack(id, context));
    const sample = sampleOf(trunk);
    const given = { shape: sample.shape, values: await sample.data<'float32'>() };
    sample.dispose();
    const expected = await stepOf(trunk, given);
    for (const backend of ['wasm', 'webgl', 'webgpu'] as const) {
      await open(backend);
      expectSameStep(await stepOf(trunk, given), expected);
    }
    trunk.dispose();
  },
);

// Of both networks the last inverted residual with depthwise convolution, and the convolution before the pooling.
test.each([
  ['mobilenet-v3-small', 2, 2],
  ['mobilenet-v2-coco', 2, 1],
])(
  '%s, its last %i blocks open, batch %i: many steps on WASM leave tensors, buffers and the heap as they were',
  async (id, blocks, batch) => {
    await open('wasm');
    const trunk = await trunkOfPack(await bundledPack(id));
    const cut = trunk.blocks.length - blocks;
    const pictures = referencePictures(batch);
    const input = trunk.run(pictures, 0, cut);
    pictures.dispose();
    const before = tf.memory();
    const opened = trunk.open(cut);
    const sizes: { tensors: number; buffers: number; bytes: number; heap: number }[] = [];
    for (let i = 0; i < 40; i++) {
      const { loss, gradients } = step(opened, input);
      tf.tidy(() => {
        for (const { name, variable } of opened.parameters)
          variable.assign(tf.sub(variable, tf.mul(gradients.get(name)!, 1e-3)));
      });
      tf.dispose([loss, ...gradients.values()]);
      const { numTensors, numDataBuffers, numBytes } = tf.memory();
      sizes.push({ tensors: numTensors, buffers: numDataBuffers, bytes: numBytes, heap: heapSize() });
    }
    // The first steps upload constants, and free what fits no later request until the heap has stretched once.
    for (const later of sizes.slice(10)) expect(later).toEqual(sizes[9]);
    opened.dispose();
    const { numTensors, numDataBuffers } = before;
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
    input.dispose();
    trunk.dispose();
  },
);
