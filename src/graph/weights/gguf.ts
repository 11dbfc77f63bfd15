/**
 * @file A reader of GGUF, the weight container of ggml: a header, typed metadata, a table of tensors, aligned data.
 * Versions 2 and 3, little-endian, tensors that are not quantised.
 * Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
import { EngineError } from '../../core/errors.ts';
import { damaged } from '../importing/errors.ts';
import type { TensorData } from '../model/ir.ts';
import { elementsIn, type NumericType, sizeOf, STORAGE } from '../model/tensor-data.ts';
import type { TensorBag } from './tensor-bag.ts';

export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];

export interface GgufFile {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** Shapes outermost first, as PyTorch prints them (GGUF itself stores the innermost first). */
  readonly tensors: TensorBag;
}

const MAGIC = 'GGUF';
const VERSIONS = [2, 3];
const DEFAULT_ALIGNMENT = 32;
/** ggml allows 4; a larger number can only be a damaged file. */
const MAX_DIMENSIONS = 4;
/** Metadata arrays may nest; ours never do, and a damaged file must not exhaust the stack. */
const MAX_NESTING = 8;

/** Element types by the numbers of `ggml_type`. */
const TENSOR_TYPES: ReadonlyMap<number, NumericType> = new Map([
  [0, 'float32'],
  [1, 'float16'],
  [24, 'int8'],
  [25, 'int16'],
  [26, 'int32'],
  [27, 'int64'],
  [28, 'float64'],
  [30, 'bfloat16'],
]);

interface TensorHeader {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  readonly offset: number;
}

/**
 * Reads a whole GGUF file. Tensors are views of it where their place in it allows.
 * @throws {EngineError} `model-damaged` not GGUF, cut short, or numbers that only damage can explain;
 * `model-unsupported` big-endian, a version or element type that is not known here.
 */
export function readGguf(file: Uint8Array<ArrayBuffer>): GgufFile {
  const reader = new Reader(file);
  if (reader.text(4, 'the magic number') !== MAGIC) {
    throw damaged('it does not start with "GGUF"');
  }
  const version = readVersion(reader);
  const tensorCount = reader.count('the number of tensors');
  const metadataCount = reader.count('the number of metadata entries');

  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < metadataCount; i++) {
    const key = reader.string('a metadata key');
    metadata.set(key, readValue(reader, reader.u32(key), key, 0));
  }
  const headers = Array.from(countTo(tensorCount), () => readTensorHeader(reader));
  const dataStart = align(reader.position, alignmentOf(metadata));
  const tensors = new Map<string, TensorData>();
  for (const header of headers) {
    if (tensors.has(header.name)) throw damaged(`two tensors have the name "${header.name}"`);
    tensors.set(header.name, locate(file, dataStart, header));
  }
  return { version, metadata, tensors };
}

function readVersion(reader: Reader): number {
  const version = reader.u32('the version');
  if (VERSIONS.includes(version)) return version;
  if (VERSIONS.includes(swapBytes(version))) {
    throw new EngineError('model-unsupported', 'This GGUF file is big-endian.');
  }
  throw new EngineError(
    'model-unsupported',
    `This GGUF file has version ${version}; versions ${VERSIONS.join(' and ')} can be read.`,
    { version },
  );
}

function readTensorHeader(reader: Reader): TensorHeader {
  const name = reader.string('a tensor name');
  const dimensions = reader.u32(`the dimensions of ${name}`);
  if (dimensions > MAX_DIMENSIONS) {
    throw damaged(`the tensor "${name}" has ${dimensions} dimensions, at most ${MAX_DIMENSIONS} are allowed`);
  }
  const shape = Array.from(countTo(dimensions), () => reader.u64(`the shape of ${name}`)).reverse();
  return {
    name,
    shape,
    type: reader.u32(`the type of ${name}`),
    offset: reader.u64(`the offset of ${name}`),
  };
}

