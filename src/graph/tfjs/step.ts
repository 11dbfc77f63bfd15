import type { GraphBuilder } from '../importing/builder.ts';
import { damaged, unsupported } from '../importing/errors.ts';
import type { Attributes, DataType, Parameter } from '../model/ir.ts';
import { toNumbers } from '../model/tensor-data.ts';
import { NodeAttributes } from './attributes.ts';
import type { GraphDefNode } from './model-json.ts';
import { valueOf } from './select-nodes.ts';

/** Beyond every size: "to the end" in a Slice. */
export const TO_END = 2 ** 31 - 1;

/** The conversion of one TensorFlow node: its inputs and attributes, and where its IR nodes go. */
export class Step {
  readonly node: GraphDefNode;
  readonly attributes: NodeAttributes;
  readonly builder: GraphBuilder;
  readonly inputs: readonly string[];

  constructor(node: GraphDefNode, builder: GraphBuilder) {
    this.node = node;
    this.attributes = new NodeAttributes(node);
    this.builder = builder;
    this.inputs = node.input.map(valueOf).filter((input) => input !== null);
  }

  /** @throws {EngineError} `model-damaged` if the node has fewer inputs. */
  input(index: number): string {
    const name = this.inputs.at(index);
    if (name === undefined) throw damaged(`the node "${this.node.name}" lacks input ${index}`);
    return name;
  }

  /** The name of the k-th result. */
  output(index = 0): string {
    return index === 0 ? this.node.name : `${this.node.name}:${index}`;
  }

  /** A node whose result is that of this step. */
  emit(op: string, inputs: readonly (string | null)[], attributes: Attributes = {}): void {
    this.builder.node(this.node, op, inputs, [this.output()], attributes);
  }

  /** A node on the way; returns the name of its result. */
  temp(op: string, inputs: readonly (string | null)[], attributes: Attributes = {}): string {
    const name = this.builder.fresh(this.node.name);
    this.builder.node({ name }, op, inputs, [name], attributes);
    return name;
  }

  ints(values: readonly number[]): string {
    return this.builder.ints(values, `${this.node.name}/const`);
  }

  scalar(value: number, dtype: 'float32' | 'int64' = 'float32'): string {
    return this.builder.scalar(value, `${this.node.name}/const`, dtype);
  }

  /** One number of the type that the node computes in. */
  number(value: number): string {
    return this.scalar(value, this.type() === 'float32' ? 'float32' : 'int64');
  }

  type(): DataType {
    return this.attributes.type('T', 'float32');
  }

  /** The numbers of a constant input, `null` if it is computed. */
  known(index: number): number[] | null {
    const parameter = this.builder.parameter(this.inputs.at(index));
    return parameter === undefined ? null : [...toNumbers(parameter)];
  }

  /** @throws {EngineError} `model-unsupported` if the input is computed. */
  constant(index: number, what: string): number[] {
    const numbers = this.known(index);
    if (numbers === null) throw this.refuse(`computes its ${what}`);
    return numbers;
  }

  /** @throws {EngineError} `model-unsupported` if the input is not one constant number. */
  constantNumber(index: number, what: string): number {
    const [number, ...more] = this.constant(index, what);
    if (number === undefined || more.length > 0)
      throw this.refuse(`has ${more.length + 1} values as ${what}`);
    return number;
  }

  /** The constant that an input is, as something to be trained. */
  trained(index: number, role: Parameter['role']): Parameter | undefined {
    const parameter = this.builder.parameter(this.inputs.at(index));
    if (parameter !== undefined) this.builder.setRole(parameter.name, role);
    return parameter;
  }

  refuse(problem: string) {
    return unsupported(this.node, problem);
  }
}

export type Rule = (step: Step) => void;
