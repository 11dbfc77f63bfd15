import type { Graph } from '../model/ir.ts';
import { OnnxFileWriter, type OnnxPrecision } from './write-file.ts';
import { GraphWriter } from './write-graph.ts';
import { MessageWriter } from './write-message.ts';
import { irVersionOf, opsetOf } from './write-opset.ts';

export interface OnnxWriteOptions {
  /** Default: `keep`. */
  readonly precision?: OnnxPrecision;
  /** Name of the graph in the file. */
  readonly name?: string;
  /** What the model is and does, for people. */
  readonly description?: string;
  /** Further facts by name: the licence, the classes. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A written file: pieces in order, many of them views of the graph's weights. */
export interface OnnxFile {
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
  readonly bytes: number;
  /** The version of the operator set that it uses. */
  readonly opset: number;
}

const PRODUCER = 'Graft';

/**
 * Writes a graph as an ONNX file of the lowest operator set (from 17) that has its operations. Names of inputs, outputs,
 * nodes and parameters are kept. Convolutional networks are channels-first inside, whatever the order of the IR.
 * Source: https://github.com/onnx/onnx/blob/main/docs/IR.md.
 * @throws {EngineError} `model-unsupported` with the node that has no form in ONNX.
 */
export function writeOnnx(graph: Graph, options: OnnxWriteOptions = {}): OnnxFile {
  const opset = opsetOf(graph);
  const file = new OnnxFileWriter(graph, opset, options.precision ?? 'keep');
  const body = new GraphWriter(graph, file, null).message(options.name ?? 'graph');
  const model = new MessageWriter();
  model.integer(1, irVersionOf(opset));
  model.text(2, PRODUCER);
  if (options.description !== undefined) model.text(6, options.description);
  model.message(7, body);
  model.message(8, entry('', opset));
  for (const domain of file.domains) model.message(8, entry(domain, 1));
  for (const [key, value] of Object.entries(options.metadata ?? {})) {
    const pair = new MessageWriter();
    pair.text(1, key);
    pair.text(2, value);
    model.message(14, pair);
  }
  const { length } = model;
  return { pieces: model.pieces(), bytes: length, opset };
}

/** The file in one piece. */
export function joinedFile({ pieces, bytes }: OnnxFile): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function entry(domain: string, version: number): MessageWriter {
  const message = new MessageWriter();
  if (domain !== '') message.text(1, domain);
  message.integer(2, version);
  return message;
}
