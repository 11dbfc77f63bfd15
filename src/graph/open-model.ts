import * as tf from '@tensorflow/tfjs-core';
import type { Graph, Node } from './model/ir.ts';
import { OPEN_ALL, OpenParameters } from './open-parameters.ts';
import type { TensorValue } from './ops/value.ts';
import { optimised } from './passes/optimise.ts';
import { GraphExecutor } from './run/executor.ts';
import type { OpenOptions, OpenParameter, OpenTrunk, WeightMap } from './trunk-network.ts';

/** Where the open part begins and ends. */
export interface OpenRange {
  readonly cut: number;
  /** Values at the cut and at the end. */
  readonly from: string;
  readonly to: string;
}

/** A BatchNormalization of the open part that uses the statistics of the batch, and where the new running ones appear. */
interface Statistics {
  readonly output: string;
  readonly parameter: string;
}

/** The part of a network above a cut with what learns in it as variables on the active back-end. */
export class OpenModel implements OpenTrunk {
  readonly cut: number;
  readonly parameters: readonly OpenParameter[];
  private readonly range: OpenRange;
  private readonly open: OpenParameters;
  private readonly frozen: GraphExecutor;
  private readonly batch: GraphExecutor;
  private readonly statistics: readonly Statistics[];

  /** @param nodes Those above the cut. */
  constructor(graph: Graph, nodes: readonly Node[], range: OpenRange, options: OpenOptions = OPEN_ALL) {
    this.cut = range.cut;
    this.range = range;
    this.open = new OpenParameters(graph, nodes, options);
    this.parameters = this.open.learning;
    try {
      const learning = withBatchStatistics(graph, nodes, (name) => this.open.changes(name));
      this.statistics = learning.statistics;
      this.open.followBatches(this.statistics.map(({ parameter }) => parameter));
      const variables = this.open.names();
      const executor = (source: Graph, outputs: readonly string[]) => {
        const part = { ...source, outputs: [range.to, ...outputs] };
        return new GraphExecutor(optimised(part, { keep: [range.from], variables }));
      };
      this.frozen = executor(graph, []);
      this.batch =
        this.statistics.length === 0
          ? this.frozen
          : executor(
              learning.graph,
              this.statistics.map(({ output }) => output),
            );
    } catch (thrown) {
      // The passes may refuse a graph; the variables have no other owner yet.
      this.open.dispose();
      throw thrown;
    }
  }

  forward(activation: tf.Tensor, { batchNorm }: Parameters<OpenTrunk['forward']>[1]): tf.Tensor {
    const { from, to } = this.range;
    if (from === to) return activation.clone();
    const executor = batchNorm === 'batch' ? this.batch : this.frozen;
    const tensor = tf.cast(activation, 'float32');
    const results = executor.run({
      feeds: new Map([[from, { kind: 'tensor', dtype: 'float32', tensor }]]),
      parameters: this.open.forPass(),
    });
    if (executor !== this.frozen) {
      for (const { output, parameter } of this.statistics) {
        const { tensor: now } = results.get(output) as TensorValue;
        this.open.follow(parameter, now);
      }
    }
    return (results.get(to) as TensorValue).tensor;
  }

  weights(): Promise<WeightMap> {
    return this.open.weights();
  }

  restore(weights: WeightMap): void {
    this.open.restore(weights);
  }

  dispose(): void {
    this.open.dispose();
    this.frozen.dispose();
    this.batch.dispose();
  }
}

/**
 * The graph with the normalisations among some nodes in training mode: they give the new running statistics too, with
 * PyTorch's unbiased variance. The share that is kept of the old ones is the operation's own (0.9). Where only some
 * parameters are trained, a normalisation of which none is stays as it is.
 */
function withBatchStatistics(graph: Graph, open: readonly Node[], changes: (name: string) => boolean) {
  const statistics: Statistics[] = [];
  const among = new Set(open);
  const nodes = graph.nodes.map((node): Node => {
    const [, gamma = null, beta = null, mean = null, variance = null] = node.inputs;
    const [output = ''] = node.outputs;
    if (node.op !== 'BatchNormalization' || !among.has(node) || mean === null || variance === null)
      return node;
    if (![gamma, beta].some((name) => name !== null && changes(name))) return node;
    const outputs = [output, `${output}/running-mean`, `${output}/running-variance`] as const;
    statistics.push({ output: outputs[1], parameter: mean }, { output: outputs[2], parameter: variance });
    return { ...node, outputs, attributes: { ...node.attributes, training_mode: 1, unbiased: true } };
  });
  return { graph: { ...graph, nodes }, statistics };
}
