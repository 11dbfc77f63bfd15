import { damaged } from '../importing/errors.ts';
import type { GraphDefNode } from './model-json.ts';

/** The nodes between some values and others, in the order of execution. */
export interface NodeSelection {
  readonly nodes: readonly GraphDefNode[];
  /** How often each value is read by them, or is an output. */
  readonly uses: ReadonlyMap<string, number>;
}

/** `name:0` is the first output of a node, which is named as the node; `^name` only orders, `null` here. */
export function valueOf(reference: string): string | null {
  if (reference.startsWith('^')) return null;
  return reference.endsWith(':0') ? reference.slice(0, -2) : reference;
}

/** The node that makes a value. */
function makerOf(value: string): string {
  return value.replace(/:\d+$/, '');
}

/**
 * Selects what the outputs need, down to the given values (their makers are left out).
 * @param wanted Values, as {@link valueOf} names them.
 * @throws {EngineError} `model-damaged` if a node is missing, occurs twice, or the nodes form a circle.
 */
export function selectNodes(
  all: readonly GraphDefNode[],
  given: ReadonlySet<string>,
  wanted: readonly string[],
): NodeSelection {
  const byName = new Map<string, GraphDefNode>();
  for (const node of all) {
    if (byName.has(node.name)) throw damaged(`two nodes have the name "${node.name}"`);
    byName.set(node.name, node);
  }
  const nodes: GraphDefNode[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const uses = new Map<string, number>();
  for (const value of wanted) uses.set(value, (uses.get(value) ?? 0) + 1);
  const stack = wanted.toReversed();
  for (let value = stack.at(-1); value !== undefined; value = stack.at(-1)) {
    const name = makerOf(value);
    if (given.has(value) || state.get(name) === 'done') {
      stack.pop();
      continue;
    }
    const node = byName.get(name);
    if (node === undefined) throw damaged(`there is no node "${name}"`);
    const inputs = node.input.map(valueOf).filter((input) => input !== null);
    const missing = inputs.filter((input) => !given.has(input) && state.get(makerOf(input)) !== 'done');
    if (missing.length === 0) {
      stack.pop();
      state.set(name, 'done');
      nodes.push(node);
      for (const input of inputs) uses.set(input, (uses.get(input) ?? 0) + 1);
      continue;
    }
    if (state.get(name) === 'open') throw damaged(`the node "${name}" needs its own result`);
    state.set(name, 'open');
    stack.push(...missing.toReversed());
  }
  return { nodes, uses };
}

/** All nodes that the outputs need, in no order; circles are no problem here. */
export function reachable(
  all: readonly GraphDefNode[],
  given: ReadonlySet<string>,
  wanted: readonly string[],
): readonly GraphDefNode[] {
  const byName = new Map(all.map((node) => [node.name, node]));
  const found = new Set<GraphDefNode>();
  const stack = [...wanted];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    const node = given.has(value) ? undefined : byName.get(makerOf(value));
    if (node === undefined || found.has(node)) continue;
    found.add(node);
    for (const input of node.input) {
      const next = valueOf(input);
      if (next !== null) stack.push(next);
    }
  }
  return [...found];
}
