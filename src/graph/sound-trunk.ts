import { EngineError } from '../core/errors.ts';
import { MEL_BANDS } from '../core/trunk-input.ts';
import type { Graph, Node } from './model/ir.ts';

export interface SoundTrunkOptions {
  /** Frames of the mel spectrum that go in. */
  readonly frames: number;
  /** The value that holds the features of each stretch: `[N, C, stretches, 1]`. */
  readonly features: string;
}

/**
 * A convolutional network that was made for one stretch of a sound as a trunk for longer ones: frames of the mel
 * spectrum `[N, frames, 32, 1]` in, the mean of the features of all its stretches `[N, C]` out. It slides by itself,
 * since its convolutions reach no further than a stretch; what fixed its length is made free.
 * @throws {EngineError} `model-unsupported` if the network has another number of inputs, or lacks the features.
 */
export function asSoundTrunk(graph: Graph, { frames, features }: SoundTrunkOptions): Graph {
  const [input, ...more] = graph.inputs;
  const last = graph.nodes.findIndex(({ outputs }) => outputs.includes(features));
  if (input === undefined || more.length > 0 || last < 0) {
    throw new EngineError('model-unsupported', `The network has no one input, or no value ${features}.`);
  }
  const shape = { name: `${input.name}/shape`, role: 'constant', dtype: 'int64', shape: [4] } as const;
  // Channels first, as the network computes: with one channel that moves nothing.
  const data = BigInt64Array.of(-1n, 1n, BigInt(frames), BigInt(MEL_BANDS));
  const nodes = graph.nodes
    .slice(0, last + 1)
    .map((node) =>
      node.op === 'Reshape' && node.inputs[0] === input.name ? reshaped(node, shape.name) : node,
    );
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const pooled = `${features}/pooled`;
  return {
    inputs: [{ name: input.name, dtype: 'float32', shape: [null, frames, MEL_BANDS, 1] }],
    outputs: [`${features}/flat`],
    nodes: [
      ...nodes,
      node('GlobalAveragePool', features, pooled, { channel_axis: 1 }),
      node('Flatten', pooled, `${features}/flat`, { axis: 1 }),
    ],
    parameters: new Map([
      ...[...graph.parameters].filter(([name]) => read.has(name)),
      [shape.name, { ...shape, data }],
    ]),
  };
}

function reshaped(node: Node, shape: string): Node {
  return { ...node, inputs: [node.inputs[0] ?? '', shape] };
}

function node(op: string, input: string, output: string, attributes: Node['attributes']): Node {
  return { name: output, op, inputs: [input], outputs: [output], attributes };
}
