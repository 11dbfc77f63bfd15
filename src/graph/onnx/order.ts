import type { OnnxGraph, OnnxNode } from './proto.ts';

/**
 * Nodes so that each comes after those whose results it reads. The format asks for this order, some tools append what
 * they insert; nodes that are in order keep it. Where some wait for each other, all are left as they are.
 */
export function inOrder(nodes: readonly OnnxNode[]): readonly OnnxNode[] {
  const makers = new Map<string, number>();
  nodes.forEach(({ outputs }, index) => {
    for (const name of outputs) if (name !== '') makers.set(name, index);
  });
  const sources = nodes.map((node) =>
    [...new Set(namesRead(node))].flatMap((name) => makers.get(name) ?? []),
  );
  if (sources.every((from, index) => from.every((source) => source < index))) return nodes;
  const ordered: OnnxNode[] = [];
  const state = new Uint8Array(nodes.length); // 1: begun, 2: placed
  for (const start of nodes.keys()) {
    // Not by recursion: files decide how deep it would go.
    const path = state[start] === 0 ? [start] : [];
    while (path.length > 0) {
      const index = path.at(-1) as number;
      state[index] = Math.max(1, state[index] as number);
      const next = sources[index]?.find((source) => state[source] !== 2);
      if (next === undefined) {
        ordered.push(nodes[index] as OnnxNode);
        state[index] = 2;
        path.pop();
      } else if (state[next] === 1) {
        return nodes;
      } else path.push(next);
    }
  }
  return ordered;
}

/** What a node reads, also from inside its bodies. */
function namesRead({ inputs, attributes }: OnnxNode): string[] {
  const bodies = attributes.flatMap(({ graph, graphs }) => (graph === null ? graphs : [graph, ...graphs]));
  return [...inputs, ...bodies.flatMap(namesReadIn)];
}

/** Names of values that a body makes itself do not matter: names are unique in a file. */
function namesReadIn({ nodes, outputs }: OnnxGraph): string[] {
  return [...outputs.map(({ name }) => name), ...nodes.flatMap(namesRead)];
}
