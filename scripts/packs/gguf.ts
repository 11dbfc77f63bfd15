/**
 * @file A reader of GGUF, the weight container of ggml: a header, typed metadata, a table of tensors, aligned data.
 * Only what a model pack needs: versions 2 and 3, little-endian, float32 and float16 tensors.
 * Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
import { PackError } from './pack-error.ts';

export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];

export interface GgufTensor {
  readonly name: string;
  /** Outermost dimension first, as PyTorch prints it (GGUF itself stores the innermost first). */
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'float16';
  /** Row-major little-endian elements; a view of the file. */
  readonly bytes: Uint8Array;
}

export interface GgufFile {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: readonly GgufTensor[];
}

const MAGIC = 'GGUF';
const VERSIONS = [2, 3];
const DEFAULT_ALIGNMENT = 32;
/** ggml allows 4; a larger number can only be a damaged file. */
const MAX_DIMENSIONS = 4;
/** Metadata arrays may nest; ours never do, and a damaged file must not exhaust the stack. */
const MAX_NESTING = 8;

const TENSOR_TYPES: ReadonlyMap<number, { readonly dtype: GgufTensor['dtype']; readonly size: number }> =
  new Map([
    [0, { dtype: 'float32', size: 4 }],
    [1, { dtype: 'float16', size: 2 }],
  ]);

interface TensorHeader {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  readonly offset: number;
}

/**
 * Reads a whole GGUF file.
 * @throws {PackError} not GGUF, big-endian, a version or tensor type that is not supported, or cut short.
 */
export function readGguf(file: Uint8Array): GgufFile {
  const reader = new Reader(file);
  if (reader.text(4, 'the magic number') !== MAGIC) {
    throw new PackError('Not a GGUF file: it does not start with "GGUF".');
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
  return { version, metadata, tensors: headers.map((header) => locate(file, dataStart, header)) };
}

function readVersion(reader: Reader): number {
  const version = reader.u32('the version');
  if (VERSIONS.includes(version)) return version;
  if (VERSIONS.includes(swapBytes(version))) {
    throw new PackError('This GGUF file is big-endian; only little-endian files can be read.');
  }
  throw new PackError(
    `This GGUF file has version ${String(version)}; versions ${VERSIONS.join(' and ')} can be read.`,
  );
}

function readTensorHeader(reader: Reader): TensorHeader {
  const name = reader.string('a tensor name');
  const dimensions = reader.u32(`the dimensions of ${name}`);
  if (dimensions > MAX_DIMENSIONS) {
    throw new PackError(
      `Tensor ${name} has ${String(dimensions)} dimensions, at most ${String(MAX_DIMENSIONS)} are allowed: the file is damaged.`,
    );
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
  file: Uint8Array,
  dataStart: number,
  { name, shape, type, offset }: TensorHeader,
): GgufTensor {
  const known = TENSOR_TYPES.get(type);
  if (known === undefined) {
    throw new PackError(
      `Tensor ${name} has ggml type ${String(type)}; only float32 (0) and float16 (1) can be read.`,
    );
  }
  const start = dataStart + offset;
  const end = start + shape.reduce((product, size) => product * size, 1) * known.size;
  if (end > file.byteLength) {
    throw new PackError(
      `The GGUF file is cut short: tensor ${name} ends at byte ${String(end)}, the file has ${String(file.byteLength)}.`,
    );
  }
  return { name, shape, dtype: known.dtype, bytes: file.subarray(start, end) };
}

function alignmentOf(metadata: ReadonlyMap<string, GgufValue>): number {
  const value = metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT;
  if (typeof value !== 'number' || value < 8 || value % 8 !== 0) {
    throw new PackError(`general.alignment must be a multiple of 8, it is ${String(value)}.`);
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
      throw new PackError(`Metadata ${key} has the unknown type ${String(type)}: the file is damaged.`);
  }
}

function readArray(reader: Reader, key: string, nesting: number): GgufValue[] {
  if (nesting >= MAX_NESTING) throw new PackError(`Metadata ${key} nests too deeply: the file is damaged.`);
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
      throw new PackError(
        `The GGUF file is cut short: ${what} needs ${String(length)} bytes at byte ${String(start)}, the file has ${String(this.#view.byteLength)}.`,
      );
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
      throw new PackError(`${what} is ${String(value)}, too large to be true: the GGUF file is damaged.`);
    }
    return Number(value);
  }

  /** A number of things that follow, each at least one byte. */
  count(what: string): number {
    const value = this.u64(what);
    if (value > this.#view.byteLength - this.position) {
      throw new PackError(`The GGUF file is cut short: ${what} announces ${String(value)} entries.`);
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
