/**
 * @file Named arrays as one record: header length (uint32, little-endian), header (UTF-8 JSON padded to 4 bytes), then
 * the float32 values. The header names every array with its shape, and holds the hash of all values.
 */
import { sha256 } from '../core/hash.ts';

export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type ArrayMap = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly data: Float32Array<ArrayBuffer> }
>;

/** What is wrong with a record, as the error of its kind. */
export type Damaged = (reason: string, cause?: unknown) => Error;

/** The bytes of a record. `fields` go into the header as they are: JSON values. */
export async function packArrays(
  fields: Readonly<Record<string, unknown>>,
  arrays: readonly NamedArray[],
): Promise<Uint8Array<ArrayBuffer>> {
  const payload = new Uint8Array(arrays.reduce((sum, { data }) => sum + data.byteLength, 0));
  let offset = 0;
  for (const { data } of arrays) {
    payload.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  const listed = arrays.map(({ name, shape }) => ({ name, shape }));
  const header = { ...fields, hash: await sha256(payload), arrays: listed };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 4) * 4;
  const bytes = new Uint8Array(4 + padded + payload.length).fill(0x20, 4, 4 + padded);
  new DataView(bytes.buffer).setUint32(0, padded, true);
  bytes.set(text, 4);
  bytes.set(payload, 4 + padded);
  return bytes;
}

/** Reads a record; it is refused as a whole if a length or the hash does not fit. @throws what `damaged` makes. */
export async function unpackArrays(
  bytes: Uint8Array<ArrayBuffer>,
  damaged: Damaged,
): Promise<{ readonly header: Readonly<Record<string, unknown>>; readonly arrays: ArrayMap }> {
  if (bytes.length < 4) throw damaged('it is cut short');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (4 + length > bytes.length) throw damaged('it is cut short');
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  } catch (cause) {
    throw damaged('its header is no JSON', cause);
  }
  if (!isHeader(header)) throw damaged('its header has another shape');
  const payload = bytes.slice(4 + length);
  if ((await sha256(payload)) !== header.hash) throw damaged('its values do not match their hash');
  return { header: { ...header }, arrays: cutApart(header, payload, damaged) };
}

interface Header {
  readonly hash: string;
  readonly arrays: readonly Omit<NamedArray, 'data'>[];
}

function cutApart({ arrays }: Header, payload: Uint8Array<ArrayBuffer>, damaged: Damaged): ArrayMap {
  const values = new Map<string, { shape: readonly number[]; data: Float32Array<ArrayBuffer> }>();
  let offset = 0;
  for (const { name, shape } of arrays) {
    const end = offset + 4 * shape.reduce((a, b) => a * b, 1);
    if (end > payload.length) throw damaged(`"${name}" is longer than the record`);
    values.set(name, { shape, data: new Float32Array(payload.slice(offset, end).buffer) });
    offset = end;
  }
  if (offset !== payload.length) throw damaged('the record is longer than its arrays');
  return values;
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false;
  const { hash, arrays } = value as Partial<Record<keyof Header, unknown>>;
  return typeof hash === 'string' && Array.isArray(arrays) && arrays.every(isListed);
}

function isListed(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { name, shape } = value as Partial<Record<keyof NamedArray, unknown>>;
  return (
    typeof name === 'string' &&
    Array.isArray(shape) &&
    shape.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)
  );
}
