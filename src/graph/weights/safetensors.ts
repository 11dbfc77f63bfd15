/**
 * @file Safetensors: the length of a header, the header as JSON, the elements of all tensors. Model packs are kept so,
 * and it is what the model hubs give. Source: https://github.com/huggingface/safetensors, "Format".
 */
import * as v from 'valibot';
import { EngineError } from '../../core/errors.ts';
import { damaged } from '../importing/errors.ts';
import type { DataType, TensorData } from '../model/ir.ts';
import { elementsIn, type NumericType, sizeOf, STORAGE } from '../model/tensor-data.ts';
import type { TensorBag } from './tensor-bag.ts';

const TYPES = {
  BOOL: 'bool',
  U8: 'uint8',
  I8: 'int8',
  U16: 'uint16',
  I16: 'int16',
  F16: 'float16',
  BF16: 'bfloat16',
  U32: 'uint32',
  I32: 'int32',
  F32: 'float32',
  U64: 'uint64',
  I64: 'int64',
  F64: 'float64',
} as const satisfies Record<string, NumericType>;

const LENGTH_BYTES = 8;
/** The format's own limit. */
const MAX_HEADER_BYTES = 100_000_000;
/** The header is filled up with spaces, so that every element type starts at a multiple of its size. */
const ALIGNMENT = 8;

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const entry = v.object({
  dtype: v.string(),
  shape: v.array(natural),
  data_offsets: v.tuple([natural, natural]),
});
const header = v.record(v.string(), v.unknown());

/**
 * Reads a whole file. Tensors are views of it where their place in it allows.
 * @throws {EngineError} `model-damaged` if the file is not sound, with what is wrong; `model-unsupported` for element
 * types that are not known here.
 */
export function readSafetensors(file: Uint8Array<ArrayBuffer>): TensorBag {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = file.length < LENGTH_BYTES ? NaN : Number(view.getBigUint64(0, true));
  if (!(length <= Math.min(MAX_HEADER_BYTES, file.length - LENGTH_BYTES))) {
    throw damaged('its header ends beyond the file');
  }
  const data = file.subarray(LENGTH_BYTES + length);
  const tensors = new Map<string, TensorData>();
  const ranges: (readonly [start: number, end: number])[] = [];
  for (const [name, value] of Object.entries(
    parseHeader(file.subarray(LENGTH_BYTES, LENGTH_BYTES + length)),
  )) {
    if (name === '__metadata__') continue;
    const parsed = v.safeParse(entry, value);
    if (!parsed.success) throw damaged(`the tensor "${name}" is not described as the format says`);
    const { dtype, shape, data_offsets: range } = parsed.output;
    tensors.set(name, readTensor(name, typeOf(name, dtype), shape, data.subarray(...range)));
    ranges.push(range);
  }
  assertFilled(ranges, data.length);
  return tensors;
}

/** Writes a file, the tensors in the given order. */
export function writeSafetensors(tensors: TensorBag): Uint8Array<ArrayBuffer> {
  let offset = 0;
  const entries = [...tensors].map(([name, { dtype, shape, data }]) => {
    const start = offset;
    offset += bytesOf(data).length;
    return [name, { dtype: nameOf(dtype), shape, data_offsets: [start, offset] }] as const;
  });
  const text = JSON.stringify(Object.fromEntries(entries));
  const json = new TextEncoder().encode(text);
  const length = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(LENGTH_BYTES + length + offset).fill(0x20, 0, LENGTH_BYTES + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.set(json, LENGTH_BYTES);
  let at = LENGTH_BYTES + length;
  for (const { data } of tensors.values()) {
    const bytes = bytesOf(data);
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw damaged('its header is not JSON');
  }
  if (!v.is(header, value) || Array.isArray(value)) throw damaged('its header is not an object');
  return value;
}

function typeOf(name: string, dtype: string): NumericType {
  if (Object.hasOwn(TYPES, dtype)) return TYPES[dtype as keyof typeof TYPES];
  throw new EngineError('model-unsupported', `The tensor "${name}" has the element type ${dtype}.`, {
    tensor: name,
    type: dtype,
  });
}

function nameOf(dtype: DataType): string {
  const found = Object.entries(TYPES).find(([, type]) => type === dtype);
  if (found === undefined) throw new Error(`Safetensors has no element type ${dtype}.`);
  return found[0];
}

function readTensor(
  name: string,
  dtype: NumericType,
  shape: readonly number[],
  bytes: Uint8Array<ArrayBuffer>,
): TensorData {
  const data = elementsIn(bytes, dtype);
  const expected = sizeOf(shape) * STORAGE[dtype].BYTES_PER_ELEMENT;
  if (data === null || bytes.length !== expected) {
    throw damaged(`the tensor "${name}" has ${bytes.length} bytes in place of ${expected}`);
  }
  return { dtype, shape, data };
}

/** Tensors lie side by side: no byte is hidden between them, none is read twice. */
function assertFilled(ranges: readonly (readonly [number, number])[], length: number): void {
  let end = 0;
  for (const [start, next] of ranges.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (start !== end) throw damaged(`a tensor starts at byte ${start} of its data in place of ${end}`);
    end = next;
  }
  if (end !== length) throw damaged(`its tensors end at byte ${end} of ${length}`);
}

function bytesOf(data: TensorData['data']): Uint8Array {
  if (!ArrayBuffer.isView(data)) throw new Error('Safetensors holds no texts.');
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
