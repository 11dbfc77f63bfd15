import { EngineError } from '../../core/errors.ts';
import { GraphBuilder } from '../importing/builder.ts';
import { damaged } from '../importing/errors.ts';
import { withRoles } from '../importing/roles.ts';
import type { Graph, Parameter, TensorData, ValueInfo } from '../model/ir.ts';
import { isFloat, sizeOf } from '../model/tensor-data.ts';
import { NodeAttributes } from './attributes.ts';
import { MATH_RULES } from './math-rules.ts';
import { type GraphDefNode, type GraphModelJson, parseGraphModel } from './model-json.ts';
import { reachable, selectNodes, valueOf } from './select-nodes.ts';
import { SHAPE_RULES } from './shape-rules.ts';
import { SPACE_RULES } from './space-rules.ts';
import { type Rule, Step } from './step.ts';
import { readWeights } from './weights.ts';

export interface GraphModelImportOptions {
  /**
   * Values to be fed in place of the model's placeholders: nothing below them is imported. So a network can be taken out
   * of a larger one, preprocessing and control flow left behind.
   */
  readonly inputs?: readonly ValueInfo[];
  /** Values that the graph gives, `name` or `name:1`. Default: those of the signature, else what no node reads. */
  readonly outputs?: readonly string[];
}

const RULES: ReadonlyMap<string, Rule> = new Map([...SPACE_RULES, ...MATH_RULES, ...SHAPE_RULES]);

/** Operations that only stand for a value from elsewhere. */
const SOURCES = new Set(['Placeholder', 'Const', 'NoOp']);

/** Names of the TensorFlow operations that can be imported. */
export function graphModelOps(): readonly string[] {
  return [...RULES.keys(), ...SOURCES];
}

/**
 * Reads a graph model of TensorFlow.js. The IR is channels-last as these models are, so their nodes become the IR's
 * (mostly one to one) and no transposes are needed; models with channels first are refused. Parameters are views of
 * `weights` where that is possible; quantised ones become float32.
 * @param json The parsed `model.json`: data of a stranger.
 * @param weights The files that `weightPaths` names, one after another.
 * @throws {EngineError} `model-damaged` if the model is not sound; `model-unsupported` with the names of operations and
 * nodes that are not known here.
 */
export function importGraphModel(
  json: unknown,
  weights: Uint8Array<ArrayBuffer>,
  options: GraphModelImportOptions = {},
): Graph {
  const model = parseGraphModel(json);
  const stored = readWeights(
    model.weightsManifest.flatMap((group) => group.weights),
    weights,
  );
  const all = model.modelTopology.node;
  const given = new Set((options.inputs ?? []).map(({ name }) => name));
  const outputs = (options.outputs ?? outputsOf(model)).map((name) => valueOf(name) ?? name);
  if (outputs.length === 0) throw damaged('it has no outputs');
  assertKnown(reachable(all, given, outputs));
  const { nodes, uses } = selectNodes(all, given, outputs);
  const builder = new GraphBuilder(null, uses);
  const inputs = [...(options.inputs ?? [])];
  for (const node of nodes) {
    if (node.op === 'Placeholder') inputs.push(placeholder(node));
    else if (node.op === 'Const') addConstant(node, stored, builder);
  }
  for (const { name, shape } of inputs) {
    builder.define(name);
    if (shape !== null) builder.setShape(name, shape);
  }
  for (const node of nodes) RULES.get(node.op)?.(new Step(node, builder));
  return withRoles(builder.finish(inputs, outputs));
}

function outputsOf({ signature, userDefinedMetadata, modelTopology }: GraphModelJson): string[] {
  const named = Object.values((signature ?? userDefinedMetadata?.signature)?.outputs ?? {});
  if (named.length > 0) return named.map(({ name }) => name);
  const nodes = modelTopology.node;
  const read = new Set(nodes.flatMap(({ input }) => input.map((name) => name.replace(/^\^|:\d+$/g, ''))));
  return nodes.filter(({ name, op }) => !read.has(name) && !SOURCES.has(op)).map(({ name }) => name);
}

function placeholder(node: GraphDefNode): ValueInfo {
  const attributes = new NodeAttributes(node);
  return { name: node.name, dtype: attributes.type('dtype', 'float32'), shape: attributes.shape('shape') };
}

/** Single numbers are settings (epsilons, factors); rules that know better say so. */
function addConstant(
  node: GraphDefNode,
  stored: ReadonlyMap<string, TensorData>,
  builder: GraphBuilder,
): void {
  const data = stored.get(node.name);
  if (data === undefined) throw damaged(`the constant "${node.name}" has no weights`);
  const role: Parameter['role'] = isFloat(data.dtype) && sizeOf(data.shape) > 1 ? 'weight' : 'constant';
  builder.addParameter(node.name, data, role);
}

/** @throws {EngineError} `model-unsupported` with all operations and nodes that have no rule. */
function assertKnown(nodes: readonly GraphDefNode[]): void {
  const unknown = nodes.filter(({ op }) => !RULES.has(op) && !SOURCES.has(op));
  if (unknown.length === 0) return;
  const ops = [...new Set(unknown.map(({ op }) => op))].join(', ');
  const names = unknown
    .slice(0, 20)
    .map(({ name }) => name)
    .join(', ');
  throw new EngineError('model-unsupported', `Operations that are not supported: ${ops} (nodes: ${names}).`, {
    ops,
    nodes: names,
  });
}
