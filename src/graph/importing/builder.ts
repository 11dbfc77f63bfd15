import type { Attributes, Dimension, Graph, Node, Parameter, TensorData, ValueInfo } from '../model/ir.ts';
import { valuesRead } from '../model/ir.ts';
import { permutedOver, Scratch } from '../model/permute.ts';
import { fromNumbers } from '../model/tensor-data.ts';
import { damaged } from './errors.ts';

/** A node of the file, its attributes decoded. */
export interface SourceNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly (string | null)[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  /** Version of the operator set that the node follows. */
  readonly opset: number;
}

/** Collects the nodes and parameters of one graph (or body) while it is converted. */
export class GraphBuilder {
  private readonly nodes: Node[] = [];
  private readonly parameters = new Map<string, Parameter>();
  private readonly aliases = new Map<string, string>();
  private readonly shapes = new Map<string, readonly Dimension[]>();
  private readonly defined = new Set<string>();
  private readonly scratch = new Scratch();
  private readonly outer: GraphBuilder | null;
  /** How often each name is read, over all graphs of the file. */
  private readonly uses: ReadonlyMap<string, number>;
  private made = 0;

  constructor(outer: GraphBuilder | null, uses: ReadonlyMap<string, number>) {
    this.outer = outer;
    this.uses = uses;
  }

  /** Makes a name known: an input, or the output of a node. @throws {EngineError} `model-damaged` if it is taken. */
  define(name: string): void {
    if (this.defined.has(name)) throw damaged(`two values have the name "${name}"`);
    this.defined.add(name);
  }

  isDefined(name: string): boolean {
    return this.defined.has(name) || (this.outer?.isDefined(name) ?? false);
  }

  setShape(name: string, shape: readonly Dimension[]): void {
    this.shapes.set(name, shape);
  }

  /** The shape of a value as far as it is known. */
  shape(name: string): readonly Dimension[] | null {
    const real = this.resolve(name);
    return (
      this.parameters.get(real)?.shape ??
      this.shapes.get(name) ??
      this.shapes.get(real) ??
      this.outer?.shape(name) ??
      null
    );
  }

  rank(name: string): number | null {
    return this.shape(name)?.length ?? null;
  }

  /** The constant of a name in this graph. */
  parameter(name: string | null | undefined): Parameter | undefined {
    return name === null || name === undefined ? undefined : this.parameters.get(this.resolve(name));
  }

  addParameter(name: string, data: TensorData, role: Parameter['role']): void {
    this.define(name);
    this.parameters.set(name, { ...data, name, role });
  }

  /** A constant that the file does not name. */
  constant(data: TensorData, near: string): string {
    const name = this.fresh(near);
    this.addParameter(name, data, 'constant');
    return name;
  }

  /** A list of integers as a constant. */
  ints(values: readonly number[], near: string): string {
    return this.constant(
      { dtype: 'int64', shape: [values.length], data: fromNumbers(values, 'int64') },
      near,
    );
  }

  /** One number as a constant. */
  scalar(value: number, near: string, dtype: 'float32' | 'int64' = 'float32'): string {
    const data = dtype === 'float32' ? Float32Array.of(value) : BigInt64Array.of(BigInt(value));
    return this.constant({ dtype, shape: [], data }, near);
  }

  fresh(near: string): string {
    this.made += 1;
    const name = `${near}#${this.made}`;
    return this.isDefined(name) ? this.fresh(near) : name;
  }

  /** Lets a name mean another value. */
  alias(name: string, value: string): void {
    this.define(name);
    this.aliases.set(name, this.resolve(value));
  }

  /** Adds a node. Its inputs must be known. @throws {EngineError} `model-damaged` with the name that is not. */
  node(
    source: Pick<SourceNode, 'name'>,
    op: string,
    inputs: readonly (string | null)[],
    outputs: readonly string[],
    attributes: Attributes = {},
  ): void {
    const resolved = inputs.map((name) => {
      if (name === null) return null;
      if (!this.isDefined(name)) {
        throw damaged(`the node "${source.name}" reads "${name}", which nothing before it makes`);
      }
      return this.resolve(name);
    });
    for (const name of outputs) if (name !== '') this.define(name);
    const captures = [
      ...new Set(Object.values(attributes).flatMap((value) => freeNames(value).map((n) => this.resolve(n)))),
    ];
    const base = { name: source.name, op, inputs: resolved, outputs, attributes };
    this.nodes.push(captures.length === 0 ? base : { ...base, captures });
  }

