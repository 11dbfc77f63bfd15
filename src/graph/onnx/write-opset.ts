/** @file Which version of the operator set a graph needs. Source: https://github.com/onnx/onnx/blob/main/docs/Changelog.md. */
import type { Graph, Node } from '../model/ir.ts';
import { isGraph } from '../ops/call.ts';

/** Nothing older is written: everything that the IR has in common with it is as the IR has it. */
const OLDEST = 17;

/** Versions of the file format that came with versions of the operator set. */
const IR_VERSIONS: readonly (readonly [opset: number, ir: number])[] = [
  [24, 12],
  [23, 11],
  [21, 10],
  [19, 9],
  [17, 8],
];

/** Operations that came after {@link OLDEST}, or whose form in the IR did. */
const SINCE: ReadonlyMap<string, number> = new Map(
  Object.entries({
    Mish: 18,
    SimplifiedLayerNormalization: 18,
    BitwiseAnd: 18,
    BitwiseOr: 18,
    BitwiseXor: 18,
    BitwiseNot: 18,
    CenterCropPad: 18,
    Col2Im: 18,
    OptionalHasElement: 18,
    OptionalGetElement: 18,
    DeformConv: 19,
    Gelu: 20,
    AffineGrid: 20,
    ImageDecoder: 20,
    StringConcat: 20,
    StringSplit: 20,
    RegexFullMatch: 20,
    DFT: 20,
    GridSample: 20,
    GroupNormalization: 21,
    RMSNormalization: 23,
    Attention: 23,
    RotaryEmbedding: 23,
    TensorScatter: 24,
  }),
);

/** Conditions under which an operation needs more than the version it came with. */
const NEEDS: readonly (readonly [ops: RegExp, version: number, when: (node: Node) => boolean])[] = [
  [/^Reduce(?!Sum$)/, 18, (node) => has(node, 1) || 'axes' in node.attributes],
  [/^Split$/, 18, (node) => !has(node, 1) && !('split' in node.attributes)],
  [
    /^Resize$/,
    18,
    ({ attributes }) => ['antialias', 'axes', 'keep_aspect_ratio_policy'].some((name) => name in attributes),
  ],
  [
    /^Resize$/,
    19,
    ({ attributes }) => attributes['coordinate_transformation_mode'] === 'half_pixel_symmetric',
  ],
  [/^Pad$/, 18, (node) => has(node, 3)],
  [/^Pad$/, 19, ({ attributes }) => attributes['mode'] === 'wrap'],
  [
    /^Scatter/,
    18,
    ({ attributes }) => attributes['reduction'] === 'max' || attributes['reduction'] === 'min',
  ],
  [/^LpPool$/, 18, (node) => 'ceil_mode' in node.attributes || isDilated(node)],
  [/^AveragePool$/, 19, isDilated],
  [/QuantizeLinear$/, 21, ({ attributes }) => 'block_size' in attributes || 'output_dtype' in attributes],
];

/** The lowest version, from 17, that has all operations of a graph and the bodies in it. */
export function opsetOf(graph: Graph): number {
  const small = [...graph.parameters.values()].some(({ dtype }) => dtype === 'int4' || dtype === 'uint4');
  return Math.max(small ? 21 : OLDEST, ...graph.nodes.map(versionOf));
}

function versionOf(node: Node): number {
  const bodies = Object.values(node.attributes).flatMap((value) => (isGraph(value) ? [value] : []));
  const needs = NEEDS.filter(([ops, , when]) => ops.test(node.op) && when(node)).map(
    ([, version]) => version,
  );
  return Math.max(OLDEST, SINCE.get(node.op) ?? OLDEST, ...needs, ...bodies.map(opsetOf));
}

/** The version of the file format that belongs to a version of the operator set. */
export function irVersionOf(opset: number): number {
  return IR_VERSIONS.find(([since]) => opset >= since)?.[1] ?? 8;
}

function has(node: Node, input: number): boolean {
  return (node.inputs[input] ?? null) !== null;
}

/** Whether the elements of a window lie apart. */
export function isDilated({ attributes }: Node): boolean {
  const dilations = attributes['dilations'];
  return Array.isArray(dilations) && (dilations as readonly number[]).some((step) => step !== 1);
}
