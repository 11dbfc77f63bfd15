/**
 * @file Where a network can be cut: at values that alone carry everything onward. These are the dominators of the output
 * in the graph of values that depend on the input. In an order of execution they are found by one walk: every node that
 * the output needs lies before or behind a dominator, so right behind it nothing else is alive, and the other way round.
 */
import { EngineError } from '../core/errors.ts';
import { type Graph, isTrainable, type Node, valuesRead } from './model/ir.ts';
import { sizeOf } from './model/tensor-data.ts';
import { neededNodes } from './run/plan.ts';

/** A valid cut. */
export interface Cut {
  /** The value that is kept when everything below is frozen. */
  readonly value: string;
  /** Nodes between the cut before and this one, in the order of execution. */
  readonly nodes: readonly Node[];
}

/** A run of nodes between two cuts, large enough to be frozen or opened by itself. */
export interface ProposedBlock extends Cut {
  /** What the names of its parameters have in common, without the scopes that all blocks share. */
  readonly name: string;
  /** Trainable parameters that are used here first. */
  readonly parameters: readonly string[];
  /** Numbers in them. */
  readonly parameterCount: number;
}

/** More blocks than this are too fine for a person to choose from. */
const MAX_BLOCKS = 24;
/** With fewer than this, longer parts of the names are looked at. */
const ENOUGH_BLOCKS = 6;

/**
 * All valid cuts from the inputs to an output (by default the first), in the order of execution; the output is the last.
 * Nodes that depend on no input count to the cut that follows them.
 * @throws {EngineError} `model-unsupported` if the graph has no input or no output.
 */
export function findCuts(graph: Graph, output = graph.outputs[0]): readonly Cut[] {
  if (output === undefined || graph.inputs.length === 0) {
    throw new EngineError('model-unsupported', 'A network without an input or an output cannot be cut.');
  }
  const inputs = graph.inputs.map(({ name }) => name);
  const nodes = neededNodes(graph, new Set(inputs), [output]);
  const dependent = new Set(inputs);
  const lastRead = new Map<string, number>();
  nodes.forEach((node, index) => {
    const read = valuesRead(node).filter((name) => dependent.has(name));
    for (const name of read) lastRead.set(name, index);
    if (read.length > 0) for (const name of node.outputs) if (name !== '') dependent.add(name);
  });
  lastRead.set(output, nodes.length);
  return walk(nodes, inputs, dependent, lastRead);
}

function walk(
  nodes: readonly Node[],
  inputs: readonly string[],
  dependent: ReadonlySet<string>,
  lastRead: ReadonlyMap<string, number>,
): Cut[] {
  const alive = new Set(inputs.filter((name) => lastRead.has(name)));
  const cuts: Cut[] = [];
  let since: Node[] = [];
  nodes.forEach((node, index) => {
    since.push(node);
    for (const name of valuesRead(node)) if ((lastRead.get(name) ?? -1) <= index) alive.delete(name);
    const made = node.outputs.filter((name) => dependent.has(name) && (lastRead.get(name) ?? -1) > index);
    for (const name of made) alive.add(name);
    const [value] = made;
    if (alive.size !== 1 || value === undefined) return;
    cuts.push({ value, nodes: since });
    since = [];
  });
  return cuts;
}

/**
 * Blocks for the freeze control. Cuts within a layer (after its product, its bias, its normalisation, its activation)
 * count as one; layers are then grouped by the longest common beginning of their names that still gives enough blocks
 * (`features.4`, `block_3`, `layer1.0`), and the smallest neighbours are joined until there are not too many.
 */
export function proposeBlocks(graph: Graph): readonly ProposedBlock[] {
  const layers = asLayers(graph, findCuts(graph));
  const deepest = Math.max(1, ...layers.map(({ parts }) => parts.length));
  let depth = 1;
  while (depth < deepest && countRuns(layers, depth) < Math.min(ENOUGH_BLOCKS, layers.length)) depth += 1;
  const blocks = grouped(layers, depth);
  while (blocks.length > MAX_BLOCKS) joinSmallest(blocks);
  return named(blocks, depth);
}

/** Layers on the way to a block. */
interface Draft extends Cut {
  /** The name of the first parameter, in parts. */
  readonly parts: readonly string[];
  readonly parameters: readonly string[];
  readonly parameterCount: number;
}

