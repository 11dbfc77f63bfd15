import { EngineError } from '../core/errors.ts';
import { writeOnnx } from '../graph/onnx/write-onnx.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import { classifierGraph, type DenseHead } from './classifier-graph.ts';

/** What goes into the file. */
export interface OnnxExport {
  readonly network: TrunkNetwork;
  readonly head: DenseHead;
  /** Names of the classes in the order of the outputs. */
  readonly labels: readonly string[];
  /** How weights are stored; the network computes in float32 either way. */
  readonly precision: 'float32' | 'float16';
  /** The pre-trained model, for the facts that travel with its weights. */
  readonly base: { readonly name: string; readonly licence: string; readonly source: string };
}

/**
 * A trained classifier as an ONNX file: pixels 0..255 of RGB pictures `[batch, S, S, 3]` in, probabilities out, with
 * preprocessing, trunk, head and softmax inside. The labels are in its metadata as a JSON list.
 * Cost: the weights once more, while the file is put together.
 * @throws {EngineError} `model-unsupported` if the trunk cannot be taken out of its runtime, or holds what ONNX has not.
 */
export function exportOnnx({ network, head, labels, precision, base }: OnnxExport): Blob {
  if (network.definition === undefined) {
    throw new EngineError('model-unsupported', `${base.name} runs as it came and cannot be written.`, {
      model: base.name,
    });
  }
  const { pieces } = writeOnnx(classifierGraph(network.definition, head), {
    precision,
    name: 'classifier',
    description: describe(network.inputSize, base.name),
    metadata: {
      labels: JSON.stringify(labels),
      base_model: base.name,
      base_model_source: base.source,
      license: base.licence,
    },
  });
  return new Blob([...pieces], { type: 'application/octet-stream' });
}

function describe(inputSize: number, base: string): string {
  return (
    `A picture classifier on top of ${base}. Input: RGB pixels 0..255 as float32, ` +
    `[batch, ${inputSize}, ${inputSize}, 3]. Output: one probability per label.`
  );
}
