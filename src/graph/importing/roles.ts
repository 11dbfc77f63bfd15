import type { Graph, Node, Parameter, ParameterRole } from '../model/ir.ts';
import { sizeOf } from '../model/tensor-data.ts';

/** What the inputs of an operation are for, by position. What is not listed is a weight. */
const ROLES: Readonly<Record<string, readonly (ParameterRole | null)[]>> = {
  Conv: [null, 'weight', 'bias'],
  ConvTranspose: [null, 'weight', 'bias'],
  Gemm: [null, 'weight', 'bias'],
  BatchNormalization: [null, 'gamma', 'beta', 'running-mean', 'running-variance'],
  InstanceNormalization: [null, 'gamma', 'beta'],
  LayerNormalization: [null, 'gamma', 'beta'],
  GroupNormalization: [null, 'gamma', 'beta'],
  RMSNormalization: [null, 'gamma'],
  'com.microsoft:SkipLayerNormalization': [null, null, 'gamma', 'beta', 'bias'],
  'com.microsoft:BiasGelu': [null, 'bias'],
  'com.microsoft:FastGelu': [null, 'bias'],
  'com.microsoft:Attention': [null, 'weight', 'bias'],
  'com.microsoft:EmbedLayerNormalization': [
    null,
    null,
    'embedding',
    'embedding',
    'embedding',
    'gamma',
    'beta',
  ],
  QuantizeLinear: [null, 'constant', 'constant'],
  DequantizeLinear: [null, 'constant', 'constant'],
  Gather: ['embedding'],
  Add: ['bias', 'bias'],
  PRelu: [null, 'weight'],
  LSTM: [null, 'weight', 'weight', 'bias'],
  GRU: [null, 'weight', 'weight', 'bias'],
  RNN: [null, 'weight', 'weight', 'bias'],
};

/** Operations whose constants are settings, not weights. */
const SETTINGS = new Set([
  'Max',
  'Min',
  'Clip',
  'Resize',
  'Pad',
  'Equal',
  'Less',
  'Greater',
  'LessOrEqual',
  'GreaterOrEqual',
  'Dropout',
  'Range',
  'OneHot',
]);

/** Operations whose single numbers are settings (a temperature, a fill value); a larger constant of them is a weight. */
const SCALED = new Set(['Where', 'Pow', 'Div']);

/**
 * One number without axes is a setting (the 0.5 of GELU, an epsilon), however it is stored; unless its name is a path
 * into a module, as PyTorch names what it trains.
 */
function isSetting({ name, shape }: Parameter): boolean {
  return shape.length === 0 && !name.includes('.');
}

/** What a parameter of a node is for, by where the node reads it. */
export function roleOf(node: Node, input: number, parameter: Parameter): ParameterRole {
  if (parameter.role === 'constant' || SETTINGS.has(node.op) || isSetting(parameter)) return 'constant';
  if (SCALED.has(node.op) && sizeOf(parameter.shape) === 1) return 'constant';
  const listed = ROLES[node.op]?.[input];
  // What is left of a normalisation that was folded: a factor for each channel.
  if (node.op === 'Mul' && parameter.shape.filter((size) => size > 1).length <= 1) return 'gamma';
  // A bias has one axis that counts; a whole matrix that is added is a weight (an embedding of positions).
  if (node.op === 'Add') return parameter.shape.filter((size) => size > 1).length > 1 ? 'weight' : 'bias';
  return listed ?? 'weight';
}

/** The graph with the role of each parameter set by its first user. */
export function withRoles(graph: Graph): Graph {
  const parameters = new Map(graph.parameters);
  const seen = new Set<string>();
  const visit = ({ nodes }: Graph): void => {
    for (const node of nodes) {
      node.inputs.forEach((name, input) => {
        const parameter = name === null ? undefined : parameters.get(name);
        if (name === null || parameter === undefined || seen.has(name)) return;
        seen.add(name);
        parameters.set(name, { ...parameter, role: roleOf(node, input, parameter) });
      });
      for (const value of Object.values(node.attributes)) if (isBody(value)) visit(value);
    }
  };
  visit(graph);
  return { ...graph, parameters };
}

function isBody(value: unknown): value is Graph {
  return typeof value === 'object' && value !== null && 'nodes' in value;
}
