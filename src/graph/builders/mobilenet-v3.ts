import type { Attributes, Graph } from '../model/ir.ts';
import type { TensorBag } from '../weights/tensor-bag.ts';
import { TorchGraph } from './torch-graph.ts';

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

type ActivationKind = 'relu' | 'hard-swish' | 'hard-sigmoid';

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

/** The input: pixels 0..255, `[N, S, S, 3]`. */
const PIXELS = 'pixels';

/**
 * MobileNetV3-Small from pixels to the pooled features `[N, 576]`. The tensors have torchvision's names
 * (`features.0.0.weight`, ...) and PyTorch's layout (convolutions `[out, in, height, width]`); the graph's parameters keep
 * the names and are channels-last. The classifier is not read.
 * @throws {EngineError} `model-unsupported` if a tensor is missing or has another shape.
 */
export function mobileNetV3Small(bag: TensorBag, options: MobileNetV3Options = MOBILENET_V3_DEFAULTS): Graph {
  const layers = new Layers(bag, options.batchNormEpsilon);
  layers.stem(options);
  let channels = STEM_CHANNELS;
  BOTTLENECKS.forEach((bottleneck, i) => {
    layers.bottleneck(`features.${i + 1}`, channels, bottleneck);
    channels = bottleneck.outputs;
  });
  layers.crown(`features.${BOTTLENECKS.length + 1}`, channels);
  return layers.finish(options.inputSize);
}

/** Appends layers; `current` is the value that the last one made. */
class Layers {
  private readonly graph: TorchGraph;
  private readonly epsilon: number;
  private current = PIXELS;

  constructor(bag: TensorBag, epsilon: number) {
    this.graph = new TorchGraph(bag, [PIXELS]);
    this.epsilon = epsilon;
  }

  stem({ mean, std }: MobileNetV3Options): void {
    const centre = this.graph.vector(
      mean.map((value) => value * 255),
      'mean',
    );
    const scale = this.graph.vector(
      std.map((value) => 1 / (value * 255)),
      'scale',
    );
    this.add('Sub', 'centred', [PIXELS, centre]);
    this.add('Mul', 'normalised', [this.current, scale]);
    this.convNorm('features.0', 3, STEM_CHANNELS, { kernel: 3, stride: 2 });
    this.activation('features.0.2', 'hard-swish');
  }

  bottleneck(name: string, inputs: number, given: Bottleneck): void {
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
    if (stride === 1 && inputs === outputs) this.add('Add', `${name}.add`, [entry, this.current]);
  }

  crown(name: string, inputs: number): void {
    this.convNorm(name, inputs, LAST_CHANNELS, { kernel: 1, stride: 1 });
    this.activation(`${name}.2`, 'hard-swish');
    this.add('GlobalAveragePool', 'pool', [this.current], { channel_axis: -1 });
    this.add('Flatten', 'features', [this.current], { axis: 1 });
  }

  finish(size: number): Graph {
    const input = { name: PIXELS, dtype: 'float32' as const, shape: [null, size, size, 3] };
    return this.graph.finish([input], [this.current]);
  }

  private squeezeExcite(name: string, channels: number): void {
    const source = this.current;
    const squeezed = squeezeChannels(channels);
    this.add('GlobalAveragePool', `${name}.pool`, [source], { channel_axis: -1 });
    this.biasedConv(`${name}.fc1`, channels, squeezed);
    this.activation(`${name}.activation`, 'relu');
    this.biasedConv(`${name}.fc2`, squeezed, channels);
    this.activation(`${name}.scale`, 'hard-sigmoid');
    this.add('Mul', `${name}.scaled`, [source, this.current]);
  }

  private biasedConv(name: string, inputs: number, outputs: number): void {
    this.current = this.graph.conv(this.current, name, [inputs, outputs], { kernel: 1, bias: true });
  }

  /** `name.0` is the convolution, `name.1` its BatchNorm. */
  private convNorm(name: string, inputs: number, outputs: number, shape: ConvShape): void {
    // PyTorch pads both sides alike.
    const pad = (shape.kernel - 1) / 2;
    const options = { ...shape, attributes: { pads: [pad, pad, pad, pad] } };
    const y = this.graph.conv(this.current, `${name}.0`, [inputs, outputs], options);
    this.current = this.graph.batchNorm(y, `${name}.1`, outputs, this.epsilon);
  }

  private activation(name: string, kind: ActivationKind): void {
    const [op, attributes] = ACTIVATIONS[kind];
    this.add(op, name, [this.current], attributes);
  }

  private add(op: string, name: string, inputs: readonly string[], attributes: Attributes = {}): void {
    this.current = this.graph.node(op, name, inputs, attributes);
  }
}

/** hard-sigmoid: `relu6(x + 3) / 6`. */
const ACTIVATIONS: Readonly<Record<ActivationKind, readonly [op: string, attributes: Attributes]>> = {
  relu: ['Relu', {}],
  'hard-swish': ['HardSwish', {}],
  'hard-sigmoid': ['HardSigmoid', { alpha: 1 / 6, beta: 0.5 }],
};

interface ConvShape {
  readonly kernel: number;
  readonly stride: number;
  readonly depthwise?: boolean;
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
