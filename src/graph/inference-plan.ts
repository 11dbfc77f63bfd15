/**
 * @file Turns a graph into few, fused steps for frozen inference, on the host: BatchNorm goes into the convolution
 * before it, simple activations into the convolution too, and constant factors (the 1/6 of hard-sigmoid, the 1/std of
 * the input) wait beside a value until the next convolution takes them into its weights. Factors never cross a block
 * boundary, so that a block gives the same activation wherever the network is cut.
 */
import { EngineError } from '../core/errors.ts';
import {
  type ActivationNode,
  type BatchNormNode,
  type ConvNode,
  type Graph,
  GRAPH_INPUT,
  type GraphNode,
  type Padding,
} from './ir.ts';

/** Values of a constant, with the shape in which the executor uploads it. */
export interface Constant {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

interface StepBase {
  readonly inputs: readonly string[];
  readonly output: string;
}

export type FusedActivation = 'linear' | 'relu' | 'relu6' | 'sigmoid';

export interface ConvStep extends StepBase {
  readonly op: 'conv2d';
  readonly weight: Constant;
  readonly bias: Constant;
  readonly activation: FusedActivation;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: Padding;
  readonly depthwise: boolean;
}

export type InferenceStep =
  | ConvStep
  /** Adds a constant per channel. */
  | (StepBase & { readonly op: 'add-constant'; readonly constant: Constant })
  /** Multiplies by a constant per channel, or by one number. */
  | (StepBase & { readonly op: 'multiply-constant'; readonly constant: Constant })
  | (StepBase & { readonly op: 'relu' | 'relu6' | 'sigmoid' | 'hard-swish' | 'add' | 'scale-channels' })
  | (StepBase & { readonly op: 'global-average-pool'; readonly keepDims: boolean });

/** The steps of each block; a block's output has the id of its last node. */
export type InferencePlan = readonly (readonly InferenceStep[])[];

/** A factor that a value still has to be multiplied by: one number, or one per channel. */
type Factor = number | Float32Array<ArrayBuffer>;

export function planInference(graph: Graph): InferencePlan {
  return graph.blocks.map(({ nodes }) => new BlockPlanner(graph, nodes).plan());
}

class BlockPlanner {
  private readonly graph: Graph;
  private readonly nodes: readonly GraphNode[];
  private readonly steps: InferenceStep[] = [];
  private readonly factors = new Map<string, Factor>();
  /** A node that was fused into an earlier one -> the value that stands for its input. */
  private readonly done = new Set<string>();

  constructor(graph: Graph, nodes: readonly GraphNode[]) {
    this.graph = graph;
    this.nodes = nodes;
  }

  plan(): InferenceStep[] {
    for (const node of this.nodes) if (!this.done.has(node.id)) this.lower(node);
    const last = this.nodes.at(-1);
    if (last !== undefined) this.settle(last.id, last.id);
    return this.steps;
  }

  private lower(node: GraphNode): void {
    const [first = GRAPH_INPUT, second = ''] = node.inputs;
    switch (node.op) {
      case 'conv2d':
        this.conv(node, first);
        return;
      case 'normalize': {
        const factor = Float32Array.from(node.std, (std) => 1 / std);
        const constant = vector(node.mean.map((mean) => -mean));
        this.steps.push({ op: 'add-constant', inputs: [this.settled(first)], output: node.id, constant });
        this.factors.set(node.id, factor);
        return;
      }
      case 'batch-norm': {
        const { scale, shift } = affineOf(this.graph, node);
        const scaled = `${node.id}/scaled`;
        const inputs = [this.settled(first)];
        this.steps.push({ op: 'multiply-constant', inputs, output: scaled, constant: vector(scale) });
        this.steps.push({ op: 'add-constant', inputs: [scaled], output: node.id, constant: vector(shift) });
        return;
      }
      case 'activation':
        this.activation(node, this.settled(first));
        return;
      case 'add':
        this.steps.push({
          op: 'add',
          inputs: [this.settled(first), this.settled(second)],
          output: node.id,
        });
        return;
      case 'scale-channels':
        this.steps.push({ op: 'scale-channels', inputs: [first, second], output: node.id });
        this.factors.set(node.id, product(this.factors.get(first) ?? 1, this.factors.get(second) ?? 1));
        return;
      case 'global-average-pool':
        this.steps.push({ ...node, inputs: [first], output: node.id });
        this.factors.set(node.id, this.factors.get(first) ?? 1);
        return;
    }
  }

