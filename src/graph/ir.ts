/**
 * @file The graph of a pre-trained network as data. Importers and builders make it, the executors run it. Activations
 * are channels-last (`[B, H, W, C]`, after pooling `[B, C]`); a node names its inputs and its parameters. Nodes are in
 * the order of execution. Nothing here knows tfjs.
 */
import type { BlockInfo } from '../core/model-card.ts';

/** The id under which nodes refer to the network's input: pixels 0..255, `[B, S, S, 3]`. */
export const GRAPH_INPUT = 'input';

export type ActivationKind = 'relu' | 'relu6' | 'hard-swish' | 'hard-sigmoid' | 'sigmoid';

interface NodeBase {
  readonly id: string;
  readonly inputs: readonly string[];
}

/** `(x - mean) / std` per channel; the first node of most networks. */
export interface NormalizeNode extends NodeBase {
  readonly op: 'normalize';
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Zeros added around the input: top, bottom, left, right. */
export type Padding = readonly [number, number, number, number];

/** Weight `[kh, kw, I, O]`, depthwise `[kh, kw, C, 1]`; bias `[O]`. */
export interface ConvNode extends NodeBase {
  readonly op: 'conv2d';
  readonly weight: string;
  readonly bias?: string;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: Padding;
  readonly depthwise: boolean;
}

/** `gamma * (x - mean) / sqrt(variance + epsilon) + beta`; four parameters of shape `[C]`. */
export interface BatchNormNode extends NodeBase {
  readonly op: 'batch-norm';
  readonly gamma: string;
  readonly beta: string;
  readonly mean: string;
  readonly variance: string;
  readonly epsilon: number;
}

/** Element by element. hard-sigmoid: `relu6(x + 3) / 6`; hard-swish: `x * relu6(x + 3) / 6`. */
export interface ActivationNode extends NodeBase {
  readonly op: 'activation';
  readonly kind: ActivationKind;
}

/** Two inputs of one shape. */
export interface AddNode extends NodeBase {
  readonly op: 'add';
}

/** `[B, H, W, C]` times a weight per channel `[B, 1, 1, C]` (squeeze and excite). */
export interface ScaleChannelsNode extends NodeBase {
  readonly op: 'scale-channels';
}

/** Mean over height and width: `[B, 1, 1, C]`, or `[B, C]` without `keepDims`. */
export interface GlobalPoolNode extends NodeBase {
  readonly op: 'global-average-pool';
  readonly keepDims: boolean;
}

export type GraphNode =
  NormalizeNode | ConvNode | BatchNormNode | ActivationNode | AddNode | ScaleChannelsNode | GlobalPoolNode;

export type ParameterRole = 'weight' | 'bias' | 'gamma' | 'beta' | 'running-mean' | 'running-variance';

/** Values stay on the host; the executors upload them to whatever back-end is active. */
export interface GraphParameter {
  readonly name: string;
  readonly role: ParameterRole;
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/** A run of nodes that ends in one activation, at which the network can be cut. */
export interface GraphBlock {
  readonly name: string;
  readonly kind: BlockInfo['kind'];
  /** Its nodes use only each other and the output of the block before; the last of them is the block's output. */
  readonly nodes: readonly GraphNode[];
}

/** A whole trunk; the output of the last block is the pooled feature vector `[B, F]`. */
export interface Graph {
  /** Of one sample: `[S, S, 3]`. */
  readonly inputShape: readonly number[];
  readonly blocks: readonly GraphBlock[];
  readonly parameters: ReadonlyMap<string, GraphParameter>;
}

/** Names of the parameters that a node uses. */
export function parametersOf(node: GraphNode): readonly string[] {
  switch (node.op) {
    case 'conv2d':
      return node.bias === undefined ? [node.weight] : [node.weight, node.bias];
    case 'batch-norm':
      return [node.gamma, node.beta, node.mean, node.variance];
    case 'normalize':
    case 'activation':
    case 'add':
    case 'scale-channels':
    case 'global-average-pool':
      return [];
  }
}

/** Whether training changes the parameter by gradients (running statistics are not). */
export function isTrainable({ role }: GraphParameter): boolean {
  return role !== 'running-mean' && role !== 'running-variance';
}
