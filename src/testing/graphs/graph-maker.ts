/** @file Builds graphs of the IR by hand or at random, with the shape and the range of every value known on the way. */
import { createRng, type Rng } from '../../core/rng.ts';
import type {
  Attributes,
  DataType,
  Graph,
  Node,
  Parameter,
  TensorData,
  ValueInfo,
} from '../../graph/model/ir.ts';
import { sizeOf } from '../../graph/model/tensor-data.ts';

/** A value: its name, its shape, and a bound on its absolute value. */
export interface Made {
  readonly name: string;
  readonly shape: readonly number[];
  readonly bound: number;
}

/** Larger values are squashed: errors grow with them, and exponentials overflow. */
const LARGEST = 30;
/** Values of more elements are not used further. */
const MOST_ELEMENTS = 3000;

/** A graph under construction. */
export class GraphMaker {
  readonly rng: Rng;
  readonly values: Made[] = [];
  private readonly nodes: Node[] = [];
  private readonly parameters = new Map<string, Parameter>();
  private readonly inputs: ValueInfo[] = [];
  private readonly data = new Map<string, TensorData>();
  private readonly hidden = new Set<string>();
  private count = 0;

  constructor(seed: number) {
    this.rng = createRng(seed);
  }

  /** An integer from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + this.rng.below(high - low + 1);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.rng.below(items.length)] as T;
  }

  chance(part: number): boolean {
    return this.rng.next() < part;
  }

  /** An input of the graph and data for it. Sizes that the graph does not tell are asked for with `dynamic`. */
  input(shape: readonly number[], dynamic: 'none' | 'batch' | 'all' = 'none'): Made {
    const name = this.fresh('x');
    const data = Float32Array.from({ length: sizeOf(shape) }, () => this.rng.normal());
    const told = shape.map((size, axis) =>
      dynamic === 'all' || (dynamic === 'batch' && axis === 0) ? null : size,
    );
    this.inputs.push({ name, dtype: 'float32', shape: told });
    this.data.set(name, { dtype: 'float32', shape, data });
    return this.keep({ name, shape, bound: 5 });
  }

  /** A constant of floats, uniform between two numbers. */
  constant(shape: readonly number[], low = -1, high = 1, role: Parameter['role'] = 'weight'): Made {
    const data = Float32Array.from({ length: sizeOf(shape) }, () => low + (high - low) * this.rng.next());
    return this.parameter({ dtype: 'float32', shape, data }, Math.max(Math.abs(low), Math.abs(high)), role);
  }

  number(value: number): Made {
    return this.parameter({ dtype: 'float32', shape: [], data: Float32Array.of(value) }, Math.abs(value));
  }

  ints(
    values: readonly number[],
    shape: readonly number[] = [values.length],
    dtype: 'int32' | 'int64' = 'int64',
  ): Made {
    const data = dtype === 'int64' ? BigInt64Array.from(values, BigInt) : Int32Array.from(values);
    return this.parameter({ dtype, shape, data }, Infinity);
  }

  parameter(data: TensorData, bound: number, role: Parameter['role'] = 'constant'): Made {
    const name = this.fresh('p');
    this.parameters.set(name, { ...data, name, role });
    return { name, shape: data.shape, bound };
  }

  /** Adds a node of one output. */
  node(
    op: string,
    inputs: readonly (Made | null)[],
    shape: readonly number[],
    bound: number,
    attributes: Attributes = {},
  ): Made {
    const [made] = this.nodeOf(op, inputs, [shape], bound, attributes);
    return made as Made;
  }

  /** Adds a node of several outputs. */
  nodeOf(
    op: string,
    inputs: readonly (Made | null)[],
    shapes: readonly (readonly number[])[],
    bound: number,
    attributes: Attributes = {},
  ): Made[] {
    const outputs = shapes.map((shape): Made => ({ name: this.fresh('v'), shape, bound }));
    const names = inputs.map((input) => input?.name ?? null);
    const name = `${op}_${this.nodes.length}`;
    this.nodes.push({ name, op, inputs: names, outputs: outputs.map((made) => made.name), attributes });
    return outputs;
  }

  /** The value, squashed where it may exceed a bound. */
  within(value: Made, bound: number): Made {
    if (value.bound <= bound) return value;
    const squashed = this.node('Tanh', [value], value.shape, 1);
    return bound >= 1 ? squashed : this.node('Mul', [squashed, this.number(bound)], value.shape, bound);
  }

  /** Above zero, at least a half. */
  positive(value: Made): Made {
    const size = this.node('Abs', [value], value.shape, value.bound);
    return this.node('Add', [size, this.number(0.5)], value.shape, value.bound + 0.5);
  }

  cast(value: Made, to: DataType): Made {
    return this.node('Cast', [value], value.shape, value.bound, { to });
  }

  /** Offers a value to the operations that come. */
  keep(value: Made): Made {
    const kept = this.within(value, LARGEST);
    if (sizeOf(kept.shape) <= MOST_ELEMENTS && sizeOf(kept.shape) > 0 && kept.shape.length <= 5)
      this.values.push(kept);
    return kept;
  }

  /** One of the values so far, of some number of axes; `null` if there is none. */
  value(ranks?: readonly number[]): Made | null {
    const fitting = this.values.filter(({ shape }) => ranks === undefined || ranks.includes(shape.length));
    return fitting.length === 0 ? null : this.pick(fitting);
  }

  /** Keeps a value out of the outputs: two sound runtimes may differ in it. */
  hide(value: Made): void {
    this.hidden.add(value.name);
  }

  /** The operations that occur. */
  ops(): readonly string[] {
    return this.nodes.map(({ op }) => op);
  }

  /** The graph, with all values that no node reads as outputs, and data for its inputs. */
  finish(): { readonly graph: Graph; readonly data: ReadonlyMap<string, TensorData> } {
    const read = new Set(this.nodes.flatMap(({ inputs }) => inputs));
    const made = this.nodes.flatMap(({ outputs }) => outputs);
    const outputs = made.filter((name) => !read.has(name) && !this.hidden.has(name));
    const { inputs, nodes, parameters } = this;
    return { graph: { inputs, outputs, nodes, parameters }, data: this.data };
  }

  private fresh(kind: string): string {
    return `${kind}${this.count++}`;
  }
}
