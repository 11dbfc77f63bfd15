import { EngineError } from '../core/errors.ts';
import type { BlockInfo } from '../core/model-card.ts';
import { type ConvNode, type Graph, GRAPH_INPUT, type GraphNode, isTrainable, parametersOf } from './ir.ts';

type Shape = readonly number[];

/**
 * Checks a graph and describes its blocks.
 * Shape: those of one sample, without the batch dimension.
 * @throws {EngineError} `model-unsupported` if a node names an input or a parameter that is not there, reads across a
 * block boundary, or if shapes do not fit.
 */
export function describeBlocks(graph: Graph): readonly BlockInfo[] {
  let boundary = GRAPH_INPUT;
  let boundaryShape: Shape = graph.inputShape;
  return graph.blocks.map(({ name, kind, nodes }, index) => {
    const shapes = new Map<string, Shape>([[boundary, boundaryShape]]);
    let parameters = 0;
    for (const node of nodes) {
      const inputs = node.inputs.map((id) => {
        const shape = shapes.get(id);
        if (shape === undefined)
          throw unsupported(node, `reads "${id}", which is not in block ${name} or its input`);
        return shape;
      });
      shapes.set(node.id, outputShape(graph, node, inputs));
      for (const parameter of parametersOf(node)) {
        const found = graph.parameters.get(parameter);
        if (found === undefined) throw unsupported(node, `needs the parameter "${parameter}"`);
        if (isTrainable(found)) parameters += found.data.length;
      }
    }
    const last = nodes.at(-1);
    if (last === undefined) throw new EngineError('model-unsupported', `Block ${name} has no nodes.`);
    boundary = last.id;
    boundaryShape = shapes.get(last.id) ?? [];
    return { index, name, kind, parameters, outputShape: boundaryShape };
  });
}

function outputShape(graph: Graph, node: GraphNode, inputs: readonly Shape[]): Shape {
  const [first, second] = inputs;
  if (first === undefined) throw unsupported(node, 'has no input');
  switch (node.op) {
    case 'conv2d':
      return convShape(graph, node, first);
    case 'global-average-pool':
      return node.keepDims ? [1, 1, ...first.slice(2)] : first.slice(2);
    case 'add':
      if (second?.join() !== first.join()) throw unsupported(node, 'adds tensors of two shapes');
      return first;
    case 'scale-channels':
      if (second?.join() !== [1, 1, first[2]].join()) throw unsupported(node, 'needs one weight per channel');
      return first;
    case 'normalize':
    case 'batch-norm':
    case 'activation':
      return first;
  }
}

function convShape(graph: Graph, node: ConvNode, [height = 0, width = 0, channels = 0]: Shape): Shape {
  const [kernelHeight = 0, kernelWidth = 0, inputs = 0, outputs = 0] =
    graph.parameters.get(node.weight)?.shape ?? [];
  if (inputs !== channels) throw unsupported(node, `expects ${inputs} channels, but gets ${channels}`);
  const [top, bottom, left, right] = node.padding;
  const size = (input: number, kernel: number) =>
    Math.floor((input - (kernel - 1) * node.dilation - 1) / node.stride) + 1;
  return [
    size(height + top + bottom, kernelHeight),
    size(width + left + right, kernelWidth),
    node.depthwise ? channels * outputs : outputs,
  ];
}

function unsupported(node: GraphNode, problem: string): EngineError {
  return new EngineError('model-unsupported', `The node "${node.id}" (${node.op}) ${problem}.`);
}
