import { EngineError } from '../../core/errors.ts';
import { type Graph, type Node, valuesRead } from '../model/ir.ts';
import type { Op } from '../ops/op.ts';
import { findOp } from '../ops/registry.ts';

/** The nodes of one run, in order, and which values are used for the last time by each. */
export interface Plan {
  /** Nodes that depend on parameters alone: their results are computed once and serve every run. */
  readonly folded: readonly PlanStep[];
  /** What the other steps and the caller read of them. */
  readonly kept: ReadonlySet<string>;
  readonly steps: readonly PlanStep[];
}

export interface PlanStep {
  readonly node: Node;
  readonly op: Op;
  /** Values that no later step reads and nobody asked for. */
  readonly release: readonly string[];
}

/**
 * Plans the run from given values to wanted ones: only nodes on a path between them.
 * @param replaced Parameters in whose place the run has other tensors; what depends on them is not folded.
 * @throws {EngineError} `model-unsupported` if a wanted value needs an input that is not given, or with the name of a
 * node whose operation is not known.
 */
export function planRun(
  graph: Graph,
  given: ReadonlySet<string>,
  wanted: readonly string[],
  replaced: ReadonlySet<string> = new Set(),
): Plan {
  const nodes = neededNodes(graph, given, wanted);
  const constant = new Set(
    [...graph.parameters.keys()].filter((name) => !given.has(name) && !replaced.has(name)),
  );
  const folded: PlanStep[] = [];
  const running: PlanStep[] = [];
  for (const node of nodes) {
    const op = opOf(node);
    const reads = valuesRead(node);
    const folds =
      reads.length > 0 &&
      op.control === undefined &&
      op.random !== true &&
      reads.every((name) => constant.has(name));
    (folds ? folded : running).push({ node, op, release: [] });
    if (folds) for (const name of node.outputs) constant.add(name);
  }
  const made = new Set(folded.flatMap(({ node }) => node.outputs));
  const read = [...running.flatMap(({ node }) => valuesRead(node)), ...wanted];
  const kept = new Set(read.filter((name) => made.has(name)));
  const parameters = folded.flatMap(({ node }) => valuesRead(node)).filter((name) => !made.has(name));
  return {
    folded: withRelease(folded, kept, parameters),
    kept,
    steps: withRelease(running, new Set(wanted), []),
  };
}

/** The nodes between given values and wanted ones, in the order of execution. */
export function neededNodes(
  graph: Pick<Graph, 'nodes' | 'inputs'>,
  given: ReadonlySet<string>,
  wanted: Iterable<string>,
): Node[] {
  const needed = new Set([...wanted].filter((name) => !given.has(name)));
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

function opOf({ name, op }: Node): Op {
  const found = findOp(op);
  if (found !== undefined) return found;
  throw new EngineError(
    'model-unsupported',
    `The node "${name}" (${op}): is not an operation that is known here`,
    { node: name, op },
  );
}

/** Adds to each step what it is the last to use: values that steps make, and the `others`. */
function withRelease(
  steps: readonly PlanStep[],
  kept: ReadonlySet<string>,
  others: readonly string[],
): PlanStep[] {
  const lastUse = new Map<string, number>(others.map((name) => [name, 0]));
  steps.forEach(({ node }, index) => {
    for (const name of node.outputs) if (name !== '') lastUse.set(name, index);
    for (const name of valuesRead(node)) if (lastUse.has(name)) lastUse.set(name, index);
  });
  const release = steps.map((): string[] => []);
  for (const [name, index] of lastUse) if (!kept.has(name)) release[index]?.push(name);
  return steps.map((step, index) => ({ ...step, release: release[index] ?? [] }));
}
