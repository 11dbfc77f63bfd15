/**
 * @file Damage that keeps a protobuf message readable: fields change their values, places and numbers, and every length
 * around them is right again, so that what is wrong reaches the importer and not only the parser.
 */
import type { Rng } from '../../core/rng.ts';
import { joined } from './mutate-bytes.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A field as it is on the wire; `inner` where its bytes read as a message. */
interface Field {
  number: number;
  type: 0 | 1 | 2 | 5;
  value: bigint;
  bytes: Bytes;
  inner: Field[] | null;
}

/** Integers at the borders of what fits somewhere. */
const INTEGERS = [
  0n,
  1n,
  2n,
  7n,
  255n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 62n,
  2n ** 63n,
  2n ** 64n - 1n,
];

const NAMES = [
  '',
  'x',
  '__proto__',
  'constructor',
  'Identity',
  'Loop',
  'If',
  'Tile',
  'Expand',
  'ConstantOfShape',
  '../../etc/passwd',
  'a'.repeat(5000),
];

/** One change somewhere in a message. Files that are no message come back as they are. */
export function mutateProtobuf(file: Bytes, rng: Rng): Bytes {
  const fields = parse(file, 0);
  if (fields === null || fields.length === 0) return file;
  change(fields, rng, fields);
  return encode(fields);
}

function change(fields: Field[], rng: Rng, root: Field[]): void {
  const at = rng.below(fields.length);
  const field = fields[at] as Field;
  if (field.inner !== null && field.inner.length > 0 && rng.next() < 0.85) {
    change(field.inner, rng, root);
    return;
  }
  switch (rng.below(8)) {
    case 0:
      fields.splice(at, 1);
      return;
    case 1:
      fields.splice(at, 0, structuredClone(field));
      return;
    case 2:
      fields.splice(at, 0, structuredClone(randomField(root, rng)));
      return;
    case 3:
      field.number = 1 + rng.below(24);
      return;
    case 4: {
      const other = rng.below(fields.length);
      [fields[at], fields[other]] = [fields[other] as Field, field];
      return;
    }
    default:
      changeValue(field, rng, root);
  }
}

function changeValue(field: Field, rng: Rng, root: Field[]): void {
  if (field.type === 0) {
    field.value = INTEGERS[rng.below(INTEGERS.length)] as bigint;
    return;
  }
  if (field.type === 2) {
    field.inner = null;
    // A name of something else in the file makes circles and wrong types; a list becomes one of other numbers.
    const other = randomField(root, rng);
    const name = NAMES[rng.below(NAMES.length)] as string;
    const list = joined(
      Array.from({ length: 1 + rng.below(4) }, () => varint(INTEGERS[rng.below(INTEGERS.length)] as bigint)),
    );
    field.bytes = [other.type === 2 ? encodeValue(other) : field.bytes, new TextEncoder().encode(name), list][
      rng.below(3)
    ] as Bytes;
    return;
  }
  field.bytes = field.bytes.map(() => rng.below(256));
}

function randomField(fields: readonly Field[], rng: Rng): Field {
  const field = fields[rng.below(fields.length)] as Field;
  const { inner } = field;
  return inner !== null && inner.length > 0 && rng.next() < 0.8 ? randomField(inner, rng) : field;
}

/** Messages in messages: `times` levels, whose fields go round in turn, the innermost first. */
export function nestedMessage(numbers: readonly number[], times: number): Bytes {
  let inner: Bytes = new Uint8Array();
  for (let i = 0; i < times; i++) {
    const key = (numbers[i % numbers.length] as number) * 8 + 2;
    inner = joined([varint(BigInt(key)), varint(BigInt(inner.length)), inner]);
  }
  return inner;
}

function parse(bytes: Bytes, depth: number): Field[] | null {
  const fields: Field[] = [];
  let at = 0;
  const read = (): bigint | null => {
    let value = 0n;
    for (let shift = 0n; shift < 64n && at < bytes.length; shift += 7n) {
      const byte = bytes[at++] as number;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    return null;
  };
  while (at < bytes.length) {
    const key = read();
    if (key === null || key > 1000n) return null;
    const [number, type] = [Number(key >> 3n), Number(key & 7n)];
    if (number === 0 || (type !== 0 && type !== 1 && type !== 2 && type !== 5)) return null;
    const value = type === 0 || type === 2 ? read() : 0n;
    if (value === null) return null;
    const length = type === 0 ? 0 : type === 1 ? 8 : type === 5 ? 4 : Number(value);
    if (length > bytes.length - at) return null;
    const content = bytes.slice(at, at + length);
    at += length;
    const inner = type === 2 && depth < 12 && length > 1 ? parse(content, depth + 1) : null;
    fields.push({ number, type, value, bytes: content, inner });
  }
  return fields;
}

function encode(fields: readonly Field[]): Bytes {
  return joined(
    fields.flatMap((field) => {
      const key = varint(BigInt(field.number * 8 + field.type));
      if (field.type === 0) return [key, varint(field.value)];
      const content = encodeValue(field);
      return field.type === 2 ? [key, varint(BigInt(content.length)), content] : [key, content];
    }),
  );
}

function encodeValue({ bytes, inner }: Field): Bytes {
  return inner === null ? bytes : encode(inner);
}

function varint(value: bigint): Bytes {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
