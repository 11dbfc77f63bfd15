/**
 * @file How each operation of the IR is written: which inputs must share an element type, which must be of one type, and
 * in which order of axes it works. What is listed nowhere is written as it is. Source: https://onnx.ai/onnx/operators/.
 */
import type { Attributes, DataType, Node } from '../model/ir.ts';
import { isFloat } from '../model/tensor-data.ts';
import type { GraphWriter } from './write-graph.ts';
import { LAYOUT_RULES } from './write-layout-rules.ts';
import { REWRITES } from './write-rewrites.ts';

/** One node as it is written. */
export class NodeCall {
  readonly node: Node;
  readonly writer: GraphWriter;
  private readonly types: readonly (DataType | null)[];

  constructor(node: Node, writer: GraphWriter) {
    this.node = node;
    this.writer = writer;
    this.types = wantedTypes(node, writer);
  }

  has(index: number): boolean {
    return (this.node.inputs[index] ?? null) !== null;
  }

  name(index: number): string {
    return this.node.inputs[index] ?? '';
  }

  /** Number of axes of an input, if it is known. */
  rank(index: number): number | null {
    return this.has(index) ? (this.writer.fact(this.name(index)).shape?.length ?? null) : null;
  }

  dtype(index: number): DataType {
    return this.types[index] ?? this.writer.fact(this.node.inputs[index] ?? null).dtype;
  }

  /** An input as the IR has it, empty where it is left out. */
  plain(index: number): string {
    return this.has(index) ? this.writer.plain(this.name(index), this.types[index] ?? null) : '';
  }

  first(index: number, rank: number): string {
    return this.writer.first(this.name(index), rank, this.types[index] ?? null);
  }

  /** A constant operand of channels-first values. */
  broadcast(index: number, rank: number): string | null {
    const parameter = this.writer.parameter(this.name(index));
    if (parameter === undefined || parameter.shape.length > rank) return null;
    return this.writer.broadcast(parameter, rank, this.types[index] ?? null);
  }

  kernel(index: number, rank: number): string {
    return this.writer.kernel(this.name(index), rank, this.types[index] ?? null);
  }

  /** All inputs as the IR has them, but those that are given. */
  inputs(given: Readonly<Record<number, string>> = {}): string[] {
    return this.node.inputs.map((_, index) => given[index] ?? this.plain(index));
  }

  outputs(form: 'plain' | 'first' = 'plain'): string[] {
    return this.node.outputs.map((name) => this.writer.give(name, form));
  }

  /** Writes the node itself, with other inputs, outputs or attributes. */
  emit(
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes = this.node.attributes,
  ): void {
    this.writer.emit(this.node.op, inputs, outputs, attributes, this.node.name);
  }

  /** Writes one of the operations that this one becomes; gives the name of its result. */
  step(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const result = this.writer.file.fresh(`${this.node.name}/${op.toLowerCase()}`);
    this.writer.emit(op, inputs, [result], attributes, result);
    return result;
  }

  number(name: string, otherwise: number): number {
    const value = this.node.attributes[name];
    return typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : otherwise;
  }
}

/** Writes a node: rewritten where ONNX has no such operation, channels-first where that saves or needs it. */
export function writeNode(given: Node, writer: GraphWriter): void {
  const node = withInputs(given, writer);
  const call = new NodeCall(node, writer);
  if (REWRITES.get(node.op)?.(call) === true) return;
  if (LAYOUT_RULES.get(node.op)?.(call) === true) return;
  call.emit(call.inputs(), call.outputs());
}

/** Attributes that became inputs of the operation. */
const INPUT_ATTRIBUTES: readonly (readonly [ops: RegExp, attribute: string, input: number])[] = [
  [/^(Squeeze|Unsqueeze|Reduce.*)$/, 'axes', 1],
  [/^Reshape$/, 'shape', 1],
  [/^Split$/, 'split', 1],
  [/^Pad$/, 'pads', 1],
  [/^DFT$/, 'axis', 2],
];

function withInputs(node: Node, writer: GraphWriter): Node {
  const inputs = [...node.inputs];
  const attributes = { ...node.attributes };
  for (const [ops, attribute, input] of INPUT_ATTRIBUTES) {
    const value = attributes[attribute];
    if (!ops.test(node.op) || value === undefined) continue;
    Reflect.deleteProperty(attributes, attribute);
    if ((inputs[input] ?? null) !== null) continue;
    while (inputs.length < input) inputs.push(null);
    inputs[input] = writer.integerInput(`${node.name}/${attribute}`, value as number | readonly number[]);
  }
  return { ...node, inputs, attributes };
}

/** Inputs that must share an element type; `all` of them, or those listed. */
const SHARED: ReadonlyMap<string, readonly number[] | 'all'> = new Map<string, readonly number[] | 'all'>([
  ...(
    'Add Sub Mul Div Mod Max Min Sum Mean PRelu Equal Less LessOrEqual Greater GreaterOrEqual Concat MatMul Gemm Einsum Range ' +
    'BitwiseAnd BitwiseOr BitwiseXor BitShift Conv ConvTranspose BatchNormalization InstanceNormalization LayerNormalization ' +
    'GroupNormalization Clip com.microsoft:FusedMatMul com.microsoft:BiasGelu com.microsoft:FastGelu'
  )
    .split(' ')
    .map((op) => [op, 'all'] as const),
  ['Where', [1, 2]],
  ['Pad', [0, 2]],
  ['ScatterND', [0, 2]],
  ['ScatterElements', [0, 2]],
  ['com.microsoft:SkipLayerNormalization', [0, 1, 2, 3, 4]],
]);

/** Inputs of one type: sizes, axes and counts are int64, conditions bool. */
const FIXED: readonly (readonly [ops: RegExp, inputs: readonly number[], dtype: DataType])[] = [
  [
    /^(Reshape|Expand|Tile|Squeeze|Unsqueeze|Split|TopK|Reduce.*|ReverseSequence|GatherND|ScatterND|Trilu)$/,
    [1],
    'int64',
  ],
  [/^ConstantOfShape$|^Loop$/, [0], 'int64'],
  [/^Pad$/, [1, 3], 'int64'],
  [/^Resize$/, [3], 'int64'],
  [/^Slice$/, [1, 2, 3, 4], 'int64'],
  [/^MaxUnpool$/, [1, 2], 'int64'],
  [/^RoiAlign$|^NonMaxSuppression$/, [2], 'int64'],
  [/^(And|Or|Xor)$/, [0, 1], 'bool'],
  [/^(Not|Where|If)$/, [0], 'bool'],
  [/^(Loop|Compress)$/, [1], 'bool'],
  [/^Dropout$/, [2], 'bool'],
];

/** The element type that each input must be cast to, `null` for as it is. */
function wantedTypes(node: Node, writer: GraphWriter): (DataType | null)[] {
  const types = node.inputs.map((): DataType | null => null);
  const shared = SHARED.get(node.op);
  if (shared !== undefined) {
    const members = [...types.keys()].filter(
      (i) => (node.inputs[i] ?? null) !== null && (shared === 'all' || shared.includes(i)),
    );
    const own = members.map((i) => writer.fact(node.inputs[i] ?? null).dtype);
    const common = own.find(isFloat) ?? own[0] ?? null;
    for (const i of members) types[i] = common;
  }
  for (const [ops, inputs, dtype] of FIXED) {
    if (ops.test(node.op)) for (const i of inputs) if ((node.inputs[i] ?? null) !== null) types[i] = dtype;
  }
  return types;
}
