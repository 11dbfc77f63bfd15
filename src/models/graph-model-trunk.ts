/** @file A TensorFlow.js graph model used as it is: pixels in, pooled features out, nothing to open. */
import { loadGraphModel } from '@tensorflow/tfjs-converter';
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
 * Builds the model and runs it once, so that a wrong node or shape shows now.
 * Owns: the caller disposes the trunk; every trunk from `withWeights` too.
 * @throws {EngineError} `model-unsupported` an operation, the node or its shape is not as expected.
 */
export async function loadGraphModelTrunk(
  artifacts: tf.io.ModelArtifacts,
  options: GraphModelTrunkOptions,
): Promise<TrunkNetwork> {
  let model: GraphModel | undefined;
  try {
    model = await loadGraphModel(tf.io.fromMemory(artifacts));
    const trunk = new GraphModelTrunk({ model, users: 1 }, options);
    const { inputSize } = options;
    tf.tidy(() => trunk.run(tf.zeros([1, inputSize, inputSize, 3]), 0, 1));
    return trunk;
  } catch (cause) {
    model?.dispose();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(
      'model-unsupported',
      `${options.name}: ${reason}`,
      { model: options.name },
      { cause },
    );
  }
}

/** One loaded model, shared by the trunks that `withWeights` makes. */
interface Shared {
  readonly model: GraphModel;
  users: number;
}

class GraphModelTrunk implements TrunkNetwork {
  readonly blocks: readonly BlockInfo[];
  readonly inputSize: number;
  readonly featureSize: number;
  readonly trainable = false;
  readonly #shared: Shared;
  readonly #options: GraphModelTrunkOptions;

  constructor(shared: Shared, options: GraphModelTrunkOptions) {
    this.#shared = shared;
    this.#options = options;
    this.inputSize = options.inputSize;
    this.featureSize = options.featureSize;
    this.blocks = [
      {
        index: 0,
        name: options.name,
        kind: 'conv',
        parameters: parameterCount(shared.model),
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
      const features = this.#shared.model.execute(scaled, featureNode) as tf.Tensor;
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
    this.#shared.users++;
    return new GraphModelTrunk(this.#shared, this.#options);
  }

  dispose(): void {
    this.#shared.users--;
    if (this.#shared.users === 0) this.#shared.model.dispose();
  }
}

function parameterCount(model: GraphModel): number {
  return Object.values(model.weights)
    .flat()
    .reduce((sum, tensor) => sum + tensor.size, 0);
}
