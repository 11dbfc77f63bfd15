import { EngineError } from '../core/errors.ts';
import { type DataType, type Graph, type Node, type Parameter, valuesRead } from './model/ir.ts';
import { isFloat } from './model/tensor-data.ts';
import { planRun } from './run/plan.ts';

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
  /** Axis of the features' channels where they are a map, with the batch. Default: as the network's input. */
  readonly featureChannels?: number;
  /** Whether the network takes blue first. */
  readonly bgr?: boolean;
}

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
  const { inputSize } = options;
  const pixels = unusedName(graph);
  const before = framing(options, pixels, input);
  const channels = options.featureChannels ?? (options.channelsFirst === true ? 1 : -1);
  const after = pooling(features, options.featureAxes, channels);
  const needed = planRun(graph, new Set([input.name]), [features]).steps.map(({ node }) => node);
  const read = new Set(needed.flatMap(valuesRead));
  return {
    inputs: [{ name: pixels, dtype: 'float32', shape: [null, inputSize, inputSize, 3] }],
    outputs: [after.at(-1)?.outputs[0] ?? features],
    nodes: [...before, ...needed, ...after],
    parameters: new Map([
      ...[...graph.parameters].filter(([name]) => read.has(name)),
      ...constants(options, pixels).map((parameter) => [parameter.name, parameter] as const),
    ]),
  };
}

/** A name that the network does not use for anything of its own: it may have been exported from here. */
function unusedName({ inputs, nodes, parameters }: Graph): string {
  const taken = [
    ...inputs.map(({ name }) => name),
    ...parameters.keys(),
    ...nodes.flatMap(({ outputs }) => outputs),
  ];
  const starts = (name: string) => taken.some((one) => one === name || one.startsWith(`${name}/`));
  let name = 'pixels';
  for (let i = 2; starts(name); i++) name = `pixels-${i}`;
  return name;
}

/** From pixels to what the network takes: the order of the colours, the range, the type, the order of the axes. */
function framing(
  { bgr = false, channelsFirst = false }: ImageTrunkOptions,
  pixels: string,
  input: { readonly name: string; readonly dtype: DataType },
): Node[] {
  const steps: [op: string, name: string, more: string[], attributes?: Node['attributes']][] = [
    ...(bgr ? [['Gather', 'turned', [`${pixels}/order`], { axis: 3 }] as (typeof steps)[number]] : []),
    ['Mul', 'scaled', [`${pixels}/scale`]],
    ['Add', 'shifted', [`${pixels}/offset`]],
    ...(isFloat(input.dtype) ? [] : [['Cast', 'cast', [], { to: input.dtype }] as (typeof steps)[number]]),
    ...(channelsFirst ? [['Transpose', 'first', [], { perm: [0, 3, 1, 2] }] as (typeof steps)[number]] : []),
  ];
  let value = pixels;
  return steps.map(([op, name, more, attributes = {}], index) => {
    const output = index === steps.length - 1 ? input.name : `${pixels}/${name}`;
    const made = node(op, [value, ...more], output, attributes);
    value = output;
    return made;
  });
}

function constants({ scale, offset, bgr = false }: ImageTrunkOptions, pixels: string): Parameter[] {
  const order: Parameter = {
    name: `${pixels}/order`,
    role: 'constant',
    dtype: 'int64',
    shape: [3],
    data: BigInt64Array.of(2n, 1n, 0n),
  };
  return [constant(`${pixels}/scale`, scale), constant(`${pixels}/offset`, offset), ...(bgr ? [order] : [])];
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
