/**
 * @file Weights of TensorFlow.js models: one after another in the order of the manifest, float32 as they are or
 * quantised. Source: `decodeWeights` in https://github.com/tensorflow/tfjs/blob/tfjs-v4.22.0/tfjs-core/src/io/io_utils.ts.
 */
import { EngineError } from '../../core/errors.ts';
import { damaged } from '../importing/errors.ts';
import type { DataType, TensorData } from '../model/ir.ts';
import { sizeOf, toComputeValues } from '../model/tensor-data.ts';
import type { WeightSpec } from './model-json.ts';

const ELEMENT_BYTES = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 } as const;

type Stored = keyof typeof ELEMENT_BYTES;

/**
 * All weights by name. Quantised ones become float32, so that they can be trained; the others are views of `bytes` where
 * their place in it allows.
 * @param bytes All weight files, one after another.
 * @throws {EngineError} `model-damaged` if the bytes are not exactly those that the specs describe or two weights have
 * one name; `model-unsupported` for element types that are not known.
 */
export function readWeights(
  specs: readonly WeightSpec[],
  bytes: Uint8Array<ArrayBuffer>,
): ReadonlyMap<string, TensorData> {
  const weights = new Map<string, TensorData>();
  let offset = 0;
  for (const spec of specs) {
    if (weights.has(spec.name)) throw damaged(`two weights have the name "${spec.name}"`);
    const { tensor, end } = readWeight(spec, bytes, offset);
    weights.set(spec.name, tensor);
    offset = end;
  }
  if (offset !== bytes.byteLength) {
    throw damaged(`model.json describes ${offset} bytes of weights, but there are ${bytes.byteLength}`);
  }
  return weights;
}

function readWeight(spec: WeightSpec, bytes: Uint8Array<ArrayBuffer>, offset: number) {
  const count = sizeOf(spec.shape);
  if (spec.dtype === 'string') return readTexts(spec, bytes, offset, count);
  const stored = storedType(spec);
  const end = offset + count * ELEMENT_BYTES[stored];
  if (!(end <= bytes.byteLength)) {
    throw damaged(`the weight "${spec.name}" ends at byte ${end} of ${bytes.byteLength}`);
  }
  const raw = bytes.subarray(offset, end);
  // Typed arrays start at a multiple of their element size.
  const aligned = raw.byteOffset % ELEMENT_BYTES[stored] === 0 ? raw : raw.slice();
  return { tensor: decoded(spec, stored, aligned, count), end };
}

function storedType({ name, dtype, quantization }: WeightSpec): Stored {
  const stored = quantization?.dtype ?? dtype;
  const known = dtype === 'float32' || dtype === 'int32' || dtype === 'bool';
  if (!known || !Object.hasOwn(ELEMENT_BYTES, stored)) {
    throw new EngineError('model-unsupported', `The weight "${name}" has the type ${dtype}.`, {
      weight: name,
      type: dtype,
    });
  }
  return stored as Stored;
}

function decoded(
  spec: WeightSpec,
  stored: Stored,
  bytes: Uint8Array<ArrayBuffer>,
  count: number,
): TensorData {
  const { shape, quantization } = spec;
  const dtype = spec.dtype as DataType;
  const { buffer, byteOffset } = bytes;
  switch (stored) {
    case 'float32':
      return { dtype, shape, data: new Float32Array(buffer, byteOffset, count) };
    case 'int32':
      return { dtype, shape, data: new Int32Array(buffer, byteOffset, count) };
    case 'bool':
      return { dtype, shape, data: bytes };
    case 'float16': {
      const half: TensorData = { dtype: 'float16', shape, data: new Uint16Array(buffer, byteOffset, count) };
      if (dtype !== 'float32') throw damaged(`the weight "${spec.name}" is ${dtype} stored as float16`);
      return { dtype, shape, data: toComputeValues(half) };
    }
    case 'uint8':
    case 'uint16': {
      const { min, scale } = quantization ?? {};
      if (min === undefined || scale === undefined) {
        throw damaged(`the quantised weight "${spec.name}" has no scale`);
      }
      const codes = stored === 'uint8' ? bytes : new Uint16Array(buffer, byteOffset, count);
      const value = (code: number) => code * scale + min;
      if (dtype === 'float32') return { dtype, shape, data: Float32Array.from(codes, value) };
      return { dtype, shape, data: Int32Array.from(codes, (code) => Math.round(value(code))) };
    }
  }
}

/** Each text is its length (4 bytes, little endian) and its UTF-8. */
function readTexts(spec: WeightSpec, bytes: Uint8Array<ArrayBuffer>, offset: number, count: number) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: string[] = [];
  let end = offset;
  for (let i = 0; i < count; i++) {
    const start = end + 4;
    end = start <= bytes.byteLength ? start + view.getUint32(end, true) : Infinity;
    if (!(end <= bytes.byteLength)) throw damaged(`the texts of "${spec.name}" end beyond the file`);
    data.push(new TextDecoder().decode(bytes.subarray(start, end)));
  }
  const tensor: TensorData = { dtype: 'string', shape: spec.shape, data };
  return { tensor, end };
}
