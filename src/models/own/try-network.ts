/** @file A network is tried before it is taken: run on two pictures, taught one step, timed. */
import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../../core/errors.ts';
import type { BlockInfo } from '../../core/model-card.ts';
import { MEMORY_BATCH } from '../../core/own-model.ts';
import type { ModelNetwork } from '../../graph/model-network.ts';
import type { OpenTrunk } from '../../graph/trunk-network.ts';

/** What one step of learning showed. */
export type StepOutcome =
  | {
      readonly ok: true;
      /** Names of the parameters that no gradient reaches. */
      readonly unreached: readonly string[];
      /** Kept for the way back, bytes a picture. */
      readonly activationBytes: number;
    }
  | { readonly ok: false; readonly op: string; readonly node: string };

const PICTURES = 2;

/**
 * Two different pictures must give two rows of features.
 * @throws {EngineError} `model-one-picture` for networks that were exported for one picture at a time; `model-no-features`
 * if what comes out is not finite.
 */
export async function runTwo(network: ModelNetwork): Promise<void> {
  const pictures = twoPictures(network.inputSize);
  let features: tf.Tensor | null = null;
  try {
    features = network.run(pictures, 0, network.blocks.length);
    if (features.shape.join() !== [PICTURES, network.featureSize].join()) throw onePicture();
    const values = await features.data<'float32'>();
    if (!values.every(Number.isFinite)) {
      throw new EngineError('model-no-features', 'The features of a plain picture are not finite.');
    }
  } catch (thrown) {
    // One picture went well when the network was made; a fixed batch shows in a reshape that does not add up.
    throw thrown instanceof EngineError && thrown.code === 'model-unsupported' ? onePicture(thrown) : thrown;
  } finally {
    tf.dispose(features === null ? pictures : [pictures, features]);
  }
}

/** Gradients of everything from one picture, once. Nothing is changed. */
export function tryStep(network: ModelNetwork): StepOutcome {
  let open: OpenTrunk | null = null;
  try {
    open = network.open(0);
    const { parameters } = open;
    if (parameters.length === 0) return { ok: true, unreached: [], activationBytes: 0 };
    return gradientsOf(network, open);
  } catch (thrown) {
    const detail = thrown instanceof EngineError ? thrown.detail : undefined;
    return { ok: false, op: String(detail?.['op'] ?? ''), node: String(detail?.['node'] ?? '') };
  } finally {
    open?.dispose();
  }
}

function gradientsOf(network: ModelNetwork, open: OpenTrunk): StepOutcome {
  let activationBytes = 0;
  const unreached = tf.tidy(() => {
    const picture = tf.slice(twoPictures(network.inputSize), 0, 1);
    const before = tf.memory().numBytes;
    const variables = open.parameters.map(({ variable }) => variable);
    const { grads } = tf.variableGrads(() => {
      const features = open.forward(picture, { batchNorm: 'frozen' });
      // Everything that the way back needs is alive now.
      activationBytes = Math.max(0, tf.memory().numBytes - before);
      return tf.sum<tf.Scalar>(tf.square(features));
    }, variables);
    return open.parameters.filter(({ variable }) => !reached(grads[variable.name])).map(({ name }) => name);
  });
  return { ok: true, unreached, activationBytes };
}

/** tfjs gives `null` for a variable that the loss does not depend on, whatever its types say. */
function reached(gradient: tf.Tensor | null | undefined): boolean {
  return gradient !== null && gradient !== undefined;
}

/** A ramp and its reverse, so that no channel is the same everywhere. */
function twoPictures(size: number): tf.Tensor4D {
  return tf.tidy(() => {
    const ramp = tf.reshape(tf.linspace(0, 255, size * size * 3), [1, size, size, 3]);
    return tf.concat([ramp, tf.sub(255, ramp)], 0) as tf.Tensor4D;
  });
}

function onePicture(cause?: unknown): EngineError {
  return new EngineError('model-one-picture', 'The network takes one picture at a time only.', undefined, {
    cause,
  });
}

/** Inside a block, values are wider than at its end; MobileNets expand six times. */
const WIDER_INSIDE = 6;

/** Weights, and what is alive at once in the widest block, bytes. */
export function forwardBytes(blocks: readonly BlockInfo[], inputSize: number, parameters: number): number {
  const widest = Math.max(inputSize ** 2 * 3, ...blocks.map(({ outputShape }) => volume(outputShape)));
  return parameters * 4 + MEMORY_BATCH * widest * 4 * WIDER_INSIDE;
}

/** Values, gradients and two moments of each weight; gradients of activations are made while those are let go. */
export function trainingBytes(parameters: number, trainable: number, activationBytes: number): number {
  return parameters * 4 + trainable * 16 + MEMORY_BATCH * activationBytes * 1.25;
}

/** Multiply-adds of one forward pass, millions: each weight is used once for each position of its block's output. */
export function megaMacsOf(blocks: readonly BlockInfo[]): number {
  let positions = 1;
  const total = blocks.reduce((sum, { outputShape, parameters }) => {
    const [height, width, channels] = outputShape;
    if (height !== undefined && width !== undefined)
      positions = channels === undefined ? height : height * width;
    return sum + parameters * positions;
  }, 0);
  return total / 1e6;
}

const volume = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
