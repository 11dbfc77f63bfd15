/**
 * @file Bounded reading of protobuf messages on top of `pbf`, which trusts lengths: here every length is checked against
 * the message around it before anything is taken, and bytes are views into the file.
 * Source: https://protobuf.dev/programming-guides/encoding/.
 */
import { PbfReader } from 'pbf';
import { EngineError } from '../../core/errors.ts';
import { damaged } from '../importing/errors.ts';

/** Bodies of control flow nest messages; real models stay below ten. */
const MAX_DEPTH = 64;

/** Handles one field: reads its value from the message, or leaves it to be skipped. */
type FieldReader<T> = (into: T, message: MessageReader) => void;

/** What to do for each field number of a message. */
export type FieldReaders<T> = Readonly<Record<number, FieldReader<T>>>;

/** Reads one message and those inside it. */
export class MessageReader {
  private readonly pbf: PbfReader;
  private readonly end: number;
  private readonly depth: number;

  constructor(bytes: Uint8Array | PbfReader, end?: number, depth = 0) {
    this.pbf = bytes instanceof PbfReader ? bytes : new PbfReader(bytes);
    this.end = end ?? this.pbf.length;
    this.depth = depth;
    if (depth > MAX_DEPTH) throw damaged('messages are nested too deep');
  }

  /** Reads all fields of this message. Unknown ones are skipped. @throws {EngineError} `model-damaged`. */
  read<T>(readers: FieldReaders<T>, into: T): T {
    const { pbf, end } = this;
    while (pbf.pos < end) {
      const key = this.checked(() => pbf.readVarint());
      pbf.type = key & 7;
      const field = readers[Math.floor(key / 8)];
      const before = pbf.pos;
      if (field !== undefined) field(into, this);
      if (pbf.pos === before) this.skip();
      if (pbf.pos > end) throw damaged('a field is longer than its message');
    }
    return into;
  }

  /** Reads a message inside this one. */
  message<T>(readers: FieldReaders<T>, into: T): T {
    const end = this.length();
    return new MessageReader(this.pbf, end, this.depth + 1).read(readers, into);
  }

  /** A view of the bytes of this field. */
  bytes(): Uint8Array<ArrayBuffer> {
    const end = this.length();
    const view = this.pbf.buf.subarray(this.pbf.pos, end);
    this.pbf.pos = end;
    return view as Uint8Array<ArrayBuffer>;
  }

  text(): string {
    return new TextDecoder().decode(this.bytes());
  }

  /** A signed integer (as the nearest double). */
  integer(): number {
    this.expect(0);
    return this.checked(() => this.pbf.readVarint(true));
  }

  float(): number {
    this.expect(5);
    return this.checked(() => this.pbf.readFloat());
  }

  /** A repeated integer field, packed or not. */
  integers(into: number[]): void {
    if (this.pbf.type === 0) {
      into.push(this.integer());
      return;
    }
    const end = this.length();
    while (this.pbf.pos < end) into.push(this.checked(() => this.pbf.readVarint(true)));
  }

  /** A repeated 64-bit integer field, exactly. */
  bigIntegers(into: bigint[]): void {
    if (this.pbf.type === 0) {
      into.push(this.bigInteger());
      return;
    }
    const end = this.length();
    while (this.pbf.pos < end) into.push(this.bigInteger());
  }

  /** A repeated field of fixed size (floats, doubles), packed or not: pieces of its bytes. */
  fixed(into: Uint8Array<ArrayBuffer>[], elementBytes: 4 | 8): void {
    if (this.pbf.type === 2) {
      into.push(this.bytes());
      return;
    }
    this.expect(elementBytes === 4 ? 5 : 1);
    const end = this.pbf.pos + elementBytes;
    if (end > this.end) throw damaged('a number is cut off');
    into.push(this.pbf.buf.subarray(this.pbf.pos, end) as Uint8Array<ArrayBuffer>);
    this.pbf.pos = end;
  }

  private bigInteger(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.pbf.pos >= this.end) break;
      const byte = this.pbf.buf[this.pbf.pos++] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw damaged('an integer is cut off');
  }

  /** The end of a field with a length, which must lie within this message. */
  private length(): number {
    this.expect(2);
    const length = this.checked(() => this.pbf.readVarint());
    if (!(length >= 0) || length > this.end - this.pbf.pos)
      throw damaged('a length reaches beyond its message');
    return this.pbf.pos + length;
  }

  private expect(type: number): void {
    if (this.pbf.type !== type) throw damaged('a field has a type that does not belong there');
  }

  private skip(): void {
    const { pbf } = this;
    if (pbf.type === 2) pbf.pos = this.length();
    else if (pbf.type === 0) this.checked(() => pbf.readVarint());
    else if (pbf.type === 1) pbf.pos += 8;
    else if (pbf.type === 5) pbf.pos += 4;
    else throw damaged('a field has an unknown type');
  }

  /** What `pbf` throws (endless integers, reads beyond the buffer) is damage too. */
  private checked(read: () => number): number {
    try {
      const value = read();
      if (this.pbf.pos > this.end) throw damaged('a number is cut off');
      return value;
    } catch (thrown) {
      throw thrown instanceof EngineError ? thrown : damaged('a number is cut off or too long');
    }
  }
}
