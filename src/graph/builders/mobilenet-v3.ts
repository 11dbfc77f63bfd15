import { type ActivationKind, type Graph, type GraphBlock, GRAPH_INPUT, type GraphNode } from '../ir.ts';
import type { WeightMap } from '../trunk-network.ts';
import { TorchParameters } from './torch-layout.ts';

/** What a pack's manifest says beside the tensors. */
export interface MobileNetV3Options {
  /** px */
  readonly inputSize: number;
  /** Per channel, of pixels scaled to 0..1. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly batchNormEpsilon: number;
}

/** PyTorch's ImageNet constants and the epsilon of torchvision's MobileNetV3. */
export const MOBILENET_V3_DEFAULTS: MobileNetV3Options = {
  inputSize: 224,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  batchNormEpsilon: 1e-3,
};

interface Bottleneck {
  readonly kernel: number;
  readonly expanded: number;
  readonly outputs: number;
  readonly squeeze: boolean;
  readonly activation: ActivationKind;
  readonly stride: number;
}

const row = (
  kernel: number,
  expanded: number,
  outputs: number,
  squeeze: boolean,
  activation: ActivationKind,
  stride: number,
): Bottleneck => ({ kernel, expanded, outputs, squeeze, activation, stride });

/** Howard et al., "Searching for MobileNetV3" (2019), table 2. */
const BOTTLENECKS: readonly Bottleneck[] = [
  row(3, 16, 16, true, 'relu', 2),
  row(3, 72, 24, false, 'relu', 2),
  row(3, 88, 24, false, 'relu', 1),
  row(5, 96, 40, true, 'hard-swish', 2),
  row(5, 240, 40, true, 'hard-swish', 1),
  row(5, 240, 40, true, 'hard-swish', 1),
  row(5, 120, 48, true, 'hard-swish', 1),
  row(5, 144, 48, true, 'hard-swish', 1),
  row(5, 288, 96, true, 'hard-swish', 2),
  row(5, 576, 96, true, 'hard-swish', 1),
  row(5, 576, 96, true, 'hard-swish', 1),
];

const STEM_CHANNELS = 16;
const LAST_CHANNELS = 576;

/**
 * MobileNetV3-Small up to the pooled features. The tensors have torchvision's names (`features.0.0.weight`, ...) and
 * PyTorch's layout (convolutions `[out, in, height, width]`); the graph's parameters keep the names and are
 * channels-last. The classifier is not read.
 * @throws {EngineError} `model-unsupported` if a tensor is missing or has another shape.
 */
export function mobileNetV3Small(
  weights: WeightMap,
  options: MobileNetV3Options = MOBILENET_V3_DEFAULTS,
): Graph {
  const builder = new Builder(new TorchParameters(weights), options.batchNormEpsilon);
  const blocks: GraphBlock[] = [builder.stem(options)];
  let channels = STEM_CHANNELS;
  BOTTLENECKS.forEach((bottleneck, i) => {
    blocks.push(builder.bottleneck(`features.${i + 1}`, channels, bottleneck));
    channels = bottleneck.outputs;
  });
  blocks.push(builder.crown(`features.${BOTTLENECKS.length + 1}`, channels));
  return {
    inputShape: [options.inputSize, options.inputSize, 3],
    blocks,
    parameters: builder.parameters.parameters,
  };
}

/** Appends nodes; `current` is the id of the last one. */
class Builder {
  readonly parameters: TorchParameters;
  private readonly epsilon: number;
  private nodes: GraphNode[] = [];
  private current = GRAPH_INPUT;

  constructor(parameters: TorchParameters, epsilon: number) {
    this.parameters = parameters;
    this.epsilon = epsilon;
  }

  stem({ mean, std }: MobileNetV3Options): GraphBlock {
    const ofPixels = (values: readonly number[]) => values.map((value) => value * 255);
    this.add({ op: 'normalize', id: 'normalize', mean: ofPixels(mean), std: ofPixels(std) });
    this.convNorm('features.0', 3, STEM_CHANNELS, { kernel: 3, stride: 2 });
    this.activation('features.0.2', 'hard-swish');
    return this.finish('features.0', 'stem');
  }

