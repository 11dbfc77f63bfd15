import type { Graph, Node } from '../model/ir.ts';
import { type PassOptions, Rewriting } from './rewriting.ts';

/** Leaves away what changes nothing when a network is not trained: Identity, Dropout, transposes that keep the order. */
export function simplified(graph: Graph, options: PassOptions): Graph {
  const rewriting = new Rewriting(graph, options);
  for (const node of graph.nodes) {
    const [input] = node.inputs;
    const [output = '', ...more] = node.outputs;
    const standsFor =
      typeof input === 'string' && more.every((name) => name === '') && isIdle(node, rewriting);
    if (!standsFor || !rewriting.alias(output, input)) rewriting.copy(node);
  }
  return rewriting.finish();
}

function isIdle({ op, inputs, attributes }: Node, rewriting: Rewriting): boolean {
  const perm = attributes['perm'];
  switch (op) {
    case 'Identity':
      return true;
    case 'Dropout': {
      const training = inputs[2] ?? null;
      return training === null || rewriting.number(training) === 0;
    }
    case 'Transpose':
      return Array.isArray(perm) && perm.every((axis, i) => axis === i);
    default:
      return false;
  }
}
