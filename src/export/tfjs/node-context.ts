import type { Dimension, Node, Parameter } from '../../graph/model/ir.ts';
import { isFloat, toComputeValues, toNumbers } from '../../graph/model/tensor-data.ts';
import type { AttrValue, GraphDef } from './graph-def.ts';

/** What the whole graph lends to each of its nodes. */
export interface WriteState {
  readonly def: GraphDef;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly shapes: ReadonlyMap<string, readonly Dimension[]>;
  /** The TensorFlow node of each value that has one. */
  readonly written: Map<string, string>;
}

/** One node as the rules see it. */
export class NodeContext {
  readonly result: string;
  private readonly node: Node;
  private readonly state: WriteState;

  constructor(node: Node, state: WriteState) {
    this.node = node;
    this.state = state;
    this.result = node.outputs[0] ?? '';
  }

  has(index: number): boolean {
    return (this.node.inputs[index] ?? null) !== null;
  }

  /** The IR's name of an input. */
  source(index: number): string {
    const name = this.node.inputs[index];
    if (name === null || name === undefined) throw new Error(`its input ${index} is missing`);
    return name;
  }

  /** The TensorFlow node of an input; a parameter is written when it is first asked for. */
  input(index: number): string {
    const name = this.source(index);
    const known = this.state.written.get(name);
    if (known !== undefined) return known;
    const made = this.weights(index, this.parameter(index).shape);
    this.state.written.set(name, made);
    return made;
  }

  inputs(): string[] {
    return this.node.inputs.map((_, index) => this.input(index));
  }

  parameter(index: number): Parameter {
    const name = this.source(index);
    const parameter = this.state.parameters.get(name);
    if (parameter === undefined)
      throw new Error(`its input ${index} is computed, and must be known beforehand`);
    return parameter;
  }

  /** A parameter under a shape of the same size. */
  weights(index: number, shape: readonly number[]): string {
    const parameter = this.parameter(index);
    const values = toComputeValues(parameter);
    if (values instanceof Uint8Array) throw new Error(`its input ${index} is of type ${parameter.dtype}`);
    const typed = isFloat(parameter.dtype) ? Float32Array.from(values) : Int32Array.from(values);
    return this.state.def.constant(parameter.name, typed, shape);
  }

  list(index: number): number[] {
    return [...toNumbers(this.parameter(index))];
  }

  scalar(index: number): number {
    return this.list(index)[0] ?? NaN;
  }

  shape(name: string): readonly Dimension[] {
    const shape = this.state.shapes.get(name);
    if (shape === undefined) throw new Error('its shape is not known beforehand');
    return shape;
  }

  number(attribute: string, otherwise: number): number {
    const value = this.node.attributes[attribute];
    if (typeof value === 'boolean') return Number(value);
    return typeof value === 'number' ? value : otherwise;
  }

  text(attribute: string, otherwise: string): string {
    const value = this.node.attributes[attribute];
    return typeof value === 'string' ? value : otherwise;
  }

  ints(attribute: string): readonly number[] | null {
    const value = this.node.attributes[attribute];
    return Array.isArray(value) ? value.map(Number) : null;
  }

  /** @throws if an axis is not the last one. */
  needLast(attribute: string): void {
    const axis = this.number(attribute, -1);
    const { length } = this.shape(this.source(0));
    if (axis !== -1 && axis !== length - 1) throw new Error(`its ${attribute} ${axis} has no form there`);
  }

  add(op: string, input: readonly string[], attr: Readonly<Record<string, AttrValue>> = {}): string {
    return this.state.def.add(op, this.result, input, attr);
  }

  constant(value: number): string {
    return this.state.def.number(`${this.result}/constant`, value);
  }

  axes(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.state.def.constant(`${this.result}/axes`, Int32Array.from(values), shape);
  }
}
