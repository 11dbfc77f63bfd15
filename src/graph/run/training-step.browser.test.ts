import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { BackendName } from '../../core/device.ts';
import { openBackend } from '../../runtime/backends.ts';
import { GraphMaker } from '../../testing/graphs/graph-maker.ts';
import { TOY_BERT, toyBertBag } from '../../testing/toy-bert.ts';
import { bertEncoder } from '../builders/bert.ts';
import { type Graph, isTrainable } from '../model/ir.ts';
import { toComputeValues } from '../model/tensor-data.ts';
import { hostFromData, hostValue, upload, type Value } from '../ops/value.ts';
import { GraphExecutor } from './executor.ts';

interface Net {
  readonly graph: Graph;
  readonly output: string;
  /** Made on the active back-end. */
  readonly feeds: () => Map<string, Value>;
}

function bert(): Net {
  const ids = (values: number[]): Value => {
    const value = hostValue(values, [2, 4], 'int64');
    return { kind: 'tensor', dtype: 'int64', tensor: upload(value) };
  };
  return {
    graph: bertEncoder(toyBertBag(), TOY_BERT),
    output: 'sentence_embedding',
    feeds: () =>
      new Map([
        ['input_ids', ids([3, 7, 7, 1, 0, 10, 2, 2])],
        ['attention_mask', ids([1, 1, 1, 1, 1, 1, 0, 0])],
        ['token_type_ids', ids([0, 0, 1, 1, 0, 0, 0, 0])],
      ]),
  };
}

/** A convolution with batch statistics, a depthwise one, pooling and a layer of classes. */
function convolutional(): Net {
  const maker = new GraphMaker(7);
  const x = maker.input([3, 7, 7, 3]);
  const same = { pads: [1, 1, 1, 1] };
  const stem = maker.node('Conv', [x, maker.constant([3, 3, 3, 8])], [3, 4, 4, 8], 30, {
    ...same,
    strides: [2, 2],
  });
  const statistics = [
    maker.constant([8], 0, 0, 'running-mean'),
    maker.constant([8], 1, 1, 'running-variance'),
  ];
  const gamma = maker.constant([8], 0.5, 1.5, 'gamma');
  const beta = maker.constant([8], -0.5, 0.5, 'beta');
  const norm = maker.node('BatchNormalization', [stem, gamma, beta, ...statistics], stem.shape, 4, {
    training_mode: 1,
  });
  const active = maker.node('HardSwish', [norm], norm.shape, 4);
  const kernel = maker.constant([3, 3, 1, 8]);
  const deep = maker.node('Conv', [active, kernel, maker.constant([8])], norm.shape, 30, {
    ...same,
    group: 8,
  });
  const bent = maker.node('Gelu', [deep], deep.shape, 30);
  const pooled = maker.node('GlobalAveragePool', [bent], [3, 1, 1, 8], 30);
  const flat = maker.node('Flatten', [pooled], [3, 8], 30);
  const y = maker.node('Gemm', [flat, maker.constant([8, 4]), maker.constant([4])], [3, 4], 90);
  const { graph, data } = maker.finish();
  return {
    graph,
    output: y.name,
    feeds: () =>
      new Map(
        [...data].map(([name, tensor]) => [
          name,
          { kind: 'tensor', dtype: 'float32', tensor: upload(hostFromData(tensor)) },
        ]),
      ),
  };
}

