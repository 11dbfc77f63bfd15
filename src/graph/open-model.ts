import * as tf from '@tensorflow/tfjs-core';
import { type Graph, isTrainable, type Node, type Parameter, valuesRead } from './model/ir.ts';
import { toComputeValues } from './model/tensor-data.ts';
import type { TensorValue } from './ops/value.ts';
import { GraphExecutor } from './run/executor.ts';
import type { OpenParameter, OpenTrunk, WeightMap } from './trunk-network.ts';

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

/** The part of a network above a cut as variables on the active back-end. */
export class OpenModel implements OpenTrunk {
  readonly cut: number;
  readonly parameters: readonly OpenParameter[];
  private readonly range: OpenRange;
  private readonly variables = new Map<string, tf.Variable>();
  private readonly frozen: GraphExecutor;
  private readonly batch: GraphExecutor;
  private readonly statistics: readonly Statistics[];

  /** @param nodes Those above the cut. */
  constructor(graph: Graph, nodes: readonly Node[], range: OpenRange) {
    this.cut = range.cut;
    this.range = range;
    const parameters: OpenParameter[] = [];
    for (const name of new Set(nodes.flatMap(valuesRead))) {
      const parameter = graph.parameters.get(name);
      if (parameter === undefined || !changes(parameter)) continue;
      const trainable = isTrainable(parameter);
      const initial = tf.tensor(toComputeValues(parameter).slice(), [...parameter.shape], 'float32');
      const variable = tf.variable(initial, trainable);
      initial.dispose();
      this.variables.set(name, variable);
      const decay = parameter.role === 'weight' || parameter.role === 'embedding';
      if (trainable) parameters.push({ name, variable, decay });
    }
    this.parameters = parameters;
    const { graph: learning, statistics } = withBatchStatistics(graph, new Set(nodes));
    this.frozen = new GraphExecutor(graph);
    this.batch = statistics.length === 0 ? this.frozen : new GraphExecutor(learning);
    this.statistics = statistics;
  }

  forward(activation: tf.Tensor, { batchNorm }: Parameters<OpenTrunk['forward']>[1]): tf.Tensor {
    const { from, to } = this.range;
    if (from === to) return activation.clone();
    const followed = batchNorm === 'batch' ? this.statistics : [];
    const executor = batchNorm === 'batch' ? this.batch : this.frozen;
    const tensor = tf.cast(activation, 'float32');
    const results = executor.run({
      feeds: new Map([[from, { kind: 'tensor', dtype: 'float32', tensor }]]),
      outputs: [to, ...followed.map(({ output }) => output)],
      parameters: (name) => this.variables.get(name),
    });
    for (const { output, parameter } of followed) {
      const { tensor: now } = results.get(output) as TensorValue;
      this.variables.get(parameter)?.assign(now);
    }
    return (results.get(to) as TensorValue).tensor;
  }

  async weights(): Promise<WeightMap> {
    const entries = [...this.variables].map(async ([name, variable]) => {
      const data = Float32Array.from(await variable.data<'float32'>());
      return [name, { shape: [...variable.shape], data }] as const;
    });
    return new Map(await Promise.all(entries));
  }

  restore(weights: WeightMap): void {
    for (const [name, { shape, data }] of weights) {
      const variable = this.variables.get(name);
      if (variable === undefined) continue;
      tf.tidy(() => variable.assign(tf.tensor(data.slice(), [...shape], 'float32')));
    }
  }

  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
    this.frozen.dispose();
    this.batch.dispose();
  }
}

/** Trained by gradients, or following the batches. */
function changes(parameter: Parameter): boolean {
  return isTrainable(parameter) || parameter.role === 'running-mean' || parameter.role === 'running-variance';
}

/**
 * The graph with the normalisations among some nodes in training mode: they give the new running statistics too. The
 * share that is kept of the old ones is the operation's own (0.9).
 */
function withBatchStatistics(graph: Graph, open: ReadonlySet<Node>) {
  const statistics: Statistics[] = [];
  const nodes = graph.nodes.map((node): Node => {
    const [, , , mean = null, variance = null] = node.inputs;
    const [output = ''] = node.outputs;
    if (node.op !== 'BatchNormalization' || !open.has(node) || mean === null || variance === null)
      return node;
    const outputs = [output, `${output}/running-mean`, `${output}/running-variance`] as const;
    statistics.push({ output: outputs[1], parameter: mean }, { output: outputs[2], parameter: variance });
    return { ...node, outputs, attributes: { ...node.attributes, training_mode: 1 } };
  });
  return { graph: { ...graph, nodes }, statistics };
}