/** Cuts joined so that each has a parameter with more than one axis; the rest goes to the layer before. */
function asLayers(graph: Graph, cuts: readonly Cut[]): Draft[] {
  const seen = new Set<string>();
  const layers: Draft[] = [];
  let waiting: Draft | null = null;
  for (const cut of cuts) {
    const parameters = ownParameters(graph, cut.nodes, seen);
    const parameterCount = parameters.reduce((sum, name) => sum + sizeOf(shapeOf(graph, name)), 0);
    const draft: Draft = { ...cut, parts: partsOf(parameters[0]), parameters, parameterCount };
    const hasMatrix = parameters.some((name) => shapeOf(graph, name).length > 1);
    const last = layers.at(-1);
    if (hasMatrix) {
      layers.push(waiting === null ? draft : joined(waiting, draft));
      waiting = null;
    } else if (last !== undefined) layers[layers.length - 1] = joined(last, draft);
    else waiting = waiting === null ? draft : joined(waiting, draft);
  }
  return waiting === null ? layers : [waiting, ...layers];
}

function ownParameters(graph: Graph, nodes: readonly Node[], seen: Set<string>): string[] {
  const found: string[] = [];
  for (const name of nodes.flatMap(valuesRead)) {
    const parameter = graph.parameters.get(name);
    if (parameter === undefined || seen.has(name) || !isTrainable(parameter)) continue;
    seen.add(name);
    found.push(name);
  }
  return found;
}

function shapeOf(graph: Graph, name: string): readonly number[] {
  return graph.parameters.get(name)?.shape ?? [];
}

function joined(a: Draft, b: Draft): Draft {
  return {
    value: b.value,
    nodes: [...a.nodes, ...b.nodes],
    parts: a.parts.length > 0 ? a.parts : b.parts,
    parameters: [...a.parameters, ...b.parameters],
    parameterCount: a.parameterCount + b.parameterCount,
  };
}

/** Names come as paths (`a/b`), with dots (`a.b`) or with underscores (`a_b`); the last part names the weight. */
function partsOf(name: string | undefined): string[] {
  return name?.split(/(?=[/._:])/) ?? [];
}

const keyOf = (draft: Draft, depth: number): string => draft.parts.slice(0, depth).join('');

function countRuns(layers: readonly Draft[], depth: number): number {
  return layers.filter((layer, i) => i === 0 || keyOf(layer, depth) !== keyOf(layers[i - 1] as Draft, depth))
    .length;
}

function grouped(layers: readonly Draft[], depth: number): Draft[] {
  const blocks: Draft[] = [];
  for (const layer of layers) {
    const last = blocks.at(-1);
    if (last !== undefined && keyOf(last, depth) === keyOf(layer, depth)) {
      blocks[blocks.length - 1] = joined(last, layer);
    } else blocks.push(layer);
  }
  return blocks;
}

/** Joins the two neighbours that have the fewest nodes together. */
function joinSmallest(blocks: Draft[]): void {
  let best = 0;
  let fewest = Infinity;
  for (let i = 0; i + 1 < blocks.length; i++) {
    const count = (blocks[i] as Draft).nodes.length + (blocks[i + 1] as Draft).nodes.length;
    if (count >= fewest) continue;
    best = i;
    fewest = count;
  }
  blocks.splice(best, 2, joined(blocks[best] as Draft, blocks[best + 1] as Draft));
}

/** By what the names of its parameters have in common, at most to the depth at which blocks were told apart. */
function named(blocks: readonly Draft[], depth: number): ProposedBlock[] {
  const proposed = blocks.map(({ value, nodes, parameters, parameterCount }) => {
    const common = parameters.map(partsOf).reduce<readonly string[] | null>((a, b) => {
      if (a === null) return b;
      const end = a.findIndex((part, i) => part !== b[i]);
      return end === -1 ? a : a.slice(0, end);
    }, null);
    const name = withoutEnd(common?.slice(0, depth).join('') ?? '') || ownerOf(parameters[0]) || value;
    return { name, value, nodes, parameters, parameterCount };
  });
  const shared = sharedScopes(proposed.map(({ name }) => name));
  return proposed.map((block) => ({ ...block, name: block.name.slice(shared) }));
}

const withoutEnd = (name: string): string => name.replace(/[/._:]+$/, '');

/** `stem.conv` of `stem.conv.weight`. */
function ownerOf(parameter = ''): string {
  return withoutEnd(parameter.slice(0, Math.max(parameter.lastIndexOf('.'), parameter.lastIndexOf('/'), 0)));
}

/** Length of the scopes (`Model/Encoder/`) that all names begin with, which tell a person nothing. */
function sharedScopes([first = '', ...others]: readonly string[]): number {
  if (others.length === 0) return 0;
  let end = 0;
  for (let next = first.indexOf('/') + 1; next > end; next = first.indexOf('/', next) + 1) {
    const scope = first.slice(0, next);
    if (![first, ...others].every((name) => name.length > next && name.startsWith(scope))) break;
    end = next;
  }
  return end;
}
