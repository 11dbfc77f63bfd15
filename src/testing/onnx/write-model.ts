/**
 * @file Small ONNX files for tests, field by field and as wrong as a test wants them. Numbers of fields:
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3.
 */
import { PbfWriter } from 'pbf';

type Writer = (pbf: PbfWriter) => void;

/** An initialiser: float32 data, or a claim about another file. */
export interface OnnxWeight {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data?: Float32Array | BigInt64Array | Int8Array;
  readonly external?: { readonly location: string; readonly offset: number; readonly length: number };
}

export interface OnnxStep {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

/** An input or output; element types: 1 float32, 7 int64. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly (number | string)[];
  readonly type?: number;
}

export interface OnnxFile {
  readonly producer?: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxStep[];
  readonly weights: readonly OnnxWeight[];
}

const INTS = 7;
const INT = 2;

function message(pbf: PbfWriter, field: number, write: Writer): void {
  pbf.writeMessage(field, (_: null, inner) => write(inner), null);
}

function writeValue(pbf: PbfWriter, { name, shape, type = 1 }: OnnxValue): void {
  pbf.writeStringField(1, name);
  message(pbf, 2, (typeProto) =>
    message(typeProto, 1, (tensor) => {
      tensor.writeVarintField(1, type);
      message(tensor, 2, (dims) => {
        for (const size of shape) {
          message(dims, 1, (dim) =>
            typeof size === 'number' ? dim.writeVarintField(1, size) : dim.writeStringField(2, size),
          );
        }
      });
    }),
  );
}

function writeWeight(pbf: PbfWriter, { name, dims, data, external }: OnnxWeight): void {
  for (const size of dims) pbf.writeVarintField(1, size);
  pbf.writeVarintField(2, data instanceof BigInt64Array ? 7 : data instanceof Int8Array ? 3 : 1);
  pbf.writeStringField(8, name);
  if (data !== undefined) {
    pbf.writeBytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  if (external === undefined) return;
  for (const [key, value] of Object.entries(external)) {
    message(pbf, 13, (entry) => {
      entry.writeStringField(1, key);
      entry.writeStringField(2, String(value));
    });
  }
  pbf.writeVarintField(14, 1);
}

function writeStep(pbf: PbfWriter, { op, inputs, output, attributes = {} }: OnnxStep): void {
  for (const name of inputs) pbf.writeStringField(1, name);
  pbf.writeStringField(2, output);
  pbf.writeStringField(3, `node_${output}`);
  pbf.writeStringField(4, op);
  for (const [name, value] of Object.entries(attributes)) {
    message(pbf, 5, (attribute) => {
      attribute.writeStringField(1, name);
      if (typeof value === 'number') attribute.writeVarintField(3, value);
      else for (const one of value) attribute.writeVarintField(8, one);
      attribute.writeVarintField(20, typeof value === 'number' ? INT : INTS);
    });
  }
}

/** The bytes of a model of operator set 17. */
export function onnxFile({
  producer = 'pytorch',
  inputs,
  outputs,
  nodes,
  weights,
}: OnnxFile): Uint8Array<ArrayBuffer> {
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, 8);
  pbf.writeStringField(2, producer);
  message(pbf, 7, (graph) => {
    for (const node of nodes) message(graph, 1, (inner) => writeStep(inner, node));
    graph.writeStringField(2, 'main');
    for (const weight of weights) message(graph, 5, (inner) => writeWeight(inner, weight));
    for (const input of inputs) message(graph, 11, (inner) => writeValue(inner, input));
    for (const output of outputs) message(graph, 12, (inner) => writeValue(inner, output));
  });
  message(pbf, 8, (opset) => opset.writeVarintField(2, 17));
  return Uint8Array.from(pbf.finish());
}
