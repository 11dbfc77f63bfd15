import * as tf from '@tensorflow/tfjs-core';
import { activated, batchNormalized, biasedConv, channelScaled, foldedConv, pooled } from './gradient-ops.ts';
import {
  type BatchNormNode,
  type ConvNode,
  type Graph,
  GRAPH_INPUT,
  type GraphNode,
  isTrainable,
  type NormalizeNode,
  parametersOf,
} from './ir.ts';
import type { OpenParameter, OpenTrunk, WeightMap } from './trunk-network.ts';

/** Share of the old value that running statistics keep per step; PyTorch calls the rest its momentum of 0.1. */
const RUNNING_KEEP = 0.9;

type Mode = Parameters<OpenTrunk['forward']>[1];

interface Value {
  readonly tensor: tf.Tensor;
  /** Whether a parameter lies below, so that a gradient has to pass. */
  readonly open: boolean;
}

/** The part of a graph above a cut as variables on the active back-end. */
export class GraphTrunk implements OpenTrunk {
  readonly cut: number;
  readonly parameters: readonly OpenParameter[];
  private readonly nodes: readonly GraphNode[];
  private readonly variables = new Map<string, tf.Variable>();
  private readonly entry: string;

  constructor(graph: Graph, cut: number) {
    this.cut = cut;
    this.nodes = graph.blocks.slice(cut).flatMap((block) => block.nodes);
    this.entry = graph.blocks[cut - 1]?.nodes.at(-1)?.id ?? GRAPH_INPUT;
    const parameters: OpenParameter[] = [];
    for (const name of new Set(this.nodes.flatMap(parametersOf))) {
      const parameter = graph.parameters.get(name);
      if (parameter === undefined) continue;
      const trainable = isTrainable(parameter);
      const initial = tf.tensor(parameter.data.slice(), [...parameter.shape], 'float32');
      const variable = tf.variable(initial, trainable);
      initial.dispose();
      this.variables.set(name, variable);
      if (trainable) parameters.push({ name, variable, decay: parameter.role === 'weight' });
    }
    this.parameters = parameters;
  }

  forward(activation: tf.Tensor, mode: Mode): tf.Tensor {
    const first = { tensor: tf.cast(activation, 'float32'), open: false };
    const values = new Map<string, Value>([[this.entry, first]]);
    let last: Value = { tensor: activation.clone(), open: false };
    const done = new Set<string>();
    for (const node of this.nodes) {
      if (done.has(node.id)) continue;
      const norm = node.op === 'conv2d' ? this.normAfter(node) : undefined;
      last = this.apply(node, norm, values, mode);
      values.set(node.id, last);
      if (norm === undefined) continue;
      values.set(norm.id, last);
      done.add(norm.id);
    }
    return last.tensor;
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
  }

  private apply(
    node: GraphNode,
    norm: BatchNormNode | undefined,
    values: ReadonlyMap<string, Value>,
    mode: Mode,
  ): Value {
    const [x, other] = node.inputs.map((id) => values.get(id)) as [Value, Value];
    const open =
      x.open ||
      node.op === 'conv2d' ||
      node.op === 'batch-norm' ||
      (other as Value | undefined)?.open === true;
    return { tensor: this.compute(node, norm, x, other, mode), open };
  }

  private compute(
    node: GraphNode,
    norm: BatchNormNode | undefined,
    x: Value,
    other: Value,
    mode: Mode,
  ): tf.Tensor {
    switch (node.op) {
      case 'conv2d':
        return this.conv(node, norm, x, mode);
      case 'batch-norm':
        return this.normalized(node, x.tensor, mode);
      case 'normalize':
        return normalizedPixels(node, x.tensor);
      case 'activation':
        return activated(x.tensor, node.kind);
      case 'add':
        return tf.add(x.tensor, other.tensor);
      case 'scale-channels':
        return channelScaled(x.tensor, other.tensor);
      case 'global-average-pool': {
        const mean = pooled(x.tensor);
        return node.keepDims ? mean : tf.reshape(mean, [-1, mean.shape[3] ?? 1]);
      }
    }
  }

  private conv(node: ConvNode, norm: BatchNormNode | undefined, x: Value, mode: Mode): tf.Tensor {
    const weight = this.variable(node.weight);
    if (norm !== undefined && node.bias === undefined && mode.batchNorm === 'frozen') {
      return foldedConv(x.tensor, weight, this.statistics(norm), node, x.open);
    }
    const bias = node.bias === undefined ? null : this.variable(node.bias);
    const y = biasedConv(x.tensor, weight, bias, node, x.open);
    return norm === undefined ? y : this.normalized(norm, y, mode);
  }

  private normalized(node: BatchNormNode, x: tf.Tensor, mode: Mode): tf.Tensor {
    const { gamma, beta, mean, variance, epsilon } = this.statistics(node);
    if (mode.batchNorm === 'frozen') {
      const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)));
      return tf.add(tf.mul(x, scale), tf.sub(beta, tf.mul(mean, scale)));
    }
    return batchNormalized(x, gamma, beta, epsilon, (batch) => {
      this.follow(mean, batch.mean);
      this.follow(variance, batch.unbiasedVariance);
    });
  }

  private follow(running: tf.Variable, seen: tf.Tensor): void {
    tf.tidy(() => running.assign(tf.add(tf.mul(running, RUNNING_KEEP), tf.mul(seen, 1 - RUNNING_KEEP))));
  }

  private statistics(node: BatchNormNode) {
    return {
      gamma: this.variable(node.gamma),
      beta: this.variable(node.beta),
      mean: this.variable(node.mean),
      variance: this.variable(node.variance),
      epsilon: node.epsilon,
    };
  }

  private variable(name: string): tf.Variable {
    const variable = this.variables.get(name);
    if (variable === undefined) throw new Error(`"${name}" is not a parameter above cut ${this.cut}.`);
    return variable;
  }

  /** The BatchNorm that is the only reader of a convolution. */
  private normAfter(node: ConvNode): BatchNormNode | undefined {
    const readers = this.nodes.filter(({ inputs }) => inputs.includes(node.id));
    const [reader] = readers;
    return readers.length === 1 && reader?.op === 'batch-norm' ? reader : undefined;
  }
}

/** Laid out over whole rows, see the inference executor. */
function normalizedPixels({ mean, std }: NormalizeNode, x: tf.Tensor): tf.Tensor {
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const rows = tf.reshape(x, [batch, height, width * channels]);
  const perRow = (values: readonly number[]) => tf.tile(tf.tensor1d([...values]), [width]);
  const scaled = tf.mul(tf.sub(rows, perRow(mean)), perRow(std.map((value) => 1 / value)));
  return tf.reshape(scaled, x.shape);
}
