import { EngineError } from '../../core/errors.ts';
import { GraphBuilder, type SourceNode } from '../importing/builder.ts';
import { damaged, unsupported } from '../importing/errors.ts';
import { withRoles } from '../importing/roles.ts';
import type { Graph, ValueInfo } from '../model/ir.ts';
import { findOp } from '../ops/registry.ts';
import { decodeAttributes } from './attributes.ts';
import { inOrder } from './order.ts';
import {
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxType,
  readModelProto,
} from './proto.ts';
import { ruleOf, upgraded } from './rules.ts';
import { dataType, type ExternalData, externalLocation, tensorData } from './tensors.ts';

/** Gives a file that lies beside the model; `location` is checked to stay beside it. Rejects if there is none. */
export type ExternalResolver = (location: string) => Promise<Blob | Uint8Array<ArrayBuffer>>;

export interface OnnxImportOptions {
  readonly external?: ExternalResolver;
}

/** The newest version of `ai.onnx` that is understood. */
const NEWEST_OPSET = 23;

/** Operations that version 7 (or one before it) changed; in older files they are refused. */
const CHANGED_BY_7 = new Set(
  (
    'Add Sub Mul Div Pow And Or Xor Equal Greater Less PRelu Gemm BatchNormalization Dropout Upsample Pad Reshape ' +
    'Cast LSTM GRU RNN Tile Split Concat Slice AveragePool MaxPool'
  ).split(' '),
);

/**
 * Reads an ONNX file. Parameters are views of `bytes` where their place in it allows.
 * @throws {EngineError} `model-damaged` if the file is not sound; `model-unsupported` with the names of operations and
 * nodes that are not known here, or with the version of the operator set.
 */
export async function importOnnx(bytes: Uint8Array, options: OnnxImportOptions = {}): Promise<Graph> {
  const model = readModelProto(bytes);
  if (model.graph === null) throw damaged('it holds no graph');
  const files = await readExternal(model.graph, options.external);
  const conversion = new Conversion(model, (location) => files.get(location) ?? null);
  const graph = withRoles(conversion.graph(model.graph, null));
  assertKnown(graph);
  return graph;
}

/** Names of the files beside a model that hold its larger tensors. @throws {EngineError} `model-damaged`. */
export function externalFiles(bytes: Uint8Array): readonly string[] {
  const { graph } = readModelProto(bytes);
  return graph === null ? [] : [...locationsOf(graph)];
}

function locationsOf(graph: OnnxGraph): ReadonlySet<string> {
  const locations = new Set<string>();
  forEachTensor(graph, (tensor) => {
    if (tensor.isExternal) locations.add(externalLocation(tensor));
  });
  return locations;
}

async function readExternal(graph: OnnxGraph, resolver: ExternalResolver | undefined) {
  const locations = locationsOf(graph);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const location of locations) {
    if (resolver === undefined) continue;
    const file = await resolver(location);
    files.set(location, file instanceof Blob ? new Uint8Array(await file.arrayBuffer()) : file);
  }
  return files;
}

function forEachTensor(graph: OnnxGraph, visit: (tensor: OnnxTensor) => void): void {
  for (const tensor of graph.initializers) visit(tensor);
  for (const { attributes } of graph.nodes) {
    for (const attribute of attributes) {
      if (attribute.tensor !== null) visit(attribute.tensor);
      if (attribute.graph !== null) forEachTensor(attribute.graph, visit);
    }
  }
}

/** The conversion of one file. */
class Conversion {
  private readonly external: ExternalData;
  private readonly versions: ReadonlyMap<string, number>;
  private readonly uses = new Map<string, number>();

  constructor(model: OnnxModel, external: ExternalData) {
    this.external = external;
    this.versions = new Map(model.opsets.map(({ domain, version }) => [standardDomain(domain), version]));
    const version = this.versions.get('') ?? 1;
    if (version > NEWEST_OPSET) {
      throw new EngineError(
        'model-unsupported',
        `The model uses operator set ${version}; the newest that is supported is ${NEWEST_OPSET}.`,
        { opset: version },
      );
    }
    if (model.graph !== null) this.countUses(model.graph);
  }

