import { EngineError } from '../core/errors.ts';
import type { Graph, Node, Parameter } from './model/ir.ts';

/** How pictures go into a network and features come out of it. */
export interface ImageTrunkOptions {
  /** Side of the square RGB input, px. */
  readonly inputSize: number;
  /** Pixels 0..255 are multiplied by the one and added the other: one number, or one per channel. */
  readonly scale: readonly number[];
  readonly offset: readonly number[];
  /** Whether the network takes and gives `[N, C, H, W]`. */
  readonly channelsFirst?: boolean;
  /** The value that holds the features (default: the first output) and its number of axes, with the batch. */
  readonly features?: string;
  readonly featureAxes: number;
}

const PIXELS = 'pixels';

/** Scale and offset that take 0..255 to a range. */
export function towards([low, high]: readonly [number, number]): Pick<ImageTrunkOptions, 'scale' | 'offset'> {
  return { scale: [(high - low) / 255], offset: [low] };
}

/** Scale and offset that take 0..255 to what a network expects that was trained on pixels minus `mean` over `std`. */
export function normalized(
  mean: readonly number[],
  std: readonly number[],
): Pick<ImageTrunkOptions, 'scale' | 'offset'> {
  const spread = (channel: number) => std[channel] ?? 1;
  return {
    scale: mean.map((_, channel) => 1 / (255 * spread(channel))),
    offset: mean.map((value, channel) => -value / spread(channel)),
  };
}

/**
 * A network of one input as a trunk: pixels 0..255 `[N, S, S, 3]` in, pooled features `[N, F]` out, whatever lies beyond
 * the features left away. Pooling is the mean over space (or over tokens, where features have three axes).
 * @throws {EngineError} `model-unsupported` if the network has another number of inputs.
 */
export function asImageTrunk(graph: Graph, options: ImageTrunkOptions): Graph {
  const [input, ...more] = graph.inputs;
  const features = options.features ?? graph.outputs[0];
  if (input === undefined || more.length > 0 || features === undefined) {
    throw new EngineError(
      'model-unsupported',
      `A trunk has one input, but this network has ${graph.inputs.length}.`,
    );
  }
  const { scale, offset, inputSize } = options;
  const first = options.channelsFirst === true;
  const scaled = first ? `${PIXELS}/shifted` : input.name;
  const before = [
    node('Mul', [PIXELS, `${PIXELS}/scale`], `${PIXELS}/scaled`),
    node('Add', [`${PIXELS}/scaled`, `${PIXELS}/offset`], scaled),
    ...(first ? [node('Transpose', [scaled], input.name, { perm: [0, 3, 1, 2] })] : []),
  ];
  const after = pooling(features, options.featureAxes, first ? 1 : -1);
  return {
    inputs: [{ name: PIXELS, dtype: 'float32', shape: [null, inputSize, inputSize, 3] }],
    outputs: [after.at(-1)?.outputs[0] ?? features],
    nodes: [...before, ...graph.nodes, ...after],
    parameters: new Map([
      ...graph.parameters,
      ...[constant(`${PIXELS}/scale`, scale), constant(`${PIXELS}/offset`, offset)].map(
        (parameter) => [parameter.name, parameter] as const,
      ),
    ]),
  };
}

function pooling(features: string, axes: number, channelAxis: number): Node[] {
  if (axes <= 2) return [];
  const pooled = `${features}/pooled`;
  const mean = node('GlobalAveragePool', [features], pooled, { channel_axis: axes === 3 ? -1 : channelAxis });
  return [mean, node('Flatten', [pooled], `${features}/flat`, { axis: 1 })];
}

function node(op: string, inputs: string[], output: string, attributes: Node['attributes'] = {}): Node {
  return { name: output, op, inputs, outputs: [output], attributes };
}

function constant(name: string, values: readonly number[]): Parameter {
  const shape = values.length === 1 ? [] : [values.length];
  return { name, role: 'constant', dtype: 'float32', shape, data: Float32Array.from(values) };
}
