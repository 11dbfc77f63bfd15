import { EngineError } from '../../core/errors.ts';
import { damaged } from '../importing/errors.ts';
import type { DataType, StoredValues, TensorData } from '../model/ir.ts';
import { elementsIn, type NumericType, sizeOf, STORAGE } from '../model/tensor-data.ts';
import type { OnnxTensor } from './proto.ts';

/** `TensorProto.DataType` by number. */
const TYPES: Readonly<Record<number, DataType>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  16: 'bfloat16',
  21: 'uint4',
  22: 'int4',
};

/** The numbers of the element types. */
export const TYPE_CODES: ReadonlyMap<DataType, number> = new Map(
  Object.entries(TYPES).map(([code, type]) => [type, Number(code)]),
);

/** The element type of a number in the file. @throws {EngineError} `model-unsupported` for the others. */
export function dataType(code: number): DataType {
  const type = TYPES[code];
  if (type === undefined) {
    throw new EngineError('model-unsupported', `Elements of type ${code} are not supported.`, { type: code });
  }
  return type;
}

/** Gives the bytes of another file that belongs to the model, `null` if there is none. */
export type ExternalData = (location: string) => Uint8Array<ArrayBuffer> | null;

/**
 * The stored data of a tensor: a view of the file where its bytes lie suitably for that, else a copy.
 * @throws {EngineError} `model-damaged` if the data do not fill the shape.
 */
export function tensorData(tensor: OnnxTensor, external: ExternalData): TensorData {
  const dtype = dataType(tensor.type);
  const shape = tensor.dims;
  const count = sizeOf(shape);
  if (shape.some((size) => size < 0) || !Number.isSafeInteger(count)) {
    throw damaged(`the tensor "${tensor.name}" has the shape [${shape.join()}]`);
  }
  const data = storedValues(tensor, dtype, count, external);
  if (data.length !== count) {
    throw damaged(`the tensor "${tensor.name}" has ${data.length} elements in place of ${count}`);
  }
  return { dtype, shape, data };
}

function storedValues(
  tensor: OnnxTensor,
  dtype: DataType,
  count: number,
  external: ExternalData,
): StoredValues {
  if (dtype === 'string') return tensor.texts.map((bytes) => new TextDecoder().decode(bytes));
  if (tensor.isExternal) return fromBytes(externalBytes(tensor, external), dtype, count);
  if (tensor.raw !== null) return fromBytes(tensor.raw, dtype, count);
  if (dtype === 'float32') return fromPieces(tensor.floats, dtype);
  if (dtype === 'float64') return fromPieces(tensor.doubles, dtype);
  if (dtype === 'int64') return BigInt64Array.from(tensor.longs);
  if (dtype === 'uint64') return BigUint64Array.from(tensor.longs, (x) => BigInt.asUintN(64, x));
  if (dtype === 'uint32') return Uint32Array.from(tensor.longs, Number);
  if (dtype === 'int4' || dtype === 'uint4') return unpacked(Uint8Array.from(tensor.ints), dtype, count);
  return STORAGE[dtype].from(tensor.ints);
}

function fromBytes(bytes: Uint8Array<ArrayBuffer>, dtype: NumericType, count: number): StoredValues {
  if (dtype === 'int4' || dtype === 'uint4') return unpacked(bytes, dtype, count);
  const elements = elementsIn(bytes, dtype);
  if (elements === null) throw damaged('a tensor ends within an element');
  return elements;
}

function fromPieces(pieces: readonly Uint8Array<ArrayBuffer>[], dtype: NumericType): StoredValues {
  const [first] = pieces;
  if (pieces.length === 1 && first !== undefined) return fromBytes(first, dtype, 0);
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return fromBytes(joined, dtype, 0);
}

/** Two elements a byte, the first in the lower half. */
function unpacked(bytes: Uint8Array, dtype: 'int4' | 'uint4', count: number): StoredValues {
  if (Math.ceil(count / 2) > bytes.length) throw damaged('a tensor of 4-bit elements is too short');
  const elements = Array.from({ length: count }, (_, i) => {
    const half = ((bytes[i >> 1] as number) >> (4 * (i % 2))) & 15;
    return dtype === 'int4' && half > 7 ? half - 16 : half;
  });
  return STORAGE[dtype].from(elements);
}

function externalBytes(tensor: OnnxTensor, external: ExternalData): Uint8Array<ArrayBuffer> {
  const location = externalLocation(tensor);
  const file = external(location);
  if (file === null) {
    throw new EngineError('model-damaged', `The model needs the file "${location}", which is not there.`, {
      file: location,
    });
  }
  const start = Number(tensor.external.get('offset') ?? 0);
  const length = Number(tensor.external.get('length') ?? file.length - start);
  if (!(start >= 0) || !(length >= 0) || !(start + length <= file.length)) {
    throw damaged(`the tensor "${tensor.name}" lies outside the file "${location}"`);
  }
  return file.subarray(start, start + length);
}

/** The file beside the model that holds a tensor. @throws {EngineError} `model-damaged` if it is not beside it. */
export function externalLocation({ name, external }: OnnxTensor): string {
  const location = external.get('location') ?? '';
  const parts = location.split(/[/\\]/);
  if (location === '' || parts.some((part) => part === '..' || part === '') || /^[a-z]+:/i.test(location)) {
    throw damaged(`the tensor "${name}" points to the file "${location}", outside the model's folder`);
  }
  return location;
}