  graph(source: OnnxGraph, outer: GraphBuilder | null): Graph {
    if (source.sparseInitializers > 0) {
      throw new EngineError('model-unsupported', 'The model has sparse weights, which are not supported.');
    }
    const builder = new GraphBuilder(outer, this.uses);
    for (const tensor of source.initializers) {
      builder.addParameter(tensor.name, tensorData(tensor, this.external), 'weight');
    }
    const inputs = source.inputs.filter(({ name }) => builder.parameter(name) === undefined).map(valueInfo);
    for (const { name, shape } of inputs) {
      builder.define(name);
      if (shape !== null) builder.setShape(name, shape);
    }
    for (const { name, type } of source.values) if (type?.dims) builder.setShape(name, type.dims);
    inOrder(source.nodes).forEach((node, index) => this.node(node, index, builder));
    return builder.finish(
      inputs,
      source.outputs.map(({ name }) => name),
    );
  }

  private node(node: OnnxNode, index: number, builder: GraphBuilder): void {
    const domain = standardDomain(node.domain);
    const op = domain === '' ? node.op : `${domain}:${node.op}`;
    const source: SourceNode = {
      name: node.name === '' ? `${node.op}_${index}` : node.name,
      op,
      inputs: node.inputs.map((name) => (name === '' ? null : name)),
      outputs: node.outputs,
      attributes: decodeAttributes(node.attributes, this.external, (body) => this.graph(body, builder)),
      opset: this.versions.get(domain) ?? 1,
    };
    if (domain === '' && source.opset < 7 && CHANGED_BY_7.has(op)) {
      throw unsupported(source, `of operator set ${source.opset} is too old; export with 7 or later`);
    }
    const current = upgraded(source, builder);
    const rule = ruleOf(current);
    if (rule !== undefined) rule(current, builder);
    else builder.node(current, op, current.inputs, current.outputs, current.attributes);
  }

  private countUses(graph: OnnxGraph): void {
    const count = (name: string) => this.uses.set(name, (this.uses.get(name) ?? 0) + 1);
    for (const { name } of graph.outputs) count(name);
    for (const { inputs, attributes } of graph.nodes) {
      inputs.forEach(count);
      for (const { graph: body } of attributes) if (body !== null) this.countUses(body);
    }
  }
}

function standardDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

function valueInfo({ name, type }: { name: string; type: OnnxType | null }): ValueInfo {
  const tensor = type?.kind === 'tensor' ? type : null;
  const dtype = tensor === null || tensor.elementType === 0 ? 'float32' : dataType(tensor.elementType);
  // Some exporters write -1 for a size that is open.
  const shape = tensor?.dims?.map((size) => (typeof size === 'number' && size < 0 ? null : size)) ?? null;
  return { name, dtype, shape };
}

/** @throws {EngineError} `model-unsupported` with all operations and nodes that cannot be run. */
function assertKnown(graph: Graph): void {
  const unknown = new Map<string, string[]>();
  const refused: { readonly op: string; readonly what: string }[] = [];
  const visit = ({ nodes }: Graph): void => {
    for (const node of nodes) {
      const op = findOp(node.op);
      if (op === undefined) unknown.set(node.op, [...(unknown.get(node.op) ?? []), node.name]);
      const reason = op?.refuse?.(node) ?? null;
      if (reason !== null) refused.push({ op: node.op, what: `${node.name} (${node.op}: ${reason})` });
      for (const value of Object.values(node.attributes)) {
        if (typeof value === 'object' && 'nodes' in value) visit(value);
      }
    }
  };
  visit(graph);
  if (unknown.size === 0 && refused.length === 0) return;
  const ops = [...new Set([...unknown.keys(), ...refused.map(({ op }) => op)])].join(', ');
  const nodes = [...[...unknown.values()].flat(), ...refused.map(({ what }) => what)].slice(0, 20).join(', ');
  throw new EngineError('model-unsupported', `Operations that are not supported: ${ops} (nodes: ${nodes}).`, {
    ops,
    nodes,
  });
}
