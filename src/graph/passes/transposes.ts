/**
 * @file Keeps pictures channels-last from end to end. Importers of channels-first files put a transpose before and behind
 * each operation over space; here a value behind such a transpose is only remembered as the value before it, what follows
 * (element by element, along axes that are renamed, over sizes) is computed on that, and the next transpose cancels it.
 * One is left only where something needs the other order: the input, an output, an unknown operation.
 */
import type { Attributes, Graph, Node } from '../model/ir.ts';
import { inverse, isIdentity } from '../model/permute.ts';
import { sizeOf } from '../model/tensor-data.ts';
import { inferShapes } from '../run/infer-shapes.ts';
import { LAYOUT_RULES, type LayoutRule } from './layout-rules.ts';
import { type PassOptions, Rewriting } from './rewriting.ts';

/** A value as another one with its axes in another order: its axis `i` is axis `perm[i]` of `base`. */
export interface Turned {
  readonly base: string;
  readonly perm: readonly number[];
}

/** @see {@link PassOptions} */
export function transposesCancelled(graph: Graph, options: PassOptions): Graph {
  if (!graph.nodes.some(({ op }) => op === 'Transpose')) return graph;
  return new Layout(graph, options).run();
}

/** Channels second, from channels last. */
function isChannelsFirst(perm: readonly number[]): boolean {
  return (
    perm.length > 2 && perm.every((axis, i) => axis === (i === 0 ? 0 : i === 1 ? perm.length - 1 : i - 1))
  );
}

/** The pass under way; rules ask it for what they need. */
export class Layout {
  readonly rewriting: Rewriting;
  private readonly graph: Graph;
  private readonly turned = new Map<string, Turned>();
  private readonly shapes: ReturnType<typeof inferShapes>;
  /** Values `[N, 1, ..., 1, C]` whose order of axes makes no difference. */
  private readonly pooled = new Set<string>();
  private readonly made = new Map<string, string>();

  constructor(graph: Graph, options: PassOptions) {
    this.graph = graph;
    this.rewriting = new Rewriting(graph, options);
    this.shapes = inferShapes(graph);
  }

  run(): Graph {
    for (const node of this.graph.nodes) {
      if (node.op === 'Transpose') this.transpose(node);
      else if (!this.rewritten(node)) this.take(node);
    }
    return this.rewriting.finish();
  }

  /** How a value is known now, `null` if as itself. */
  turnedOf(name: string | null | undefined): Turned | null {
    return typeof name === 'string' ? (this.turned.get(name) ?? null) : null;
  }

  rank(name: string): number | null {
    return this.rewriting.parameter(name)?.shape.length ?? this.shapes.get(name)?.length ?? null;
  }

  /** Whether the space of a turned value has one element. */
  isPooled(name: string): boolean {
    const known = this.turned.get(name);
    if (known !== undefined && this.pooled.has(known.base)) return true;
    const shape = this.shapes.get(name);
    return shape !== undefined && shape.length > 2 && shape.slice(2).every((size) => size === 1);
  }

  markPooled(base: string): void {
    this.pooled.add(base);
  }

  isPooledBase(base: string): boolean {
    return this.pooled.has(base);
  }

  /** A value under its own name and in its own order. */
  plain(name: string): string {
    const known = this.turned.get(name);
    if (known === undefined) return name;
    this.turned.delete(name);
    this.rewriting.emit('Transpose', [known.base], name, { perm: known.perm });
    this.made.set(`${known.base}|${known.perm.join()}`, name);
    return name;
  }

  /** A value in the order that others of a permutation have, `null` if that cannot be told. */
  inOrder(name: string, perm: readonly number[]): string | null {
    const known = this.turned.get(name);
    if (known !== undefined) {
      if (known.perm.join() === perm.join()) return known.base;
      this.plain(name);
    }
    const parameter = this.rewriting.parameter(name);
    if (parameter !== undefined) return this.constantInOrder(name, parameter.shape, perm);
    if (this.rank(name) !== perm.length) return null;
    return this.transposed(name, inverse(perm));
  }

