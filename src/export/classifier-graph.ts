import { EngineError } from '../core/errors.ts';
import type { Graph, Node, Parameter } from '../graph/model/ir.ts';

/** A dense layer from features to one logit per class. */
export interface DenseHead {
  readonly featureSize: number;
  readonly classes: number;
  /** Shape: `[featureSize, classes]`, row-major. */
  readonly weights: Float32Array<ArrayBuffer>;
  /** Shape: `[classes]`. */
  readonly bias: Float32Array<ArrayBuffer>;
}

/** What the whole classifier gives: one probability per class. */
export const PROBABILITIES = 'probabilities';

/**
 * A trunk (pixels 0..255 `[N, S, S, 3]` in, features `[N, F]` out) and its head as one graph: pixels in, probabilities
 * `[N, classes]` out. Parameters of the trunk are shared, not copied.
 * @throws {EngineError} `model-unsupported` if the trunk does not end in one value.
 */
export function classifierGraph(trunk: Graph, head: DenseHead): Graph {
  const [features, ...more] = trunk.outputs;
  if (features === undefined || more.length > 0) {
    throw new EngineError('model-unsupported', `A trunk gives one value, this one ${trunk.outputs.length}.`);
  }
  const fresh = namesBeside(trunk);
  const { featureSize, classes } = head;
  const weights: Parameter = {
    name: fresh('head/weights'),
    role: 'weight',
    dtype: 'float32',
    shape: [featureSize, classes],
    data: head.weights,
  };
  const bias: Parameter = {
    name: fresh('head/bias'),
    role: 'bias',
    dtype: 'float32',
    shape: [classes],
    data: head.bias,
  };
  const [logits, probabilities] = [fresh('logits'), fresh(PROBABILITIES)];
  const nodes: Node[] = [
    {
      name: fresh('head'),
      op: 'Gemm',
      inputs: [features, weights.name, bias.name],
      outputs: [logits],
      attributes: {},
    },
    {
      name: fresh('softmax'),
      op: 'Softmax',
      inputs: [logits],
      outputs: [probabilities],
      attributes: { axis: -1 },
    },
  ];
  return {
    inputs: trunk.inputs,
    outputs: [probabilities],
    nodes: [...trunk.nodes, ...nodes],
    parameters: new Map([...trunk.parameters, [weights.name, weights], [bias.name, bias]]),
  };
}

/** Gives names that a graph does not use. */
function namesBeside({ inputs, nodes, parameters }: Graph): (wanted: string) => string {
  const taken = new Set([
    ...inputs.map(({ name }) => name),
    ...parameters.keys(),
    ...nodes.flatMap(({ name, outputs }) => [name, ...outputs]),
  ]);
  return (wanted) => {
    let name = wanted;
    while (taken.has(name)) name = `${name}_`;
    taken.add(name);
    return name;
  };
}
