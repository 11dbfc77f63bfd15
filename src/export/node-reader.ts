import type { Dimension, Node, Parameter } from '../graph/model/ir.ts';
import { toNumbers } from '../graph/model/tensor-data.ts';

/** What the whole graph lends to each of its nodes. */
export interface GraphFacts {
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly shapes: ReadonlyMap<string, readonly Dimension[]>;
}

/** One node as writers of other formats see it. What they ask for and is not there is thrown as a plain error with a reason. */
export class NodeReader {
  readonly result: string;
  protected readonly node: Node;
  private readonly facts: GraphFacts;

  constructor(node: Node, facts: GraphFacts) {
    this.node = node;
    this.facts = facts;
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

  isParameter(index: number): boolean {
    return this.facts.parameters.has(this.source(index));
  }

  parameter(index: number): Parameter {
    const parameter = this.facts.parameters.get(this.source(index));
    if (parameter === undefined)
      throw new Error(`its input ${index} is computed, and must be known beforehand`);
    return parameter;
  }

  list(index: number): number[] {
    return [...toNumbers(this.parameter(index))];
  }

  scalar(index: number): number {
    return this.list(index)[0] ?? NaN;
  }

  shape(name: string): readonly Dimension[] {
    const shape = this.facts.shapes.get(name);
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
}
