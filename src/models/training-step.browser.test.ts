/**
 * @file One step of each image pack agrees across back-ends, and many leave nothing behind. The last blocks only: what
 * lies below them is computed once, on WASM, and software graphics processors take minutes for a whole network. A real
 * one (`CHROMIUM_GPU=1`) takes the whole.
 */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BackendName } from '../core/device.ts';
import type { OpenTrunk, TrunkNetwork } from '../graph/trunk-network.ts';
import { openBackend } from '../runtime/backends.ts';
import { referencePictures } from '../testing/reference-pictures.ts';
import { trunkOfPack } from './pack-graph.ts';
import { loadPack } from './pack.ts';
import { siteRoot } from './site-root.ts';

interface Activation {
  readonly shape: number[];
  readonly values: Float32Array;
}

async function open(backend: BackendName) {
  expect(await openBackend(backend)).toMatchObject({ status: 'open' });
}

async function load(id: string): Promise<TrunkNetwork> {
  const folder = new URL(`backbones/${id}/`, siteRoot());
  return trunkOfPack(await loadPack(folder, { signal: AbortSignal.timeout(30_000) }));
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
async function stepOf(trunk: TrunkNetwork, cut: number, { shape, values }: Activation) {
  const before = tf.memory().numTensors;
  const opened = trunk.open(cut);
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

/** Name, blocks from the end, batch, and whose step is the reference. */
type Row = readonly [id: string, blocks: number, batch: number, reference: BackendName];

// The last inverted residual with depthwise convolution, and the convolution before the pooling.
const LAST_BLOCKS: readonly Row[] = [
  ['mobilenet-v3-small', 2, 2, 'cpu'],
  ['mobilenet-v2-coco', 2, 1, 'cpu'],
];
const WHOLE: readonly Row[] = [
  ['mobilenet-v3-small', Infinity, 4, 'wasm'],
  ['mobilenet-v2-coco', Infinity, 4, 'wasm'],
];

describe.each([...LAST_BLOCKS, ...(import.meta.env.VITE_REAL_GPU === '1' ? WHOLE : [])])(
  '%s, its last %d blocks open, batch %i, beside %s',
  (id, blocks, batch, reference) => {
    let trunk: TrunkNetwork;
    let cut = 0;
    let activation: Activation;
    let expected: Awaited<ReturnType<typeof stepOf>>;

    beforeAll(async () => {
      await open('wasm');
      trunk = await load(id);
      cut = Math.max(0, trunk.blocks.length - blocks);
      const pictures = referencePictures(batch);
      const below = trunk.run(pictures, 0, cut);
      activation = { shape: below.shape, values: await below.data<'float32'>() };
      tf.dispose([pictures, below]);
      trunk.dispose();
      await open(reference);
      expected = await stepOf(trunk, cut, activation);
    }, 60_000);

    afterAll(() => trunk.dispose());

    test.each<BackendName>(['wasm', 'webgl', 'webgpu'])(
      'one step on %s is that of the reference',
      async (backend) => {
        await open(backend);
        const actual = await stepOf(trunk, cut, activation);
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
      },
    );

    test('many steps on WASM leave tensors, buffers and the heap as they were', async () => {
      await open('wasm');
      const before = tf.memory();
      const opened = trunk.open(cut);
      const input = tf.tensor(activation.values, activation.shape);
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
      input.dispose();
      opened.dispose();
      const { numTensors, numDataBuffers } = before;
      expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
    });
  },
);
