import { Float16Array } from '@petamoriken/float16';
import type { DataType, StoredValues, TensorData } from './ir.ts';

/** How elements are stored: half floats as their bits, bool as bytes, 4-bit integers as one byte each. */
export const STORAGE = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int4: Int8Array,
  uint4: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const satisfies Record<Exclude<DataType, 'string'>, unknown>;

export type NumericType = keyof typeof STORAGE;

/** The type that tfjs computes a {@link DataType} in. */
export function computeType(dtype: DataType): 'float32' | 'int32' | 'bool' | 'string' {
  switch (dtype) {
    case 'float32':
    case 'float64':
    case 'float16':
    case 'bfloat16':
      return 'float32';
    case 'bool':
    case 'string':
      return dtype;
    case 'int4':
    case 'uint4':
    case 'int8':
    case 'uint8':
    case 'int16':
    case 'uint16':
    case 'int32':
    case 'uint32':
    case 'int64':
    case 'uint64':
      return 'int32';
  }
}

export function isFloat(dtype: DataType): boolean {
  return computeType(dtype) === 'float32';
}

/** Least and greatest value of an integer type (those of 64 bits as the nearest double). */
export function integerRange(dtype: DataType): readonly [number, number] {
  const match = /^(u?)int(\d+)$/.exec(dtype);
  if (match === null) throw new Error(`${dtype} is not an integer type.`);
  const bits = Number(match[2]);
  return match[1] === 'u' ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Elements as numbers, in double precision: exact for everything but integers beyond 2^53. A fresh copy. */
export function toNumbers({ dtype, data }: TensorData): Float64Array {
  if (dtype === 'float16') return new Float64Array(halfFloats(data));
  if (dtype === 'bfloat16') return new Float64Array(brainFloats(data));
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  if (!ArrayBuffer.isView(data)) throw new Error('Text has no numbers.');
  return new Float64Array(data);
}

/**
 * Elements as tfjs takes them: float32 for the floats, int32 for the integers (saturated: exporters write the limits
 * of int64 for "to the end"), bytes for bool. Float32, int32 and bool are handed out as they are, without a copy.
 */
export function toComputeValues(tensor: TensorData): Float32Array | Int32Array | Uint8Array {
  const { dtype, data } = tensor;
  if (dtype === 'float16') return new Float32Array(halfFloats(data));
  if (dtype === 'bfloat16') return brainFloats(data);
  if (data instanceof Float32Array || data instanceof Int32Array) return data;
  if (dtype === 'bool' && data instanceof Uint8Array) return data;
  if (data instanceof Float64Array) return new Float32Array(data);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array || data instanceof Uint32Array) {
    return Int32Array.from(data as ArrayLike<number | bigint>, saturate);
  }
  if (!ArrayBuffer.isView(data)) throw new Error('Text cannot be computed with.');
  return new Int32Array(data);
}

/**
 * The inverse of {@link toNumbers}: wraps and rounds as the storage array does; beyond 64 bits it saturates, since the
 * limits of int64, which exporters write for "to the end", lie there as doubles.
 */
export function fromNumbers(values: ArrayLike<number>, dtype: NumericType): StoredValues {
  switch (dtype) {
    case 'float16':
      return new Uint16Array(new Float16Array(values).buffer);
    case 'bfloat16':
      return Uint16Array.from(values, brainBits);
    case 'int64':
      return BigInt64Array.from(values, (x) => clampBig(x, -(2n ** 63n), 2n ** 63n - 1n));
    case 'uint64':
      return BigUint64Array.from(values, (x) => clampBig(x, -(2n ** 63n), 2n ** 64n - 1n));
    default:
      return STORAGE[dtype].from(values);
  }
}

/**
 * Little-endian bytes as elements: a view of them where their place allows, else a copy. `null` if they end within an
 * element. Types of 4 bits are not packed here: one byte each.
 */
export function elementsIn(bytes: Uint8Array<ArrayBuffer>, dtype: NumericType): StoredValues | null {
  const Stored = STORAGE[dtype];
  const size = Stored.BYTES_PER_ELEMENT;
  if (bytes.length % size !== 0) return null;
  if (bytes.byteOffset % size === 0) return new Stored(bytes.buffer, bytes.byteOffset, bytes.length / size);
  const { buffer } = bytes.slice();
  copies.add(buffer);
  return new Stored(buffer);
}

const copies = new WeakSet<ArrayBufferLike>();

/** Whether data are a copy that {@link elementsIn} made: nothing but the tensor holds them. */
export function isOwnCopy(data: StoredValues): boolean {
  return ArrayBuffer.isView(data) && copies.has(data.buffer);
}

/** A bfloat16 is the upper half of a float32. */
function brainFloats(bits: StoredValues): Float32Array<ArrayBuffer> {
  const words = Uint32Array.from(bits as Uint16Array, (half) => half << 16);
  return new Float32Array(words.buffer);
}

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** Rounded to nearest, ties to even. */
function brainBits(value: number): number {
  float[0] = value;
  const bits = word[0] as number;
  if (Number.isNaN(value)) return 0x7fc0;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function halfFloats(bits: StoredValues): Float16Array {
  const { buffer, byteOffset, length } = bits as Uint16Array<ArrayBuffer>;
  return new Float16Array(buffer, byteOffset, length);
}

function saturate(value: number | bigint): number {
  return Math.max(-2147483648, Math.min(2147483647, Number(value)));
}

function clampBig(value: number, least: bigint, greatest: bigint): bigint {
  if (!Number.isFinite(value)) return 0n;
  const whole = BigInt(Math.trunc(value));
  return whole < least ? least : whole > greatest ? greatest : whole;
}