  private conv(node: ConvNode, source: string): void {
    const weight = scaledByInput(parameter(this.graph, node.weight), this.factors.get(source) ?? 1);
    const bias =
      node.bias === undefined
        ? new Float32Array(outputsOf(weight.shape, node.depthwise))
        : parameter(this.graph, node.bias).data.slice();
    let output: GraphNode = node;
    let next = this.onlyConsumer(output);
    if (next?.op === 'batch-norm') {
      foldBatchNorm(weight.data, bias, affineOf(this.graph, next));
      this.done.add(next.id);
      output = next;
      next = this.onlyConsumer(output);
    }
    let activation: FusedActivation = 'linear';
    if (next?.op === 'activation' && next.kind !== 'hard-swish') {
      activation = next.kind === 'hard-sigmoid' ? 'relu6' : next.kind;
      if (next.kind === 'hard-sigmoid') {
        for (let i = 0; i < bias.length; i++) bias[i] = (bias[i] as number) + 3;
        this.factors.set(next.id, 1 / 6);
      }
      this.done.add(next.id);
      output = next;
    }
    this.steps.push({
      ...node,
      inputs: [source],
      output: output.id,
      weight,
      bias: { shape: [bias.length], data: bias },
      activation,
    });
  }

  private activation(node: ActivationNode, source: string): void {
    switch (node.kind) {
      case 'hard-sigmoid': {
        const shifted = `${node.id}/shifted`;
        this.steps.push({ op: 'add-constant', inputs: [source], output: shifted, constant: scalar(3) });
        this.steps.push({ op: 'relu6', inputs: [shifted], output: node.id });
        this.factors.set(node.id, 1 / 6);
        return;
      }
      case 'hard-swish':
      case 'relu':
      case 'relu6':
      case 'sigmoid':
        this.steps.push({ op: node.kind, inputs: [source], output: node.id });
    }
  }

  /** The id of the value with its factor applied. */
  private settled(id: string): string {
    const settledId = `${id}/settled`;
    if (this.steps.some(({ output }) => output === settledId)) return settledId;
    return this.settle(id, settledId);
  }

  private settle(id: string, output: string): string {
    const factor = this.factors.get(id) ?? 1;
    if (factor === 1) return id;
    this.factors.delete(id);
    const constant = typeof factor === 'number' ? scalar(factor) : { shape: [factor.length], data: factor };
    if (output !== id) {
      this.steps.push({ op: 'multiply-constant', inputs: [id], output, constant });
      return output;
    }
    // The block's output keeps its id: the step that made it gets another.
    const raw = `${id}/raw`;
    const at = this.steps.findIndex((step) => step.output === id);
    const step = this.steps[at];
    if (step !== undefined) this.steps[at] = { ...step, output: raw };
    this.steps.push({ op: 'multiply-constant', inputs: [raw], output, constant });
    return output;
  }

  private onlyConsumer(node: GraphNode): GraphNode | undefined {
    const consumers = this.nodes.filter(({ inputs }) => inputs.includes(node.id));
    return consumers.length === 1 ? consumers[0] : undefined;
  }
}

/** BatchNorm with fixed statistics as `scale * x + shift`. */
function affineOf(graph: Graph, node: BatchNormNode) {
  const [gamma, beta, mean, variance] = [node.gamma, node.beta, node.mean, node.variance].map(
    (name) => parameter(graph, name).data,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const scale = Array.from(gamma, (g, c) => g / Math.sqrt((variance[c] as number) + node.epsilon));
  const shift = Array.from(beta, (b, c) => b - (mean[c] as number) * (scale[c] as number));
  return { scale, shift };
}

/** The output channel is the last axis of a weight (depthwise: the last but one, and the last is 1). */
function foldBatchNorm(
  weight: Float32Array,
  bias: Float32Array,
  { scale, shift }: { readonly scale: readonly number[]; readonly shift: readonly number[] },
): void {
  const channels = scale.length;
  for (let i = 0; i < weight.length; i++) weight[i] = (weight[i] as number) * (scale[i % channels] as number);
  for (let c = 0; c < channels; c++)
    bias[c] = (bias[c] as number) * (scale[c] as number) + (shift[c] as number);
}

function scaledByInput({ shape, data }: Constant, factor: Factor): Constant {
  const scaled = data.slice();
  const [, , inputs = 1, outputs = 1] = shape;
  for (let i = 0; i < scaled.length; i++) {
    const channel = Math.floor(i / outputs) % inputs;
    scaled[i] = (scaled[i] as number) * (typeof factor === 'number' ? factor : (factor[channel] as number));
  }
  return { shape, data: scaled };
}

function outputsOf([, , inputs = 1, outputs = 1]: readonly number[], depthwise: boolean): number {
  return depthwise ? inputs * outputs : outputs;
}

function parameter(graph: Graph, name: string): Constant {
  const found = graph.parameters.get(name);
  if (found === undefined)
    throw new EngineError('model-unsupported', `The graph has no parameter "${name}".`);
  return found;
}

function product(a: Factor, b: Factor): Factor {
  if (typeof a === 'number') return typeof b === 'number' ? a * b : b.map((value) => value * a);
  return a.map((value, i) => value * (typeof b === 'number' ? b : (b[i] as number)));
}

const vector = (values: readonly number[]): Constant => ({
  shape: [values.length],
  data: Float32Array.from(values),
});
const scalar = (value: number): Constant => ({ shape: [], data: Float32Array.of(value) });
