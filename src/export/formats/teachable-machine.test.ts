import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ExportPrecision } from '../../core/export.ts';
import type { Graph, Node } from '../../graph/model/ir.ts';
import { exportedSketch, layeredClassifier, SKETCH_SIDE } from '../../testing/graphs/sketched-classifier.ts';
import { exportModel } from '../export-model.ts';
import { bytesOf, fileNamed } from '../format.ts';
import { LAYER_FORMS } from '../layers/rules.ts';
import { pattern } from '../test-vectors.ts';
import { createAnswer } from '../verify.ts';
import { teachableMachineFormat } from './teachable-machine.ts';

beforeAll(() => tf.setBackend('cpu'));

/** The files as the library of Teachable Machine opens them: `tf.loadLayersModel`. */
async function opened(precision: ExportPrecision) {
  const files = await teachableMachineFormat.write(exportedSketch(layeredClassifier()), precision);
  const json = async (name: string) =>
    JSON.parse(new TextDecoder().decode(await bytesOf(fileNamed(files, name)))) as never;
  const {
    modelTopology,
    weightsManifest,
  }: { modelTopology: object; weightsManifest: { weights: never[] }[] } = await json('model.json');
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const { buffer: weightData } = await bytesOf(fileNamed(files, 'weights.bin'));
  const load = () => Promise.resolve({ modelTopology, weightSpecs, weightData });
  return {
    model: await loadLayersModel({ load }),
    metadata: (await json('metadata.json')) as object,
    weightData,
  };
}

/** With one more step in front. */
function withStep(step: Omit<Node, 'name' | 'outputs'>): Graph {
  const graph = layeredClassifier();
  return { ...graph, nodes: [{ ...step, name: 'odd step', outputs: ['odd'] }, ...graph.nodes] };
}

describe('teachableMachineFormat', () => {
  it('has every layer form in the network of this test', () => {
    const ops = new Set(layeredClassifier().nodes.map(({ op }) => op));
    expect([...LAYER_FORMS.keys()].filter((op) => !ops.has(op))).toEqual([]);
  });

  /** Oracle: TensorFlow.js 4.22 layers on its own CPU back-end, on pixels as the library of Teachable Machine has them. */
  it.each([
    ['float32', 1e-5],
    ['float16', 5e-3],
  ] as const)('answers in TensorFlow.js layers as here, in %s', async (precision, tolerance) => {
    const { model } = await opened(precision);
    expect(model.inputs[0]?.shape).toEqual([null, SKETCH_SIDE, SKETCH_SIDE, 3]);
    const { answer, dispose } = createAnswer(layeredClassifier(), SKETCH_SIDE);
    for (const k of [0, 7, 12]) {
      const pixels = pattern(k, SKETCH_SIDE);
      const given = tf.sub(tf.div(tf.tensor4d(pixels, [1, SKETCH_SIDE, SKETCH_SIDE, 3]), 127), 1);
      const found = (model.predict(given) as tf.Tensor).dataSync<'float32'>();
      const own = await answer(pixels);
      expect(Math.max(...own)).toBeLessThan(0.999);
      own.forEach((value, c) => expect(Math.abs(value - (found[c] ?? NaN))).toBeLessThan(tolerance));
    }
    dispose();
  });

  it('has the labels and the size of pictures where the library looks for them', async () => {
    const { metadata } = await opened('float32');
    expect(metadata).toMatchObject({
      packageName: '@teachablemachine/image',
      labels: ['cat', '狗', 'a "fish"'],
      imageSize: SKETCH_SIDE,
      modelName: 'Pets',
    });
  });

  it.each<[string, Graph]>([
    ['Einsum', withStep({ op: 'Einsum', inputs: ['pixels'], attributes: {} })],
    ['Relu', withStep({ op: 'Relu', inputs: ['pixels'], attributes: { activation: 'relu' } })],
    ['Conv', withStep({ op: 'Conv', inputs: ['pixels', 'w1'], attributes: { auto_pad: 'SAME_LOWER' } })],
    ['Clip', withStep({ op: 'Clip', inputs: ['pixels', 'one'], attributes: {} })],
    ['Sub', withStep({ op: 'Sub', inputs: ['one', 'scale'], attributes: {} })],
  ])('refuses %s without a layer for it, before anything is computed', async (op, graph) => {
    const asked = () => Promise.reject(new Error('It was asked.'));
    const { signal } = new AbortController();
    const options = {
      format: 'teachableMachine',
      precision: 'float32',
      card: '',
      pictures: [],
      signal,
    } as const;
    await expect(exportModel(exportedSketch(graph), asked, options)).rejects.toMatchObject({
      code: 'export-operation',
      detail: { op, node: 'odd step', format: 'Teachable Machine' },
    });
  });
});
