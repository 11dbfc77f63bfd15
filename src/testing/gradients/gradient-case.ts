/**
 * @file One operation with small inputs, its gradients by the executor and by finite differences. Inputs keep away from
 * kinks and ties: their values are evenly spaced, in a shuffled order.
 */
import * as tf from '@tensorflow/tfjs-core';
import { createRng, shuffled } from '../../core/rng.ts';
import type { Attributes, DataType, Graph } from '../../graph/model/ir.ts';
import { sizeOf } from '../../graph/model/tensor-data.ts';
import { hostValue, type HostValue, tensorsIn, upload, type Value } from '../../graph/ops/value.ts';
import { GraphExecutor } from '../../graph/run/executor.ts';
import { disposeValue } from '../../graph/run/values.ts';

/** An input: floats that get a gradient, or something fixed (indices, sizes, a mask). */
export type CaseInput =
  | { readonly kind: 'floats'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly kind: 'fixed'; readonly value: HostValue; readonly onHost: boolean }
  | { readonly kind: 'items'; readonly items: readonly CaseInput[] };

export interface GradientCase {
  readonly op: string;
  /** What is special about it, for the name of the test. */
  readonly about?: string;
  readonly inputs: readonly (CaseInput | null)[];
  readonly attributes?: Attributes;
  /** Number of outputs; those that are floats are summed with weights. Default: 1. */
  readonly outputs?: number;
  readonly training?: boolean;
  /** Inputs from this one on are read by bodies among the attributes, under the names `x0`, `x1` and so on. */
  readonly capturedFrom?: number;
}

/** Name of a case among others. */
export function nameOf({ op, about }: GradientCase): string {
  return about === undefined ? op : `${op}, ${about}`;
}

/** Floats between two bounds, all different. */
export function floats(shape: readonly number[], low = -1, high = 1, seed = 1): CaseInput {
  const count = sizeOf(shape);
  const order = shuffled(
    Array.from({ length: count }, (_, i) => i),
    createRng(seed),
  );
  // Off the middle of each step, so that an odd number of values does not meet zero.
  const data = Float32Array.from(order, (i) => low + ((high - low) * (i + 0.37)) / count);
  return { kind: 'floats', shape, data };
}

/** Numbers without a gradient, on the back-end. */
export function fixed(
  data: readonly number[],
  shape: readonly number[],
  dtype: DataType = 'int64',
): CaseInput {
  return { kind: 'fixed', value: hostValue(data, shape, dtype), onHost: false };
}

/** Numbers without a gradient that stay on the host: shapes, axes, sizes. */
export function host(
  data: readonly number[],
  shape: readonly number[] = [data.length],
  dtype: DataType = 'int64',
) {
  return { kind: 'fixed', value: hostValue(data, shape, dtype), onHost: true } as const;
}

/** A sequence. */
export function items(...list: readonly CaseInput[]): CaseInput {
  return { kind: 'items', items: list };
}

