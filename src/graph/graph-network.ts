import type * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../core/errors.ts';
import type { BlockInfo } from '../core/model-card.ts';
import { planInference } from './inference-plan.ts';
import { InferenceExecutor } from './inference.ts';
import type { Graph } from './ir.ts';
import { GraphTrunk } from './opened-trunk.ts';
import { replaceWeights } from './replace-weights.ts';
import { describeBlocks } from './shapes.ts';
import type { OpenTrunk, TrunkNetwork, WeightMap } from './trunk-network.ts';

/**
 * A trunk from any graph. Weights live on the host and are uploaded to the active back-end when they are first used,
 * so a network outlives a change or a loss of the back-end.
 */
export class GraphNetwork implements TrunkNetwork {
  readonly blocks: readonly BlockInfo[];
  readonly inputSize: number;
  readonly featureSize: number;
  readonly trainable = true;
  private readonly graph: Graph;
  private readonly executor: InferenceExecutor;

  /** @throws {EngineError} `model-unsupported` if the graph is not sound, see {@link describeBlocks}. */
  constructor(graph: Graph) {
    this.graph = graph;
    this.blocks = describeBlocks(graph);
    const features = this.blocks.at(-1)?.outputShape ?? [];
    if (features.length !== 1) {
      throw new EngineError(
        'model-unsupported',
        'The last block of a trunk must end in a pooled feature vector.',
      );
    }
    this.inputSize = graph.inputShape[0] ?? 0;
    this.featureSize = features[0] ?? 0;
    this.executor = new InferenceExecutor(planInference(graph));
  }

  cutShape(cut: number): readonly number[] {
    this.check(cut);
    return this.blocks[cut - 1]?.outputShape ?? this.graph.inputShape;
  }

  run(input: tf.Tensor, from: number, to: number): tf.Tensor {
    this.check(from);
    this.check(to);
    return this.executor.run(input, from, to);
  }

  open(cut: number): OpenTrunk {
    this.check(cut);
    return new GraphTrunk(this.graph, cut);
  }

  /** @throws {EngineError} `project-damaged` if a weight is not one of this graph's, or has another shape. */
  withWeights(weights: WeightMap): TrunkNetwork {
    const parameters = replaceWeights(this.graph.parameters, weights, (known, data) => ({ ...known, data }));
    return new GraphNetwork({ ...this.graph, parameters });
  }

  dispose(): void {
    this.executor.release();
  }

  private check(cut: number): void {
    if (!Number.isInteger(cut) || cut < 0 || cut > this.blocks.length) {
      throw new RangeError(`A cut lies between 0 and ${this.blocks.length}, but got ${cut}.`);
    }
  }
}
