import * as tf from '@tensorflow/tfjs-core';
import { type Graph, isTrainable, type Node, type Parameter, valuesRead } from './model/ir.ts';
import { toComputeValues } from './model/tensor-data.ts';
import type { TensorValue } from './ops/value.ts';
import { optimised } from './passes/optimise.ts';
import { GraphExecutor } from './run/executor.ts';
import type { OpenParameter, OpenTrunk, WeightMap } from './trunk-network.ts';

/** What is opened of a network. */
export interface OpenRange {
  readonly cut: number;
  /** Values at the cut and at the end. */
  readonly from: string;
  readonly to: string;
  /** Which of the parameters above the cut are trained (default: all that can be). */
  readonly only?: (name: string) => boolean;
}

/** A BatchNormalization of the open part that uses the statistics of the batch, and where the new running ones appear. */
interface Statistics {
  readonly output: string;
  readonly parameter: string;
}

/** The part of a network above a cut with its parameters as variables on the active back-end. */
export class OpenModel implements OpenTrunk {
  readonly cut: number;
  readonly parameters: readonly OpenParameter[];
  private readonly range: OpenRange;
  private readonly variables = new Map<string, tf.Variable>();
  private readonly variable = (name: string) => this.variables.get(name);
  private readonly frozen: GraphExecutor;
  private readonly batch: GraphExecutor;
  private readonly statistics: readonly Statistics[];

  /** @param nodes Those above the cut. */
  constructor(graph: Graph, nodes: readonly Node[], range: OpenRange) {
    this.cut = range.cut;
    this.range = range;
    const learning = withBatchStatistics(graph, nodes, range.only);
    this.statistics = learning.statistics;
    const followed = new Set(this.statistics.map(({ parameter }) => parameter));
    const parameters: OpenParameter[] = [];
    for (const name of new Set(nodes.flatMap(valuesRead))) {
      const parameter = graph.parameters.get(name);
      if (parameter === undefined) continue;
      const trains = isTrainable(parameter) && range.only?.(name) !== false;
      if (!trains && !followed.has(name)) continue;
      const variable = asVariable(parameter, trains);
      this.variables.set(name, variable);
      const decay = parameter.role === 'weight' || parameter.role === 'embedding';
      if (trains) parameters.push({ name, variable, decay });
    }
    this.parameters = parameters;
    const variables = new Set(this.variables.keys());
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
  }

  forward(activation: tf.Tensor, { batchNorm }: Parameters<OpenTrunk['forward']>[1]): tf.Tensor {
    const { from, to } = this.range;
    if (from === to) return activation.clone();
    const executor = batchNorm === 'batch' ? this.batch : this.frozen;
    const tensor = tf.cast(activation, 'float32');
    const results = executor.run({
      feeds: new Map([[from, { kind: 'tensor', dtype: 'float32', tensor }]]),
      parameters: this.variable,
    });
    if (executor !== this.frozen) {
      for (const { output, parameter } of this.statistics) {
        const { tensor: now } = results.get(output) as TensorValue;
        this.variables.get(parameter)?.assign(now);
      }
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
    for (const [name, { data }] of weights) {
      const variable = this.variables.get(name);
      if (variable === undefined) continue;
      tf.tidy(() => variable.assign(tf.tensor(data.slice(), variable.shape, 'float32')));
    }
  }

  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
    this.frozen.dispose();
    this.batch.dispose();
  }
}

function asVariable(parameter: Parameter, trains: boolean): tf.Variable {
  const initial = tf.tensor(toComputeValues(parameter).slice(), [...parameter.shape], 'float32');
  const variable = tf.variable(initial, trains);
  initial.dispose();
  return variable;
}

/**
 * The graph with the normalisations among some nodes in training mode: they give the new running statistics too, with
 * PyTorch's unbiased variance. The share that is kept of the old ones is the operation's own (0.9). Where only some
 * parameters are trained, a normalisation of which none is stays as it is.
 */
function withBatchStatistics(graph: Graph, open: readonly Node[], only: OpenRange['only']) {
  const statistics: Statistics[] = [];
  const among = new Set(open);
  const nodes = graph.nodes.map((node): Node => {
    const [, gamma = null, beta = null, mean = null, variance = null] = node.inputs;
    const [output = ''] = node.outputs;
    if (node.op !== 'BatchNormalization' || !among.has(node) || mean === null || variance === null)
      return node;
    if (only !== undefined && ![gamma, beta].some((name) => name !== null && only(name))) return node;
    const outputs = [output, `${output}/running-mean`, `${output}/running-variance`] as const;
    statistics.push({ output: outputs[1], parameter: mean }, { output: outputs[2], parameter: variance });
    return { ...node, outputs, attributes: { ...node.attributes, training_mode: 1, unbiased: true } };
  });
  return { graph: { ...graph, nodes }, statistics };
}