/** Gradients of one input: those of all its elements. */
export interface InputGradient {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const input = (index: number) => `x${index}`;

function graphOf({
  op,
  inputs,
  attributes = {},
  outputs = 1,
  capturedFrom = inputs.length,
}: GradientCase): Graph {
  const given = inputs.map((value, i) => (value === null ? null : input(i)));
  const names = Array.from({ length: outputs }, (_, i) => `y${i}`);
  return {
    inputs: given.flatMap((name) => (name === null ? [] : [{ name, dtype: 'float32', shape: null }])),
    outputs: names,
    nodes: [
      {
        name: op,
        op,
        inputs: given.slice(0, capturedFrom),
        outputs: names,
        attributes,
        captures: given.slice(capturedFrom).filter((name) => name !== null),
      },
    ],
    parameters: new Map(),
  };
}

function variablesIn(given: CaseInput | null): Extract<CaseInput, { kind: 'floats' }>[] {
  if (given === null || given.kind === 'fixed') return [];
  return given.kind === 'floats' ? [given] : given.items.flatMap(variablesIn);
}

/** All inputs of a case that get a gradient. */
export function variablesOf(gradientCase: GradientCase) {
  return gradientCase.inputs.flatMap(variablesIn);
}

/** The value of an input; `next` gives the tensors of its floats one after the other. */
function valueOf(given: CaseInput, next: () => tf.Tensor): Value {
  if (given.kind === 'items')
    return { kind: 'sequence', items: given.items.map((item) => valueOf(item, next)) };
  if (given.kind === 'floats') return { kind: 'tensor', dtype: 'float32', tensor: next() };
  if (given.onHost) return given.value;
  return { kind: 'tensor', dtype: given.value.dtype, tensor: upload(given.value) };
}

/** Weights of the sum that is differentiated: no two elements of a result count alike. */
function weight(i: number): number {
  return Math.sin(1.7 * i + 0.6);
}

/** Runs the case for given floats; the results that are floats. Call it inside a tidy scope. */
function runCase(
  gradientCase: GradientCase,
  executor: GraphExecutor,
  tensors: readonly tf.Tensor[],
): tf.Tensor[] {
  let at = 0;
  const feeds = new Map<string, Value>();
  gradientCase.inputs.forEach((given, i) => {
    if (given !== null)
      feeds.set(
        input(i),
        valueOf(given, () => tensors[at++] as tf.Tensor),
      );
  });
  const random = createRng(5);
  const results = executor.run({
    feeds,
    training: gradientCase.training ?? false,
    random: () => random.next(),
  });
  return [...results.values()].flatMap(tensorsIn).filter(({ dtype }) => dtype === 'float32');
}

function tensorsOf(data: readonly { readonly shape: readonly number[]; readonly data: Float32Array }[]) {
  return data.map(({ shape, data: values }) => tf.tensor(values, [...shape], 'float32'));
}

/** Gradients of the weighted sum of the results on the active back-end. Leaves no tensor. */
export async function analyticGradients(gradientCase: GradientCase): Promise<Float32Array[]> {
  const executor = new GraphExecutor(graphOf(gradientCase));
  const gradients = tf.tidy(() =>
    tf.grads((...tensors: tf.Tensor[]) => {
      const sums = runCase(gradientCase, executor, tensors).map((result) => {
        const weights = Float32Array.from({ length: result.size }, (_, i) => weight(i));
        return tf.sum(tf.mul(tf.reshape(result, [-1]), tf.tensor1d(weights)));
      });
      return tf.addN(sums);
    })(tensorsOf(variablesOf(gradientCase))),
  );
  executor.dispose();
  const values = await Promise.all(gradients.map(async (tensor) => Float32Array.from(await tensor.data())));
  tf.dispose(gradients);
  return values;
}

/** The weighted sum, added up in double precision. */
function lossOf(
  gradientCase: GradientCase,
  data: readonly { shape: readonly number[]; data: Float32Array }[],
): number {
  const executor = new GraphExecutor(graphOf(gradientCase));
  const loss = tf.tidy(() =>
    runCase(gradientCase, executor, tensorsOf(data)).reduce(
      (sum, result) => sum + result.dataSync<'float32'>().reduce((own, y, i) => own + y * weight(i), 0),
      0,
    ),
  );
  executor.dispose();
  return loss;
}

/** Change of the loss along a direction in one input, by central differences of two steps (Richardson's extrapolation). */
function slope(gradientCase: GradientCase, index: number, direction: Float32Array): number {
  const data = variablesOf(gradientCase);
  const at = (step: number) =>
    lossOf(
      gradientCase,
      data.map((own, i) =>
        i === index ? { ...own, data: own.data.map((x, k) => x + step * (direction[k] as number)) } : own,
      ),
    );
  const central = (step: number) => (at(step) - at(-step)) / (2 * step);
  return (4 * central(STEP / 2) - central(STEP)) / 3;
}

const STEP = 8e-3;

/** Directions in which an input is probed: some of its elements, and all of them at once. */
export interface Probe {
  readonly direction: Float32Array;
  readonly slope: number;
}

const MOST_ELEMENTS = 6;

/** What finite differences on the active back-end (the CPU) say about each input. */
export function finiteDifferences(gradientCase: GradientCase): readonly (readonly Probe[])[] {
  return variablesOf(gradientCase).map(({ data }, index) => {
    const count = Math.min(MOST_ELEMENTS, data.length);
    const directions = Array.from({ length: count }, (_, k) => {
      const direction = new Float32Array(data.length);
      direction[Math.floor((k * data.length) / count)] = 1;
      return direction;
    });
    directions.push(Float32Array.from(data, (_, i) => Math.cos(2.3 * i + 0.4)));
    return directions.map((direction) => ({ direction, slope: slope(gradientCase, index, direction) }));
  });
}

/** Runs a case forward many times. For looking at leaks. */
export function runOften(gradientCase: GradientCase, times: number): void {
  const executor = new GraphExecutor(graphOf(gradientCase));
  const tensors = tensorsOf(variablesOf(gradientCase));
  const feeds = new Map<string, Value>();
  let at = 0;
  gradientCase.inputs.forEach((given, i) => {
    if (given !== null)
      feeds.set(
        input(i),
        valueOf(given, () => tensors[at++] as tf.Tensor),
      );
  });
  for (let i = 0; i < times; i++) {
    const results = executor.run({ feeds, training: gradientCase.training ?? false });
    for (const value of results.values()) disposeValue(value);
  }
  for (const value of feeds.values()) disposeValue(value);
  executor.dispose();
}
