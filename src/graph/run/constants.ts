import * as tf from '@tensorflow/tfjs-core';
import type { Graph, Parameter } from '../model/ir.ts';
import { isFloat, sizeOf } from '../model/tensor-data.ts';
import { type HostValue, hostFromData, tensorFromData, tensorsIn, upload, type Value } from '../ops/value.ts';
import { disposeValue } from './values.ts';

/** Integer constants up to this many elements are kept on the host: shapes, axes, positions. */
const HOST_ELEMENTS = 4096;
/** Settings in floats (bounds, scales), likewise. */
const HOST_FLOATS = 16;

/** What an executor keeps on the back-end between runs: parameters, and what follows from them alone. */
export class Constants {
  private readonly parameters = new Map<Parameter, Value>();
  private readonly folded = new Map<Graph, Map<string, Map<string, Value>>>();
  /** Values that are kept on the host, and their tensors once an operation needed them. */
  private readonly uploads = new Map<HostValue, tf.Tensor | null>();

  /** A parameter's value on the host or the back-end, made once. */
  parameter(parameter: Parameter): Value {
    const known = this.parameters.get(parameter);
    if (known !== undefined) return known;
    const value = valueOf(parameter);
    this.keep(value);
    this.parameters.set(parameter, value);
    return value;
  }

  /** A parameter's value if it is here, else a fresh one, which the caller disposes. */
  borrowed(parameter: Parameter): { readonly value: Value; readonly isFresh: boolean } {
    const known = this.parameters.get(parameter);
    if (known !== undefined) return { value: known, isFresh: false };
    const value = valueOf(parameter);
    if (value.kind === 'tensor') return { value, isFresh: true };
    this.keep(value);
    this.parameters.set(parameter, value);
    return { value, isFresh: false };
  }

  /** What was computed from a graph's parameters, by value name. `replaced` says which parameters were others. */
  foldedOf(graph: Graph, replaced: string): ReadonlyMap<string, Value> {
    return this.folds(graph, replaced);
  }

  /** Keeps a value for {@link foldedOf}, and disposes it in the end. */
  addFolded(graph: Graph, replaced: string, name: string, value: Value): void {
    this.keep(value);
    this.folds(graph, replaced).set(name, value);
  }

  /** A host value on the back-end; those that are kept are uploaded only once. Not to be disposed. */
  uploaded(value: HostValue): tf.Tensor {
    const known = this.uploads.get(value);
    if (known === undefined) return upload(value);
    const tensor = known ?? tf.keep(upload(value));
    this.uploads.set(value, tensor);
    return tensor;
  }

  dispose(): void {
    const folds = [...this.folded.values()].flatMap((byKey) => [...byKey.values()]);
    const values = [...this.parameters.values(), ...folds.flatMap((byName) => [...byName.values()])];
    values.forEach(disposeValue);
    for (const tensor of this.uploads.values()) tensor?.dispose();
    this.parameters.clear();
    this.folded.clear();
    this.uploads.clear();
  }

  private folds(graph: Graph, replaced: string): Map<string, Value> {
    const byKey = this.folded.get(graph) ?? new Map<string, Map<string, Value>>();
    this.folded.set(graph, byKey);
    const values = byKey.get(replaced) ?? new Map<string, Value>();
    byKey.set(replaced, values);
    return values;
  }

  private keep(value: Value): void {
    if (value.kind === 'host') this.uploads.set(value, null);
    for (const tensor of tensorsIn(value)) tf.keep(tensor);
  }
}

function valueOf(parameter: Parameter): Value {
  const { dtype, shape, role } = parameter;
  const limit = isFloat(dtype) ? (role === 'constant' ? HOST_FLOATS : 0) : HOST_ELEMENTS;
  if (dtype === 'string' || (limit > 0 && sizeOf(shape) <= limit)) return hostFromData(parameter);
  return { kind: 'tensor', dtype, tensor: tensorFromData(parameter) };
}
