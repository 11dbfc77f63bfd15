/**
 * @file Constant factors wait beside a value until a convolution takes them into its weights: the 1/6 of a hard sigmoid,
 * the deviation of the input's colours. They never pass a value that must keep its meaning (a cut, an output).
 */
import type { Graph, Node } from '../model/ir.ts';
import { sizeOf } from '../model/tensor-data.ts';
import { inferShapes } from '../run/infer-shapes.ts';
import { type PassOptions, Rewriting } from './rewriting.ts';

/** A factor, with one number or one per channel of the last axis. */
interface Factor {
  readonly name: string;
  readonly channels: number;
}

/** A value as a product. */
interface Product {
  readonly base: string;
  readonly factor: Factor;
}

/** @see {@link PassOptions} */
export function factorsCarried(graph: Graph, options: PassOptions): Graph {
  return new Carrier(new Rewriting(graph, options)).run();
}

class Carrier {
  private readonly rewriting: Rewriting;
  private readonly products = new Map<string, Product>();
  private readonly shapes: ReturnType<typeof inferShapes>;

  constructor(rewriting: Rewriting) {
    this.rewriting = rewriting;
    this.shapes = inferShapes(rewriting.graph);
  }

  run(): Graph {
    for (const node of this.rewriting.graph.nodes) {
      if (!this.carried(node)) {
        for (const name of node.inputs) if (name !== null) this.settle(name);
        this.rewriting.copy(node);
      }
    }
    return this.rewriting.finish();
  }

  /** Whether the node was dealt with. */
  private carried(node: Node): boolean {
    const [output = ''] = node.outputs;
    const [a, b] = node.inputs;
    if (node.captures !== undefined || typeof a !== 'string') return false;
    switch (node.op) {
      case 'Mul':
        return typeof b === 'string' && !this.rewriting.isFixed(output) && this.product(node, a, b);
      case 'Add':
        return typeof b === 'string' && !this.rewriting.isFixed(output) && this.sum(node, a, b);
      case 'GlobalAveragePool':
        return this.through(node, a);
      case 'Conv':
        return this.convolution(node, a);
      default:
        return false;
    }
  }

  private product(node: Node, a: string, b: string): boolean {
    const [output = ''] = node.outputs;
    for (const [value, constant] of [
      [a, b],
      [b, a],
    ] as const) {
      const factor = this.asFactor(constant);
      if (factor === null || this.rewriting.isConstant(value)) continue;
      // Unless it is broadcast along the channels.
      if (factor.channels > 1 && this.shapes.get(value)?.at(-1) !== factor.channels) continue;
      const known = this.products.get(value);
      const whole = known === undefined ? factor : this.multiplied(known.factor, factor, output);
      this.products.set(output, { base: known?.base ?? value, factor: whole });
      return true;
    }
    const [left, right] = [this.products.get(a), this.products.get(b)];
    const only = left?.factor ?? right?.factor;
    if (only === undefined) return false;
    const factor =
      left !== undefined && right !== undefined ? this.multiplied(left.factor, right.factor, output) : only;
    const base = this.rewriting.fresh(output);
    this.rewriting.emit('Mul', [left?.base ?? a, right?.base ?? b], base);
    this.products.set(output, { base, factor });
    return true;
  }

  /** `f x + c = f (x + c / f)`. */
  private sum(node: Node, a: string, b: string): boolean {
    const [output = ''] = node.outputs;
    const [value, constant] = this.products.has(a) ? [a, b] : [b, a];
    const known = this.products.get(value);
    if (known === undefined || this.asFactor(constant) === null) return false;
    if (this.rewriting.numbers(known.factor.name)?.every((x) => x !== 0) !== true) return false;
    const moved = this.rewriting.emit(
      'Div',
      [constant, known.factor.name],
      this.rewriting.fresh(`${output}/moved`),
    );
    const base = this.rewriting.fresh(output);
    this.rewriting.emit('Add', [known.base, moved], base);
    this.products.set(output, { base, factor: known.factor });
    return true;
  }

  /** What is linear and keeps the channels apart. */
  private through(node: Node, value: string): boolean {
    const [output = ''] = node.outputs;
    const known = this.products.get(value);
    const isLast = Number(node.attributes['channel_axis'] ?? -1) === -1;
    if (known === undefined || !isLast || this.rewriting.isFixed(output)) return false;
    const base = this.rewriting.fresh(output);
    this.rewriting.emit(node.op, [known.base], base, node.attributes, node.name);
    this.products.set(output, { base, factor: known.factor });
    return true;
  }

  private convolution(node: Node, value: string): boolean {
    const [output = ''] = node.outputs;
    const [, weight, bias = null] = node.inputs;
    const known = this.products.get(value);
    if (known === undefined || !this.rewriting.isConstant(weight)) return false;
    const group = Number(node.attributes['group'] ?? 1);
    const { factor } = known;
    const near = (part: string) => this.rewriting.fresh(`${output}/${part}`);
    // A depthwise filter has its channels on the last axis, another one on the last but one.
    if (factor.channels > 1 && group !== 1 && group !== this.weightOutputs(weight)) return false;
    const column =
      factor.channels > 1 && group === 1
        ? this.rewriting.emit('Reshape', [factor.name, this.rewriting.ints([-1, 1], output)], near('column'))
        : factor.name;
    const scaled = this.rewriting.emit('Mul', [weight, column], near('weight'));
    this.rewriting.emit('Conv', [known.base, scaled, bias], output, node.attributes, node.name);
    return true;
  }

  /** Outputs of a convolution, also where its weight is computed from a parameter. */
  private weightOutputs(weight: string): number | undefined {
    const parameter = this.rewriting.parameter(weight);
    if (parameter !== undefined) return parameter.shape.at(-1);
    const [first] = this.rewriting.maker(weight)?.inputs ?? [];
    return typeof first === 'string' ? this.weightOutputs(first) : undefined;
  }

  private asFactor(name: string): Factor | null {
    const parameter = this.rewriting.parameter(name);
    if (parameter?.dtype !== 'float32' || !this.rewriting.isConstant(name)) return null;
    const size = sizeOf(parameter.shape);
    if (size === 1 && parameter.shape.length <= 1) return { name, channels: 1 };
    return parameter.shape.length === 1 ? { name, channels: size } : null;
  }

  private multiplied(a: Factor, b: Factor, near: string): Factor {
    const name = this.rewriting.emit('Mul', [a.name, b.name], this.rewriting.fresh(`${near}/factor`));
    return { name, channels: Math.max(a.channels, b.channels) };
  }

  /** Makes a value that waits for its factor. */
  private settle(name: string): void {
    const known = this.products.get(name);
    if (known === undefined) return;
    this.products.delete(name);
    this.rewriting.emit('Mul', [known.base, known.factor.name], name);
  }
}
