/** @file Small graph models for tests against the converter of TensorFlow.js. */
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Graph } from '../graph/model/ir.ts';
import type { TensorValue, Value } from '../graph/ops/value.ts';
import { upload } from '../graph/ops/value.ts';
import { GraphExecutor } from '../graph/run/executor.ts';
import { importGraphModel } from '../graph/tfjs/import-graph-model.ts';
import { model, type NodeRow, rng, type Weight } from './graph-model-maker.ts';

const tensorOf = (value: Value | undefined): tf.Tensor =>
  value?.kind === 'host' ? upload(value) : (value as TensorValue).tensor;

function run(graph: Graph, x: tf.Tensor): tf.Tensor[] {
  const results = new GraphExecutor(graph).run({
    feeds: new Map([['x', { kind: 'tensor', dtype: 'float32', tensor: x }]]),
  });
  return graph.outputs.map((name) => tensorOf(results.get(name)));
}

/** Same shape; values within 1e-4 of the greatest. */
export function expectSame(ours: tf.Tensor, theirs: tf.Tensor): void {
  expect(ours.shape).toEqual(theirs.shape);
  const [a, b] = [ours.dataSync(), theirs.dataSync()];
  const scale = Math.max(1e-3, ...Array.from(b, Math.abs));
  b.forEach((value, i) => expect(Math.abs((a[i] as number) - value)).toBeLessThanOrEqual(1e-4 * scale));
}

/** Runs a model here and in the converter on the same random input. */
export function expectAgreement(
  shape: number[],
  rows: readonly NodeRow[],
  weights: readonly Weight[],
  outputs: string[],
) {
  const { json, bytes, specs } = model(shape, rows, weights);
  const theirs = loadGraphModelSync(
    tf.io.fromMemorySync({
      modelTopology: json.modelTopology,
      weightSpecs: specs,
      weightData: bytes.slice().buffer,
    }),
  );
  const x = tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.next() * 4 - 2),
    shape,
  );
  const expected = theirs.execute({ x }, outputs);
  const graph = importGraphModel(JSON.parse(JSON.stringify(json)), bytes, { outputs });
  const got = run(graph, x);
  [expected].flat().forEach((tensor, i) => expectSame(got[i] as tf.Tensor, tensor));
  return graph;
}