function locate(
  file: Uint8Array<ArrayBuffer>,
  dataStart: number,
  { name, shape, type, offset }: TensorHeader,
): TensorData {
  const dtype = TENSOR_TYPES.get(type);
  if (dtype === undefined) {
    throw new EngineError('model-unsupported', `The tensor "${name}" has the ggml type ${type}.`, {
      tensor: name,
      type,
    });
  }
  const start = dataStart + offset;
  const end = start + sizeOf(shape) * STORAGE[dtype].BYTES_PER_ELEMENT;
  const data = end <= file.length ? elementsIn(file.subarray(start, end), dtype) : null;
  if (data === null) throw damaged(`the tensor "${name}" ends at byte ${end}, the file has ${file.length}`);
  return { dtype, shape, data };
}

function alignmentOf(metadata: ReadonlyMap<string, GgufValue>): number {
  const value = metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT;
  if (typeof value !== 'number' || value < 8 || value % 8 !== 0) {
    throw damaged(`general.alignment must be a multiple of 8, it is ${String(value)}`);
  }
  return value;
}

/** One metadata value; the type numbers are those of the specification's `gguf_metadata_value_type`. */
function readValue(reader: Reader, type: number, key: string, nesting: number): GgufValue {
  switch (type) {
    case 0:
      return reader.take(1, key).getUint8(0);
    case 1:
      return reader.take(1, key).getInt8(0);
    case 2:
      return reader.take(2, key).getUint16(0, true);
    case 3:
      return reader.take(2, key).getInt16(0, true);
    case 4:
      return reader.u32(key);
    case 5:
      return reader.take(4, key).getInt32(0, true);
    case 6:
      return reader.take(4, key).getFloat32(0, true);
    case 7:
      return reader.take(1, key).getUint8(0) !== 0;
    case 8:
      return reader.string(key);
    case 9:
      return readArray(reader, key, nesting);
    case 10:
      return reader.take(8, key).getBigUint64(0, true);
    case 11:
      return reader.take(8, key).getBigInt64(0, true);
    case 12:
      return reader.take(8, key).getFloat64(0, true);
    default:
      throw damaged(`metadata ${key} has the unknown type ${type}`);
  }
}

function readArray(reader: Reader, key: string, nesting: number): GgufValue[] {
  if (nesting >= MAX_NESTING) throw damaged(`metadata ${key} nests too deeply`);
  const type = reader.u32(key);
  const length = reader.count(key);
  return Array.from(countTo(length), () => readValue(reader, type, key, nesting + 1));
}

/** A cursor over the file that never reads past its end. */
class Reader {
  position = 0;
  readonly #view: DataView;

  constructor(file: Uint8Array) {
    this.#view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  }

  take(length: number, what: string): DataView {
    const start = this.position;
    if (length > this.#view.byteLength - start) {
      throw damaged(`${what} needs ${length} bytes at byte ${start}, the file has ${this.#view.byteLength}`);
    }
    this.position += length;
    return new DataView(this.#view.buffer, this.#view.byteOffset + start, length);
  }

  u32(what: string): number {
    return this.take(4, what).getUint32(0, true);
  }

  u64(what: string): number {
    const value = this.take(8, what).getBigUint64(0, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw damaged(`${what} is ${value}, too large to be true`);
    }
    return Number(value);
  }

  /** A number of things that follow, each at least one byte. */
  count(what: string): number {
    const value = this.u64(what);
    if (value > this.#view.byteLength - this.position) {
      throw damaged(`${what} announces ${value} entries, more than the file has bytes left`);
    }
    return value;
  }

  text(length: number, what: string): string {
    return new TextDecoder().decode(this.take(length, what));
  }

  string(what: string): string {
    return this.text(this.u64(what), what);
  }
}

function* countTo(end: number): Generator<number> {
  for (let i = 0; i < end; i++) yield i;
}

const align = (position: number, alignment: number): number => Math.ceil(position / alignment) * alignment;

function swapBytes(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value, false);
  return view.getUint32(0, true);
}