  /** Lets `output` be what `emit` makes, in the order of a permutation. */
  put(output: string, base: string, perm: readonly number[]): void {
    if (isIdentity(perm)) {
      if (!this.rewriting.alias(output, base)) this.rewriting.emit('Identity', [base], output);
    } else {
      this.turned.set(output, { base, perm });
      if (this.rewriting.isFixed(output)) this.plain(output);
    }
  }

  /** Emits a node like the given one for one turned result. */
  emitLike(
    node: Node,
    inputs: readonly (string | null)[],
    perm: readonly number[],
    attributes: Attributes,
  ): string {
    const [output = ''] = node.outputs;
    const base = isIdentity(perm) && !this.rewriting.isFixed(output) ? output : this.rewriting.fresh(output);
    this.rewriting.emit(node.op, inputs, base, attributes, node.name);
    if (base !== output) this.put(output, base, perm);
    return base;
  }

  private transpose(node: Node): void {
    const [input] = node.inputs;
    const [output = ''] = node.outputs;
    if (typeof input !== 'string' || this.rewriting.isConstant(input)) {
      this.rewriting.copy(node);
      return;
    }
    const known = this.turned.get(input);
    const given: unknown = node.attributes['perm'];
    const rank = known?.perm.length ?? this.rank(input);
    const perm = Array.isArray(given)
      ? (given as readonly number[])
      : Array.from({ length: rank ?? 0 }, (_, i) => (rank ?? 0) - 1 - i);
    if (known !== undefined) {
      this.put(
        output,
        known.base,
        perm.map((axis) => known.perm[axis] as number),
      );
    } else if (isChannelsFirst(perm)) this.put(output, input, perm);
    else {
      const key = `${String(input)}|${perm.join()}`;
      const made = this.made.get(key);
      if (made === undefined || !this.rewriting.alias(output, made)) {
        this.rewriting.emit('Transpose', [input], output, { perm }, node.name);
        this.made.set(key, output);
      }
    }
  }

  private rewritten(node: Node): boolean {
    const rule: LayoutRule | undefined = node.captures === undefined ? LAYOUT_RULES.get(node.op) : undefined;
    const isConcerned = node.inputs.some((name) => this.turnedOf(name) !== null);
    return rule !== undefined && isConcerned && rule(node, this);
  }

  private take(node: Node): void {
    for (const name of node.inputs) if (name !== null) this.plain(name);
    this.rewriting.copy(node);
    this.followPooled(node);
  }

  /** A convolution of 1 x 1 keeps a space of one element. */
  private followPooled({ op, inputs, outputs, attributes }: Node): void {
    const [x, weight] = inputs;
    if (op !== 'Conv' || typeof x !== 'string' || !this.pooled.has(this.rewriting.resolve(x))) return;
    const kernel = this.rewriting.parameter(weight)?.shape.slice(0, -2) ?? [0];
    const pads = attributes['pads'];
    const isPadded = Array.isArray(pads) && (pads as number[]).some((size) => size !== 0);
    if (kernel.every((size) => size === 1) && !isPadded) this.pooled.add(outputs[0] ?? '');
  }

  private transposed(name: string, perm: readonly number[]): string {
    const key = `${name}|${perm.join()}`;
    const known = this.made.get(key);
    if (known !== undefined) return known;
    const turned = this.rewriting.emit('Transpose', [name], this.rewriting.fresh(name), { perm });
    this.made.set(key, turned);
    return turned;
  }

  /** A constant that broadcasts against values in another order. */
  private constantInOrder(name: string, shape: readonly number[], perm: readonly number[]): string | null {
    if (shape.length > perm.length) return null;
    if (sizeOf(shape) === 1) return name;
    const full = [...new Array<number>(perm.length - shape.length).fill(1), ...shape];
    const ordered = inverse(perm).map((axis) => full[axis] as number);
    // Along the channels alone: a vector, which biases and factors are.
    const first = ordered.findIndex((size) => size !== 1);
    const target = first === perm.length - 1 ? ordered.slice(first) : full;
    // Unlike the keys of transposes, which go the other way.
    const key = `${name}|in order of|${perm.join()}`;
    const known = this.made.get(key);
    if (known !== undefined) return known;
    const reshaped = this.rewriting.reshapedParameter(name, target);
    const result = target === full ? this.transposed(reshaped, inverse(perm)) : reshaped;
    this.made.set(key, result);
    return result;
  }
}
