/** @file An export is opened again and must answer as the model that it was made from. */
import * as tf from '@tensorflow/tfjs-core';
import type { ExportCheck, ExportPrecision } from '../core/export.ts';
import type { Graph } from '../graph/model/ir.ts';
import type { Value } from '../graph/ops/value.ts';
import { GraphExecutor } from '../graph/run/executor.ts';
import { disposeValue } from '../graph/run/values.ts';

/** Probabilities of one picture. Shape of `pixels`: `[side, side, 3]`. */
export type Answer = (pixels: Float32Array) => Promise<Float32Array>;

/**
 * What a probability may be off by. Float32: only the order of additions differs. Float16: every weight moved by up to
 * one part in 2048.
 */
export const TOLERANCE: Record<ExportPrecision, number> = { float32: 1e-4, float16: 0.03 };

/** A whole classifier that answers; `dispose` frees it. */
export function createAnswer(
  graph: Graph,
  side: number,
): { readonly answer: Answer; readonly dispose: () => void } {
  const executor = new GraphExecutor(graph);
  const [input] = graph.inputs;
  const [output] = graph.outputs;
  if (input === undefined || output === undefined)
    throw new RangeError('A classifier has an input and an output.');
  const answer: Answer = async (pixels) => {
    const tensor = tf.tensor4d(pixels, [1, side, side, 3]);
    const feeds = new Map<string, Value>([[input.name, { kind: 'tensor', dtype: 'float32', tensor }]]);
    try {
      const result = (await executor.runAsync({ feeds })).get(output);
      if (result?.kind !== 'tensor') throw new RangeError('A classifier gives a tensor.');
      const values = Float32Array.from(await result.tensor.data());
      disposeValue(result);
      return values;
    } finally {
      tensor.dispose();
    }
  };
  return { answer, dispose: () => executor.dispose() };
}

/** Compares answers one by one. An answer that is no number agrees with nothing. */
export function compareAnswers(
  expected: readonly ArrayLike<number>[],
  found: readonly ArrayLike<number>[],
  tolerance: number,
): ExportCheck {
  let agreeing = 0;
  let largest = 0;
  expected.forEach((one, row) => {
    const other = found[row];
    let worst = other?.length === one.length ? 0 : Infinity;
    for (let c = 0; c < one.length; c++) {
      const difference = Math.abs((one[c] ?? NaN) - (other?.[c] ?? NaN));
      worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
    }
    if (worst <= tolerance) agreeing++;
    largest = Math.max(largest, worst);
  });
  return { checked: expected.length, agreeing, largestDifference: largest };
}
