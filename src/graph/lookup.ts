import type { Graph, Node } from './model/ir.ts';

/**
 * The value in which the vectors of a text's pieces stand: where a network looks its input up in the largest of its
 * tables. `null` where it has none.
 */
export function lookupOf({ nodes, parameters, inputs }: Graph): string | null {
  const given = dependents(nodes, new Set(inputs.map(({ name }) => name)));
  const rowsOf = ({ op, inputs: [table, pieces], attributes }: Node): number => {
    const parameter = parameters.get(table ?? '');
    if (op !== 'Gather' || parameter?.role !== 'embedding' || !given.has(pieces ?? '')) return 0;
    return Number(attributes['axis'] ?? 0) === 0 && parameter.shape.length === 2
      ? (parameter.shape[0] ?? 0)
      : 0;
  };
  const largest = nodes.reduce<Node | null>(
    (best, node) => (rowsOf(node) > (best === null ? 0 : rowsOf(best)) ? node : best),
    null,
  );
  return largest?.outputs[0] ?? null;
}

/** All values that follow from given ones. */
function dependents(nodes: readonly Node[], given: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set(given);
  for (const { inputs, outputs } of nodes) {
    if (inputs.some((name) => name !== null && found.has(name))) for (const name of outputs) found.add(name);
  }
  return found;
}
