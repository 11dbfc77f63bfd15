import { EngineError } from '../../core/errors.ts';
import { type Graph, type Node, valuesRead } from '../model/ir.ts';

/** The nodes of one run, in order, and which values are used for the last time by each. */
export interface Plan {
  readonly steps: readonly PlanStep[];
}

export interface PlanStep {
  readonly node: Node;
  /** Values that no later step reads and nobody asked for. */
  readonly release: readonly string[];
}

/**
 * Plans the run from given values to wanted ones: only nodes on a path between them.
 * @throws {EngineError} `model-unsupported` if a wanted value needs an input that is not given.
 */
export function planRun(graph: Graph, given: ReadonlySet<string>, wanted: readonly string[]): Plan {
  const nodes = neededNodes(graph, given, wanted);
  const lastUse = new Map<string, number>();
  nodes.forEach((node, index) => {
    for (const name of node.outputs) if (name !== '') lastUse.set(name, index);
    for (const name of valuesRead(node)) if (lastUse.has(name)) lastUse.set(name, index);
  });
  for (const name of wanted) lastUse.delete(name);
  const release = nodes.map((): string[] => []);
  for (const [name, index] of lastUse) release[index]?.push(name);
  return { steps: nodes.map((node, index) => ({ node, release: release[index] ?? [] })) };
}

function neededNodes(graph: Graph, given: ReadonlySet<string>, wanted: readonly string[]): Node[] {
  const needed = new Set(wanted.filter((name) => !given.has(name)));
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    nodes.push(node);
    for (const name of node.outputs) needed.delete(name);
    for (const name of valuesRead(node)) if (!given.has(name)) needed.add(name);
  }
  for (const { name } of graph.inputs) {
    if (needed.has(name)) {
      throw new EngineError('model-unsupported', `The input "${name}" of the network was not given.`, {
        input: name,
      });
    }
  }
  return nodes.reverse();
}
