/** @file A network as what `config.json` says of it and the tensors that lie beside it; `rebuild.py` reads both. */
import type { ExportPrecision } from '../../core/export.ts';
import {
  type Attribute,
  type Graph,
  type Node,
  type ParameterRole,
  type TensorData,
  type ValueInfo,
  valuesRead,
} from '../../graph/model/ir.ts';
import { isFloat } from '../../graph/model/tensor-data.ts';
import { converted, halves } from '../../graph/onnx/write-file.ts';
import type { TensorBag } from '../../graph/weights/tensor-bag.ts';
import { attributesOf } from './operations.ts';

/** One step. It reads results of steps before it, the input, and tensors of the file of weights, by name. */
interface NodeConfig {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly (string | null)[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** The network without its weights. */
export interface NetworkConfig {
  readonly input: string;
  readonly inputShape: ValueInfo['shape'];
  readonly output: string;
  /** What each tensor of the file is for. */
  readonly parameters: Readonly<Record<string, ParameterRole>>;
  /** In the order of execution. */
  readonly nodes: readonly NodeConfig[];
}

/** @throws {EngineError} `export-operation` with the step that `rebuild.py` does not have. */
export function networkConfig(graph: Graph): NetworkConfig {
  const [input] = graph.inputs;
  const [output] = graph.outputs;
  if (input === undefined || output === undefined)
    throw new RangeError('A network has an input and an output.');
  const nodes = graph.nodes.map((node): NodeConfig => {
    const { op, name, inputs, outputs } = node;
    return { op, name, inputs, output: outputs[0] ?? '', attributes: attributesOf(node, graph) };
  });
  const parameters = parametersRead(graph).map(({ name, role }) => [name, role] as const);
  return {
    input: input.name,
    inputShape: input.shape,
    output,
    parameters: Object.fromEntries(parameters),
    nodes,
  };
}

/** The weights by name. Large ones are halved with `float16`; all other floats are stored in 32 bits. */
export function networkTensors(graph: Graph, precision: ExportPrecision): TensorBag {
  return new Map(parametersRead(graph).map((parameter) => [parameter.name, stored(parameter, precision)]));
}

/** The inverse of {@link networkConfig} and {@link networkTensors}. @throws {RangeError} if a tensor is missing. */
export function networkOf(config: NetworkConfig, tensors: TensorBag): Graph {
  const parameters = Object.entries(config.parameters).map(([name, role]) => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new RangeError(`There is no tensor "${name}".`);
    return [name, { name, role, ...tensor }] as const;
  });
  return {
    inputs: [{ name: config.input, dtype: 'float32', shape: config.inputShape }],
    outputs: [config.output],
    nodes: config.nodes.map(({ output, ...node }): Node => ({ ...node, outputs: [output] })),
    parameters: new Map(parameters),
  };
}

function parametersRead({ nodes, parameters }: Graph) {
  const read = new Set(nodes.flatMap((node) => valuesRead(node)));
  return [...parameters.values()].filter(({ name }) => read.has(name));
}

function stored(tensor: TensorData, precision: ExportPrecision): TensorData {
  if (!isFloat(tensor.dtype)) return tensor;
  const wide = converted(tensor, 'float32');
  return (precision === 'float16' ? halves(wide) : null) ?? wide;
}