  /**
   * The value with its axes in another order: a constant that only one node uses is turned right here (and keeps its
   * name), anything else by a node.
   */
  transposed(source: Pick<SourceNode, 'name'>, name: string, perm: readonly number[]): string {
    const parameter = this.parameter(name);
    if (parameter !== undefined && this.isUsedOnce(name)) {
      if (parameter.shape.length !== perm.length)
        throw damaged(`"${name}" has ${parameter.shape.length} axes`);
      const real = this.resolve(name);
      this.parameters.set(real, { ...parameter, ...permutedOver(parameter, perm, this.scratch) });
      return real;
    }
    const turned = this.fresh(name);
    this.node({ name: `${source.name}/transpose` }, 'Transpose', [name], [turned], { perm });
    return turned;
  }

  /** Replaces a constant that only one node uses. */
  replaceParameter(name: string, data: TensorData, role?: Parameter['role']): void {
    const parameter = this.parameter(name);
    if (parameter === undefined) return;
    this.parameters.set(parameter.name, { ...parameter, ...data, role: role ?? parameter.role });
  }

  isUsedOnce(name: string): boolean {
    return (this.uses.get(name) ?? 1) <= 1 && (this.uses.get(this.resolve(name)) ?? 1) <= 1;
  }

  setRole(name: string, role: Parameter['role']): void {
    const parameter = this.parameters.get(name);
    if (parameter !== undefined) this.parameters.set(name, { ...parameter, role });
    else this.outer?.setRole(name, role);
  }

  /** @throws {EngineError} `model-damaged` if an output was never made. */
  finish(inputs: readonly ValueInfo[], outputs: readonly string[]): Graph {
    for (const name of outputs) {
      if (!this.isDefined(name)) throw damaged(`nothing makes the output "${name}"`);
    }
    const results = outputs.map((name) => this.output(name));
    const read = new Set([...results, ...this.nodes.flatMap(valuesRead)]);
    const parameters = new Map([...this.parameters].filter(([name]) => read.has(name)));
    return {
      inputs,
      outputs: results,
      nodes: this.nodes.map((node) => withoutUnread(node, read)),
      parameters,
    };
  }

  /** Outputs keep their names, so an alias becomes a node. */
  private output(name: string): string {
    const real = this.resolve(name);
    if (real === name) return name;
    this.aliases.delete(name);
    this.defined.delete(name);
    this.node({ name: `${name}/output` }, 'Identity', [real], [name]);
    return name;
  }

  private resolve(name: string): string {
    return this.aliases.get(name) ?? (this.defined.has(name) ? name : (this.outer?.resolve(name) ?? name));
  }
}

/** Exporters name further results (positions of maxima, statistics) that nothing reads; they are not to be computed. */
function withoutUnread(node: Node, read: ReadonlySet<string>): Node {
  const [, ...more] = node.outputs;
  if (more.every((name) => name === '' || read.has(name))) return node;
  const outputs = node.outputs.map((name, index) => (index === 0 || read.has(name) ? name : ''));
  return { ...node, outputs };
}

/** Names that a body (or anything in an attribute) reads from the graph around it. */
function freeNames(value: unknown): string[] {
  if (Array.isArray(value)) return (value as unknown[]).flatMap(freeNames);
  if (typeof value !== 'object' || value === null || !('nodes' in value)) return [];
  const graph = value as Graph;
  const own = new Set([...graph.inputs.map(({ name }) => name), ...graph.parameters.keys()]);
  for (const node of graph.nodes) for (const name of node.outputs) own.add(name);
  const read = [...graph.outputs, ...graph.nodes.flatMap(valuesRead)];
  return [...new Set(read)].filter((name) => !own.has(name));
}
