import type * as tf from '@tensorflow/tfjs-core';
import type { Attribute, DataType, Graph, Node, TensorData } from '../model/ir.ts';
import { sizeOf } from '../model/tensor-data.ts';
import { dtypeOf, type HostValue, shapeOf, type Value } from './value.ts';

/** How the executor differs from run to run. */
export interface RunMode {
  /** Dropout drops and BatchNormalization uses the statistics of the batch. */
  readonly training: boolean;
  /** A number in [0, 1) for the random operations. */
  readonly random: () => number;
}

/** What the executor gives an operation beside its inputs. */
export interface CallHost {
  readonly mode: RunMode;
  /** A host value on the back-end; constants of the graph are uploaded only once. Not to be disposed. */
  readonly upload: (value: HostValue) => tf.Tensor;
}

/**
 * One operation as it is executed: its inputs by position, its attributes by name with their defaults.
 * Tensors made here belong to the tidy scope around the operation.
 */
export class OpCall {
  readonly node: Node;
  private readonly values: readonly (Value | null)[];
  private readonly executor: CallHost;

  constructor(node: Node, values: readonly (Value | null)[], executor: CallHost) {
    this.node = node;
    this.values = values;
    this.executor = executor;
  }

  get mode(): RunMode {
    return this.executor.mode;
  }

  get count(): number {
    return this.values.length;
  }

  /** All inputs as they came. */
  all(): readonly (Value | null)[] {
    return this.values;
  }

  /** Whether an optional input is there. */
  has(index: number): boolean {
    return (this.values[index] ?? null) !== null;
  }

  /** @throws if the input is missing. */
  value(index: number): Value {
    const value = this.values[index] ?? null;
    if (value === null) throw new Error(`${this.node.op} expects input ${index}.`);
    return value;
  }

  /** The input as a tensor, uploaded if it is on the host. */
  tensor(index: number): tf.Tensor {
    const value = this.value(index);
    if (value.kind === 'tensor') return value.tensor;
    if (value.kind === 'host') return this.executor.upload(value);
    throw new Error(`${this.node.op} expects a tensor as input ${index}.`);
  }

  /** A host value on the back-end. Not to be disposed. */
  uploaded(value: HostValue): tf.Tensor {
    return this.executor.upload(value);
  }

  optional(index: number): tf.Tensor | null {
    return this.has(index) ? this.tensor(index) : null;
  }

  /** All inputs as tensors. */
  tensors(): tf.Tensor[] {
    return this.values.map((_, index) => this.tensor(index));
  }

  /** An input that the operation lists in `hostInputs`. */
  host(index: number): HostValue {
    const value = this.value(index);
    if (value.kind !== 'host') throw new Error(`${this.node.op} needs input ${index} on the host.`);
    return value;
  }

  /** Numbers of a host input. */
  numbers(index: number): Float64Array {
    const { data } = this.host(index);
    if (!(data instanceof Float64Array))
      throw new Error(`${this.node.op} expects numbers as input ${index}.`);
    return data;
  }

  /** The numbers of an optional host input (axes, a shape), else of an attribute, else `null`. */
  list(index: number, attribute?: string): number[] | null {
    if (this.has(index)) return [...this.numbers(index)];
    const found = attribute === undefined ? undefined : this.node.attributes[attribute];
    return Array.isArray(found) ? [...(found as readonly number[])] : null;
  }

  shape(index: number): readonly number[] {
    return shapeOf(this.value(index));
  }

  /** Number of elements. */
  size(index: number): number {
    return sizeOf(this.shape(index));
  }

  rank(index: number): number {
    return this.shape(index).length;
  }

  dtype(index: number): DataType {
    return dtypeOf(this.value(index));
  }

  /** A number among the attributes (a flag is 0 or 1). */
  number(name: string, otherwise: number): number {
    const value = this.node.attributes[name];
    return typeof value === 'number' ? value : otherwise;
  }

  flag(name: string, otherwise = false): boolean {
    const value = this.node.attributes[name];
    return value === undefined ? otherwise : value === true || value === 1;
  }

  text(name: string, otherwise: string): string {
    const value = this.node.attributes[name];
    return typeof value === 'string' ? value : otherwise;
  }

  ints(name: string): readonly number[] | null {
    const value = this.node.attributes[name];
    return Array.isArray(value) ? (value as readonly number[]) : null;
  }

  texts(name: string): readonly string[] {
    const value = this.node.attributes[name];
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }

  data(name: string): TensorData | null {
    const value = this.node.attributes[name];
    return isTensorData(value) ? value : null;
  }

  body(name: string): Graph {
    const value = this.node.attributes[name];
    if (!isGraph(value)) throw new Error(`${this.node.op} expects a graph as attribute "${name}".`);
    return value;
  }

  /** An axis from the end is negative. @throws if there is no such axis. */
  axis(axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    if (positive < 0 || positive >= rank)
      throw new Error(`${this.node.op}: axis ${axis} of ${rank} axes does not exist.`);
    return positive;
  }
}

export function isTensorData(value: Attribute | undefined): value is TensorData {
  return typeof value === 'object' && 'dtype' in value;
}

export function isGraph(value: Attribute | undefined): value is Graph {
  return typeof value === 'object' && 'nodes' in value;
}
