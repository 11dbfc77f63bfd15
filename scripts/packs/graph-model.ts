/** @file A network taken out of a larger graph model of TensorFlow.js: its nodes and weights, nothing else. */
import { type GraphDefNode, parseGraphModel, weightPaths } from '../../src/graph/tfjs/model-json.ts';
import { selectNodes } from '../../src/graph/tfjs/select-nodes.ts';
import type { Conversion } from './convert.ts';
import { fileIn } from './convert.ts';

/** Bytes of one element, as the format stores it. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  float16: 2,
};

export interface GraphModelSelection {
  /** Where `model.json` lies in the package. */
  readonly folder: string;
  /** A value that is fed in place of what makes it, with its type and shape (-1: any size). */
  readonly input?: Input;
  readonly output: string;
}

interface Input {
  readonly name: string;
  readonly dtype: 'DT_FLOAT';
  readonly shape: readonly number[];
}

/** Keeps what an output needs, down to an input or the model's own, as `model.json` and `weights.bin`. */
export function graphModel({ folder, input, output }: GraphModelSelection): Conversion {
  return (files) => {
    const json: unknown = JSON.parse(new TextDecoder().decode(fileIn(files, `${folder}/model.json`)));
    const model = parseGraphModel(json);
    const given = input === undefined ? [] : [input];
    const names = new Set(given.map(({ name }) => name));
    const { nodes } = selectNodes(model.modelTopology.node, names, [output]);
    const constants = new Set(nodes.filter(({ op }) => op === 'Const').map(({ name }) => name));
    const specs = model.weightsManifest.flatMap(({ weights }) => weights);
    const stored = joined(weightPaths(json).map((path) => fileIn(files, `${folder}/${path}`)));
    const kept: Uint8Array[] = [];
    let offset = 0;
    for (const { name, shape, dtype, quantization } of specs) {
      const size = ELEMENT_BYTES[quantization?.dtype ?? dtype] ?? NaN;
      const end = shape.reduce((product, length) => product * length, size) + offset;
      if (constants.has(name)) kept.push(stored.subarray(offset, end));
      offset = end;
    }
    const trimmed = {
      format: 'graph-model',
      modelTopology: { node: [...given.map(placeholder), ...nodes.map(withoutValue)] },
      weightsManifest: [{ paths: ['weights.bin'], weights: specs.filter(({ name }) => constants.has(name)) }],
    };
    return new Map([
      ['model.json', new TextEncoder().encode(JSON.stringify(trimmed))],
      ['weights.bin', joined(kept)],
    ]);
  };
}

function placeholder({ name, dtype, shape }: Input) {
  const dim = shape.map((size) => ({ size: String(size) }));
  return { name, op: 'Placeholder', attr: { dtype: { type: dtype }, shape: { shape: { dim } } } };
}

/** The value of a constant is in the weights; what stands beside its name is empty. */
function withoutValue(node: GraphDefNode): GraphDefNode {
  if (node.op !== 'Const') return node;
  const { dtype } = node.attr;
  return { ...node, attr: { dtype } };
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
