/** @file The functions that LSTM, GRU and RNN name by texts: https://onnx.ai/onnx/operators/onnx__LSTM.html. */
import * as tf from '@tensorflow/tfjs-core';
import type { Node } from '../model/ir.ts';
import { hardSigmoid } from './activation.ts';
import type { OpCall } from './call.ts';
import { elu, thresholdedRelu } from './elementwise.ts';

export type Activation = (x: tf.Tensor) => tf.Tensor;

/** A function by its numbers, and what they are where the file gives none. */
interface ActivationKind {
  readonly alpha?: number;
  readonly beta?: number;
  readonly make: (alpha: number, beta: number) => Activation;
}

const plain = (f: Activation): ActivationKind => ({ make: () => f });

/** A map, since names come from files. */
const ACTIVATIONS: ReadonlyMap<string, ActivationKind> = new Map<string, ActivationKind>([
  ['sigmoid', plain((x) => tf.sigmoid(x))],
  ['tanh', plain((x) => tf.tanh(x))],
  ['relu', plain((x) => tf.relu(x))],
  ['softsign', plain((x) => tf.div(x, tf.add(tf.abs(x), 1)))],
  ['softplus', plain((x) => tf.softplus(x))],
  ['affine', { alpha: 1, beta: 0, make: (alpha, beta) => (x) => tf.add(tf.mul(x, alpha), beta) }],
  ['leakyrelu', { alpha: 0.01, make: (alpha) => (x) => tf.leakyRelu(x, alpha) }],
  ['elu', { alpha: 1, make: (alpha) => (x) => elu(x, alpha) }],
  ['thresholdedrelu', { alpha: 1, make: (alpha) => (x) => thresholdedRelu(x, alpha) }],
  [
    'scaledtanh',
    { alpha: 1, beta: 1, make: (alpha, beta) => (x) => tf.mul(tf.tanh(tf.mul(x, beta)), alpha) },
  ],
  ['hardsigmoid', { alpha: 0.2, beta: 0.5, make: (alpha, beta) => (x) => hardSigmoid(x, alpha, beta) }],
]);

/**
 * Activations of one direction. The numbers of a node are lists without gaps: each function of any direction that takes a
 * number takes the next one.
 */
export function activationsOf(call: OpCall, direction: number, defaults: readonly string[]): Activation[] {
  const given = call.texts('activations');
  const names = given.length > 0 ? given : [...defaults, ...defaults];
  const [alphas, betas] = ['activation_alpha', 'activation_beta'].map((name) => [...(call.ints(name) ?? [])]);
  const all = names.map((name) => {
    const { alpha, beta, make } = ACTIVATIONS.get(name.toLowerCase()) as ActivationKind;
    const next = (list: number[] | undefined, otherwise: number | undefined) =>
      otherwise === undefined ? 0 : (list?.shift() ?? otherwise);
    return make(next(alphas, alpha), next(betas, beta));
  });
  return all.slice(direction * defaults.length, (direction + 1) * defaults.length);
}

export function refuseActivations({ attributes }: Node): string | null {
  const names = attributes['activations'];
  if (!Array.isArray(names)) return null;
  const unknown = (names as readonly string[]).find((name) => !ACTIVATIONS.has(name.toLowerCase()));
  return unknown === undefined ? null : `has the activation "${unknown}"`;
}