/** Steps of plain gradient descent on the active back-end; how every weight has changed. */
async function train({ graph, output, feeds }: Net, steps: number, watch: () => void = () => undefined) {
  const executor = new GraphExecutor(graph);
  const given = feeds();
  const variables = new Map(
    [...graph.parameters.values()].filter(isTrainable).map((parameter) => {
      const values = toComputeValues(parameter).slice();
      return [
        parameter.name,
        tf.tidy(() => tf.variable(tf.tensor(values, [...parameter.shape], 'float32'))),
      ] as const;
    }),
  );
  for (let step = 0; step < steps; step++) {
    const { value, grads } = tf.variableGrads(() => {
      const results = executor.run({
        feeds: given,
        outputs: [output],
        parameters: (name) => variables.get(name),
      });
      const result = results.get(output);
      if (result?.kind !== 'tensor') throw new Error('expected a tensor');
      return tf.mean(tf.square(tf.sub(result.tensor, 0.3)));
    }, [...variables.values()]);
    tf.tidy(() => {
      for (const variable of variables.values())
        variable.assign(tf.sub(variable, tf.mul(grads[variable.name]!, 0.05)));
    });
    tf.dispose([value, ...Object.values(grads)]);
    watch();
  }
  const changes = new Map<string, Float32Array>();
  for (const [name, variable] of variables) {
    const start = toComputeValues(graph.parameters.get(name)!);
    const end = await variable.data<'float32'>();
    changes.set(
      name,
      end.map((x, i) => x - start[i]!),
    );
    variable.dispose();
  }
  executor.dispose();
  for (const value of given.values()) if (value.kind === 'tensor') value.tensor.dispose();
  return changes;
}

async function open(backend: BackendName) {
  expect(await openBackend(backend)).toMatchObject({ status: 'open' });
}

function hostMemory({ numTensors, numBytes, numDataBuffers }: tf.MemoryInfo) {
  return { numTensors, numBytes, numDataBuffers };
}

/** Bytes on the graphics processor, in use or in use again later; zero on other back-ends. WebGL and WebGPU name them apart. */
function mostOnGpu(seen: readonly tf.MemoryInfo[]): number {
  const bytes = seen.map((memory) => {
    const { numBytesInGPUAllocated = 0, numBytesAllocatedInGPU = 0 } = memory as unknown as Record<
      string,
      number
    >;
    return Math.max(numBytesInGPUAllocated, numBytesAllocatedInGPU);
  });
  return Math.max(...bytes);
}

const largest = (values: Iterable<number>) => Math.max(...[...values].map(Math.abs));

describe.each([
  ['a small BERT', bert()],
  ['a small convolutional network', convolutional()],
] as const)('%s', (name, net) => {
  test.each<BackendName>(['wasm', 'webgl', 'webgpu'])(
    'makes the same step on %s as on the CPU',
    async (backend) => {
      await open('cpu');
      const expected = await train(net, 1);
      await open(backend);
      const actual = await train(net, 1);
      const scale = largest([...expected.values()].map(largest));
      expect(scale).toBeGreaterThan(1e-3);
      for (const [name, change] of expected) {
        const differences = change.map((value, i) => value - actual.get(name)![i]!);
        expect(largest(differences) / Math.max(largest(change), 0.01 * scale), name).toBeLessThan(1e-3);
      }
    },
  );

  test.each<BackendName>(['cpu', 'wasm', 'webgl', 'webgpu'])(
    'leaves nothing in memory on %s after many steps',
    { timeout: 120_000 },
    async (backend) => {
      await open(backend);
      // In software one of these steps takes long; what waits to be freed comes and goes in about 15 steps.
      const isSlow = backend === 'webgpu' && name === 'a small BERT' && import.meta.env.VITE_REAL_GPU !== '1';
      const steps = isSlow ? 40 : 100;
      const before = tf.memory().numTensors;
      const seen: tf.MemoryInfo[] = [];
      await train(net, steps, () => seen.push(tf.memory()));
      for (const later of seen.slice(10)) expect(hostMemory(later)).toEqual(hostMemory(seen[9]!));
      // Graphics processors free what waits for its turn, so a step may have more than the one before; and keep it for later.
      const middle = steps / 2;
      if (backend.startsWith('webg')) expect(mostOnGpu(seen)).toBeGreaterThan(0);
      expect(mostOnGpu(seen.slice(middle))).toBeLessThanOrEqual(mostOnGpu(seen.slice(0, middle)));
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});