  bottleneck(name: string, inputs: number, given: Bottleneck): GraphBlock {
    const entry = this.current;
    const { expanded, outputs, kernel, stride, activation } = given;
    let part = 0;
    const next = () => `${name}.block.${part++}`;
    if (expanded !== inputs) {
      const expand = next();
      this.convNorm(expand, inputs, expanded, { kernel: 1, stride: 1 });
      this.activation(`${expand}.2`, activation);
    }
    const depthwise = next();
    this.convNorm(depthwise, expanded, expanded, { kernel, stride, depthwise: true });
    this.activation(`${depthwise}.2`, activation);
    if (given.squeeze) this.squeezeExcite(next(), expanded);
    this.convNorm(next(), expanded, outputs, { kernel: 1, stride: 1 });
    if (stride === 1 && inputs === outputs) this.add({ op: 'add', id: `${name}.add` }, [entry, this.current]);
    return this.finish(name, 'inverted-residual');
  }

  crown(name: string, inputs: number): GraphBlock {
    this.convNorm(name, inputs, LAST_CHANNELS, { kernel: 1, stride: 1 });
    this.activation(`${name}.2`, 'hard-swish');
    this.add({ op: 'global-average-pool', id: 'pool', keepDims: false });
    return this.finish(name, 'conv');
  }

  private squeezeExcite(name: string, channels: number): void {
    const source = this.current;
    const squeezed = squeezeChannels(channels);
    this.add({ op: 'global-average-pool', id: `${name}.pool`, keepDims: true });
    this.biasedConv(`${name}.fc1`, channels, squeezed);
    this.activation(`${name}.activation`, 'relu');
    this.biasedConv(`${name}.fc2`, squeezed, channels);
    this.activation(`${name}.scale`, 'hard-sigmoid');
    this.add({ op: 'scale-channels', id: `${name}.scaled` }, [source, this.current]);
  }

  private biasedConv(name: string, inputs: number, outputs: number): void {
    const weight = this.parameters.take(`${name}.weight`, 'weight', [outputs, inputs, 1, 1]);
    const bias = this.parameters.take(`${name}.bias`, 'bias', [outputs]);
    this.add({ op: 'conv2d', id: name, weight, bias, ...geometry({ kernel: 1, stride: 1 }) });
  }

  /** `name.0` is the convolution, `name.1` its BatchNorm. */
  private convNorm(name: string, inputs: number, outputs: number, shape: ConvShape): void {
    const { kernel, depthwise = false } = shape;
    const weightShape = [outputs, depthwise ? 1 : inputs, kernel, kernel];
    const weight = this.parameters.take(`${name}.0.weight`, 'weight', weightShape);
    this.add({ op: 'conv2d', id: `${name}.0`, weight, ...geometry(shape) });
    this.add({
      op: 'batch-norm',
      id: `${name}.1`,
      gamma: this.parameters.take(`${name}.1.weight`, 'gamma', [outputs]),
      beta: this.parameters.take(`${name}.1.bias`, 'beta', [outputs]),
      mean: this.parameters.take(`${name}.1.running_mean`, 'running-mean', [outputs]),
      variance: this.parameters.take(`${name}.1.running_var`, 'running-variance', [outputs]),
      epsilon: this.epsilon,
    });
  }

  private activation(id: string, kind: ActivationKind): void {
    this.add({ op: 'activation', id, kind });
  }

  private add(node: NodeWithoutInputs, inputs: readonly string[] = [this.current]): void {
    this.nodes.push({ ...node, inputs });
    this.current = node.id;
  }

  private finish(name: string, kind: GraphBlock['kind']): GraphBlock {
    const nodes = this.nodes;
    this.nodes = [];
    return { name, kind, nodes };
  }
}

type NodeWithoutInputs = GraphNode extends infer N
  ? N extends GraphNode
    ? Omit<N, 'inputs'>
    : never
  : never;

interface ConvShape {
  readonly kernel: number;
  readonly stride: number;
  readonly depthwise?: boolean;
}

/** PyTorch pads both sides alike. */
function geometry({ kernel, stride, depthwise = false }: ConvShape) {
  const pad = (kernel - 1) / 2;
  return { stride, dilation: 1, padding: [pad, pad, pad, pad] as const, depthwise };
}

/**
 * A quarter of the channels, to the nearest multiple of 8, but never less than nine tenths of it.
 * Source: `_make_divisible` in torchvision `models/_utils.py`.
 */
function squeezeChannels(channels: number): number {
  const wanted = channels / 4;
  const rounded = Math.max(8, Math.floor((wanted + 4) / 8) * 8);
  return rounded < 0.9 * wanted ? rounded + 8 : rounded;
}
