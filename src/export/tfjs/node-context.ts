import type { Node } from '../../graph/model/ir.ts';
import { isFloat, toComputeValues } from '../../graph/model/tensor-data.ts';
import { type GraphFacts, NodeReader } from '../node-reader.ts';
import type { AttrValue, GraphDef } from './graph-def.ts';

/** What the whole graph lends to each of its nodes. */
export interface WriteState extends GraphFacts {
  readonly def: GraphDef;
  /** The TensorFlow node of each value that has one. */
  readonly written: Map<string, string>;
}

/** One node as the rules see it. */
export class NodeContext extends NodeReader {
  private readonly state: WriteState;

  constructor(node: Node, state: WriteState) {
    super(node, state);
    this.state = state;
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

  /** A parameter under a shape of the same size. */
  weights(index: number, shape: readonly number[]): string {
    const parameter = this.parameter(index);
    const values = toComputeValues(parameter);
    if (values instanceof Uint8Array) throw new Error(`its input ${index} is of type ${parameter.dtype}`);
    const typed = isFloat(parameter.dtype) ? Float32Array.from(values) : Int32Array.from(values);
    return this.state.def.constant(parameter.name, typed, shape);
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
