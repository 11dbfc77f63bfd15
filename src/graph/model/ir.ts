/**
 * @file Any network as data: typed nodes over named values. Importers and builders make it, the executor runs it,
 * passes and analyses read it. Operation names and semantics are those of ONNX (opset 21, https://onnx.ai/onnx/operators/),
 * with one difference: operations over space (Conv, ConvTranspose, the pools, DepthToSpace, ...) are channels-last,
 * `[N, ...space, C]` with weights `[...kernel, I / group, O]`, and those that only need to know their channel axis
 * (BatchNormalization, GlobalAveragePool, ...) carry it as the attribute `channel_axis`. Nothing here knows tfjs.
 */

/** Element types of ONNX. What tfjs lacks is computed in float32 or int32; the name is kept for casts and results. */
export type DataType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int4'
  | 'uint4'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool'
  | 'string';

/** Stored elements, one array type per {@link DataType}; see `STORAGE` in `tensor-data.ts`. */
export type StoredValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | readonly string[];

/** A constant on the host, row-major. It may be a view of the file it came from: never write to it. */
export interface TensorData {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly data: StoredValues;
}

/** A size, the name of one (equal names, equal sizes), or unknown. */
export type Dimension = number | string | null;

/** An input of the graph. `shape: null` means that not even the number of axes is known. */
export interface ValueInfo {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly Dimension[] | null;
}

/** What a parameter is for; `constant` is never trained, nor are running statistics. */
export type ParameterRole =
  'weight' | 'bias' | 'gamma' | 'beta' | 'running-mean' | 'running-variance' | 'embedding' | 'constant';

/** A named constant of the graph. Executors upload it when it is first used. */
export interface Parameter extends TensorData {
  readonly name: string;
  readonly role: ParameterRole;
}

/** What a node's attribute may hold. A graph is the body of If, Loop or Scan. */
export type Attribute =
  number | string | boolean | readonly number[] | readonly string[] | TensorData | Graph | readonly Graph[];

export type Attributes = Readonly<Record<string, Attribute>>;

/** One operation. Value names are unique in a graph and the bodies inside it. */
export interface Node {
  readonly name: string;
  /** As in ONNX; operations of other domains with the domain before a colon: `com.microsoft:FusedMatMul`. */
  readonly op: string;
  /** Names of graph inputs, parameters or outputs of earlier nodes; `null` for an optional input that is left out. */
  readonly inputs: readonly (string | null)[];
  /** An empty name for an output that nobody uses. */
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  /** Values of this graph that bodies among the attributes use by name. */
  readonly captures?: readonly string[];
}

/** A network, or the body of a control-flow node. Nodes are in the order of execution. */
export interface Graph {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly string[];
  readonly nodes: readonly Node[];
  readonly parameters: ReadonlyMap<string, Parameter>;
}

/** Whether training may change a parameter by gradients. */
export function isTrainable({ role, dtype }: Parameter): boolean {
  const fixed = role === 'constant' || role === 'running-mean' || role === 'running-variance';
  return (
    !fixed && (dtype === 'float32' || dtype === 'float16' || dtype === 'bfloat16' || dtype === 'float64')
  );
}

/** Names of all values that a node reads, those of the bodies inside it too. */
export function valuesRead(node: Node): readonly string[] {
  const inputs = node.inputs.filter((name) => name !== null);
  return node.captures === undefined ? inputs : [...inputs, ...node.captures];
}
