/**
 * @file What an operation is. Semantics are those of the page that `doc` links, with these differences, which are those
 * of tfjs. Float64 is computed in float32. All integers are int32 on a back-end (values of 64 bits are saturated when
 * they are uploaded), and products of matrices and most GPU kernels pass them through float32: exact up to 2^24. Small
 * values on the host (shapes, indices, constants) are doubles: exact up to 2^53. Float16 and bfloat16 are read exactly
 * and then computed in float32, without rounding in between. On a GPU tensors have at most six axes, except in
 * operations that treat elements or axes one by one (`ranks.ts`). Where two values are equal, Max and Min give the
 * gradient to the first; Relu has none at zero.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { Graph, Node } from '../model/ir.ts';
import type { OpCall } from './call.ts';
import type { Value } from './value.ts';

/**
 * A result: a value, or a tensor, whose model type is then that of the first input where the compute types agree
 * (else bool, int64 or float32). An input may be handed out again; the executor makes a handle of its own.
 */
export type Result = tf.Tensor | Value;

/** Runs a body of If, Loop or Scan with values for its inputs; yields to what runs it when data must be read. */
export type RunBody = (body: Graph, inputs: readonly Value[]) => Steps<readonly Value[]>;

/** A computation that asks for the numbers of tensors on the way; the driver reads them, at once or later. */
export type Steps<T> = Generator<tf.Tensor, T, Float64Array>;

export type HostInputs = readonly number[] | 'all';

/** One operation. */
export interface Op {
  /** Where its semantics are defined. */
  readonly doc: string;
  /**
   * Inputs that must be on the host: shapes, axes, whatever decides the shape of a result. `'all'` for operations
   * that compute on the host. Tensors are read back first, so these inputs cannot pass a gradient.
   */
  readonly hostInputs?: HostInputs | ((node: Node, inputs: readonly (Value | null)[]) => HostInputs);
  /** False where there is no gradient with respect to the inputs of type float (default: there is). */
  readonly differentiable?: boolean;
  /** Another result every time: never computed ahead of a run. */
  readonly random?: boolean;
  /** On tensors; synchronous, differentiable because the operations of tfjs are. */
  readonly run?: (call: OpCall) => Result | readonly Result[];
  /** Used in place of `run` where all inputs are on the host; `null` hands over to `run`. */
  readonly host?: (call: OpCall) => Value | readonly Value[] | null;
  /** For control flow, in place of `run`. */
  readonly control?: (
    call: OpCall,
    runBody: RunBody,
    read: (value: Value) => Steps<Value>,
  ) => Steps<readonly Value[]>;
  /** Refuses at import what `run` would not compute. Returns the reason, or `null`. */
  readonly refuse?: (node: Node) => string | null;
}

/** Operations by name. */
export type OpTable = Readonly<Record<string, Op>>;

const ONNX_DOCS = 'https://onnx.ai/onnx/operators/onnx__';
const MICROSOFT_DOCS =
  'https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.';

/** Where the operations that only passes make are described. */
const OWN_DOCS = 'src/graph/passes/README.md';

/** The documentation of an operation by its name in the IR. */
export function docOf(name: string): string {
  if (name.startsWith('graft:')) return OWN_DOCS;
  const microsoft = 'com.microsoft:';
  return name.startsWith(microsoft)
    ? `${MICROSOFT_DOCS}${name.slice(microsoft.length)}`
    : `${ONNX_DOCS}${name}.html`;
}

/** A table from operations without their documentation links, which follow from the names. */
export function opTable(ops: Readonly<Record<string, Omit<Op, 'doc'>>>): OpTable {
  return Object.fromEntries(Object.entries(ops).map(([name, op]) => [name, { doc: docOf(name), ...op }]));
}
