/** @file A TensorFlow.js graph model used as it is: pixels in, pooled features out, nothing to open. */
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../core/errors.ts';
import type { BlockInfo } from '../core/model-card.ts';
import type { OpenTrunk, TrunkNetwork, WeightMap } from '../graph/trunk-network.ts';

export interface GraphModelTrunkOptions {
  readonly name: string;
  readonly inputSize: number;
  readonly featureSize: number;
  /** Pixels 0..255 are scaled to this range first. */
  readonly inputRange: readonly [number, number];
  /** The node whose value is the pooled feature vector, in any shape of `B * F` elements. */
  readonly featureNode: string;
}

/**
 * A trunk of a TensorFlow.js graph model. It runs once here, so that a wrong node or shape shows now. The weights stay
 * on the host too and are uploaded again after a change or a loss of the back-end.
 * Owns: the caller disposes the trunk, and every trunk from `withWeights`.
 * @throws {EngineError} `model-unsupported` an operation, the node or its shape is not as expected.
 */
export function graphModelTrunk(
  artifacts: tf.io.ModelArtifacts,
  options: GraphModelTrunkOptions,
): TrunkNetwork {
  const shared = new SharedModel(artifacts);
  try {
    const { inputSize } = options;
    const trunk = new GraphModelTrunk(shared, options);
    tf.tidy(() => void trunk.run(tf.zeros([1, inputSize, inputSize, 3]), 0, 1));
    return trunk;
  } catch (cause) {
    shared.release();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(
      'model-unsupported',
      `${options.name}: ${reason}`,
      { model: options.name },
      { cause },
    );
  }
}

/** One model on the active back-end, shared by the trunks that `withWeights` makes. */
class SharedModel {
  readonly #artifacts: tf.io.ModelArtifacts;
  #loaded: { readonly model: GraphModel<tf.io.IOHandlerSync>; readonly backend: tf.KernelBackend } | null =
    null;
  #users = 1;

  constructor(artifacts: tf.io.ModelArtifacts) {
    this.#artifacts = artifacts;
  }

  get(): GraphModel<tf.io.IOHandlerSync> {
    const backend = tf.backend();
    if (this.#loaded?.backend === backend) return this.#loaded.model;
    this.#loaded?.model.dispose();
    const model = loadGraphModelSync(tf.io.fromMemorySync(this.#artifacts));
    // The first call may come from inside a tidy, which would take the weights away.
    for (const weight of weightsOf(model)) tf.keep(weight);
    this.#loaded = { model, backend };
    return model;
  }

  share(): this {
    this.#users++;
    return this;
  }

  release(): void {
    this.#users--;
    if (this.#users > 0) return;
    this.#loaded?.model.dispose();
    this.#loaded = null;
  }
}

class GraphModelTrunk implements TrunkNetwork {
  readonly blocks: readonly BlockInfo[];
  readonly inputSize: number;
  readonly featureSize: number;
  readonly trainable = false;
  readonly #shared: SharedModel;
  readonly #options: GraphModelTrunkOptions;

  constructor(shared: SharedModel, options: GraphModelTrunkOptions) {
    this.#shared = shared;
    this.#options = options;
    this.inputSize = options.inputSize;
    this.featureSize = options.featureSize;
    this.blocks = [
      {
        index: 0,
        name: options.name,
        kind: 'conv',
        parameters: parameterCount(shared.get()),
        outputShape: [options.featureSize],
      },
    ];
  }

  cutShape(cut: number): readonly number[] {
    return cut === 0 ? [this.inputSize, this.inputSize, 3] : [this.featureSize];
  }

  run(input: tf.Tensor, from: number, to: number): tf.Tensor {
    if (from === to) return input.clone();
    const { inputRange, featureNode } = this.#options;
    const [low, high] = inputRange;
    return tf.tidy(() => {
      const scaled = tf.add(tf.mul(input, (high - low) / 255), low); // [B, S, S, 3]
      const features = this.#shared.get().execute(scaled, featureNode) as tf.Tensor;
      return tf.reshape(features, [-1, this.featureSize]); // [B, F]
    });
  }

  open(cut: number): OpenTrunk {
    if (cut !== this.blocks.length) {
      throw new EngineError(
        'model-unsupported',
        `${this.#options.name} can be cut only after its last block (${this.blocks.length}), not at ${cut}.`,
        { model: this.#options.name },
      );
    }
    return {
      cut,
      parameters: [],
      forward: (activation) => activation.clone(),
      weights: () => Promise.resolve(new Map()),
      restore: () => undefined,
      dispose: () => undefined,
    };
  }

  withWeights(weights: WeightMap): TrunkNetwork {
    if (weights.size > 0) {
      throw new EngineError('model-unsupported', `${this.#options.name} takes no weights.`, {
        model: this.#options.name,
      });
    }
    return new GraphModelTrunk(this.#shared.share(), this.#options);
  }

  dispose(): void {
    this.#shared.release();
  }
}

function weightsOf(model: GraphModel<tf.io.IOHandlerSync>): tf.Tensor[] {
  return Object.values(model.weights).flat();
}

function parameterCount(model: GraphModel<tf.io.IOHandlerSync>): number {
  return weightsOf(model).reduce((sum, tensor) => sum + tensor.size, 0);
}
