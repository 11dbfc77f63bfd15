import type { Attributes, Graph, Node, Parameter, TensorData } from '../model/ir.ts';
import { sizeOf, toNumbers } from '../model/tensor-data.ts';
import { neededNodes } from '../run/plan.ts';

/** What a pass has to respect. */
export interface PassOptions {
  /** Values that must exist under their names afterwards, besides the outputs: cuts. */
  readonly keep?: Iterable<string>;
  /** Parameters whose values change while the graph is in use. All others count as constants. */
  readonly variables?: ReadonlySet<string>;
}

/** A graph in the course of a pass: the nodes so far, and who makes and reads each value of the graph before. */
export class Rewriting {
  readonly graph: Graph;
  private readonly options: PassOptions;
  private readonly nodes: Node[] = [];
  private readonly parameters: Map<string, Parameter>;
  private readonly makers = new Map<string, Node>();
  private readonly readersOf = new Map<string, Node[]>();
  private readonly fixed: ReadonlySet<string>;
  private readonly renamed = new Map<string, string>();
  /** Values that depend on constants alone. */
  private readonly constants = new Set<string>();

  constructor(graph: Graph, options: PassOptions) {
    this.graph = graph;
    this.options = options;
    this.parameters = new Map(graph.parameters);
    const captured = graph.nodes.flatMap(({ captures = [] }) => captures);
    this.fixed = new Set([...graph.outputs, ...(options.keep ?? []), ...captured]);
    for (const node of graph.nodes) {
      for (const name of node.inputs) {
        if (name !== null) this.readersOf.set(name, [...(this.readersOf.get(name) ?? []), node]);
      }
    }
  }

  /** Whether a value must keep its name: somebody outside the graph, or a body inside it, asks for it. */
  isFixed(name: string): boolean {
    return this.fixed.has(name);
  }

  /** The node behind which nobody else needs the value that it reads. */
  onlyReader(name: string): Node | null {
    const readers = this.readersOf.get(name) ?? [];
    return readers.length === 1 && !this.fixed.has(name) ? (readers[0] ?? null) : null;
  }

  /** The node, as rewritten so far, that makes a value. */
  maker(name: string): Node | undefined {
    return this.makers.get(this.resolve(name));
  }

  parameter(name: string | null | undefined): Parameter | undefined {
    return typeof name === 'string' ? this.parameters.get(this.resolve(name)) : undefined;
  }

  /** Whether a node that is added now may read a value. */
  isAtHand(name: string): boolean {
    const real = this.resolve(name);
    const isInput = this.graph.inputs.some((input) => input.name === real);
    return isInput || this.parameters.has(real) || this.makers.has(real);
  }

  /** Whether a value is known before the graph runs. */
  isConstant(name: string | null | undefined): name is string {
    if (typeof name !== 'string') return false;
    const real = this.resolve(name);
    if (this.constants.has(real)) return true;
    return this.parameters.has(real) && this.options.variables?.has(real) !== true;
  }

  /** The one number that a constant holds. */
  number(name: string | null | undefined): number | null {
    const parameter = this.parameter(name);
    if (parameter === undefined || !this.isConstant(name) || sizeOf(parameter.shape) !== 1) return null;
    return parameter.dtype === 'string' ? null : (toNumbers(parameter)[0] ?? null);
  }

  /** The numbers of a constant. */
  numbers(name: string | null | undefined): number[] | null {
    const parameter = this.parameter(name);
    if (parameter === undefined || !this.isConstant(name) || parameter.dtype === 'string') return null;
    return [...toNumbers(parameter)];
  }

  /** The name under which a value of the graph before is known now. */
  resolve(name: string): string {
    return this.renamed.get(name) ?? name;
  }

  /** Lets a value stand for another one, unless its name is fixed. Returns whether it does. */
  alias(name: string, value: string): boolean {
    if (this.fixed.has(name)) return false;
    this.renamed.set(name, this.resolve(value));
    return true;
  }

  /** Takes a node over, its inputs renamed. */
  copy(node: Node): void {
    this.push({ ...node, inputs: node.inputs.map((name) => (name === null ? null : this.resolve(name))) });
  }

  /** Puts another node in the place of the last one, which makes the value. */
  replace(output: string, node: Node): void {
    if (this.makers.get(output) !== this.nodes.at(-1)) throw new Error(`"${output}" was not made last.`);
    this.nodes.pop();
    this.push(node);
  }

  /** Adds a node of one output and returns the output's name. */
  emit(
    op: string,
    inputs: readonly (string | null)[],
    output: string,
    attributes: Attributes = {},
    name = output,
  ): string {
    const resolved = inputs.map((input) => (input === null ? null : this.resolve(input)));
    this.push({ name, op, inputs: resolved, outputs: [output], attributes });
    return output;
  }

  /** A name that no value has. */
  fresh(near: string): string {
    for (let i = 1; ; i++) {
      const name = `${near}~${i}`;
      const isTaken = [this.makers, this.parameters, this.readersOf, this.fixed].some((all) => all.has(name));
      if (!isTaken) return name;
    }
  }

  /** A constant that the graph did not have. */
  constant(data: TensorData, near: string): string {
    const name = this.fresh(near);
    this.parameters.set(name, { ...data, name, role: 'constant' });
    return name;
  }

  scalar(value: number, near: string): string {
    return this.constant({ dtype: 'float32', shape: [], data: Float32Array.of(value) }, near);
  }

  ints(values: readonly number[], near: string): string {
    const data = BigInt64Array.from(values, (value) => BigInt(value));
    return this.constant({ dtype: 'int64', shape: [values.length], data }, near);
  }

  /** A parameter in another shape: itself, if only one node reads it. */
  reshapedParameter(name: string, shape: readonly number[]): string {
    const parameter = this.parameter(name);
    if (parameter === undefined || parameter.shape.join() === shape.join()) return name;
    if (this.onlyReader(name) !== null) {
      this.parameters.set(parameter.name, { ...parameter, shape });
      return name;
    }
    return this.emit('Reshape', [name, this.ints(shape, name)], this.fresh(name));
  }

  /** The graph as rewritten, without what nobody needs any more. */
  finish(): Graph {
    const inputs = new Set(this.graph.inputs.map(({ name }) => name));
    const wanted = [...this.fixed].filter((name) => this.makers.has(name));
    const nodes = neededNodes({ nodes: this.nodes, inputs: [] }, inputs, wanted);
    const read = new Set([...this.graph.outputs, ...nodes.flatMap(({ inputs: all }) => all), ...this.fixed]);
    const parameters = new Map([...this.parameters].filter(([name]) => read.has(name)));
    return { ...this.graph, nodes, parameters };
  }

  private push(node: Node): void {
    this.nodes.push(node);
    for (const name of node.outputs) this.makers.set(name, node);
    const plain = node.captures === undefined && node.inputs.length > 0;
    if (plain && node.inputs.every((name) => name === null || this.isConstant(name))) {
      for (const name of node.outputs) this.constants.add(name);
    }
  }
}
