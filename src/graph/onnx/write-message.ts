/**
 * @file Writing protobuf messages as a list of pieces: small fields are gathered, large ones (the weights) stay views of
 * the arrays they came from, so that a file of any size costs no copy until somebody joins it.
 * Source: https://protobuf.dev/programming-guides/encoding/.
 */

/** Bytes from this length on become a piece of their own. */
const OWN_PIECE_BYTES = 1024;

const encoder = new TextEncoder();

/** One message under construction. */
export class MessageWriter {
  private readonly finished: Uint8Array<ArrayBuffer>[] = [];
  private finishedBytes = 0;
  private open = new Uint8Array(64);
  private openBytes = 0;

  /** Length of the message, bytes. */
  get length(): number {
    return this.finishedBytes + this.openBytes;
  }

  /** The message in order. The writer must not be used afterwards. */
  pieces(): readonly Uint8Array<ArrayBuffer>[] {
    this.close();
    return this.finished;
  }

  /** An integer field, negative ones as 64 bits. */
  integer(field: number, value: number | bigint): void {
    this.key(field, 0);
    this.varint(value);
  }

  float(field: number, value: number): void {
    this.key(field, 5);
    new DataView(this.room(4).buffer).setFloat32(this.openBytes, value, true);
    this.openBytes += 4;
  }

  text(field: number, value: string): void {
    this.bytes(field, encoder.encode(value));
  }

  bytes(field: number, value: Uint8Array<ArrayBuffer>): void {
    this.key(field, 2);
    this.varint(value.length);
    this.append(value);
  }

  /** A field that is a message. */
  message(field: number, value: MessageWriter): void {
    this.key(field, 2);
    this.varint(value.length);
    for (const piece of value.pieces()) this.append(piece);
  }

  /** A repeated integer field, packed. */
  integers(field: number, values: readonly number[]): void {
    const packed = new MessageWriter();
    for (const value of values) packed.varint(value);
    this.message(field, packed);
  }

  private key(field: number, type: number): void {
    this.varint(field * 8 + type);
  }

  private varint(value: number | bigint): void {
    if (typeof value === 'bigint' || value < 0) {
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest > 127n; rest >>= 7n) this.byte(Number(rest & 127n) | 128);
      this.byte(Number(rest));
      return;
    }
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.byte((rest % 128) | 128);
    this.byte(rest);
  }

  private byte(value: number): void {
    this.room(1)[this.openBytes++] = value;
  }

  private append(value: Uint8Array<ArrayBuffer>): void {
    if (value.length >= OWN_PIECE_BYTES) {
      this.close();
      this.finished.push(value);
      this.finishedBytes += value.length;
      return;
    }
    this.room(value.length).set(value, this.openBytes);
    this.openBytes += value.length;
  }

  private room(bytes: number): Uint8Array<ArrayBuffer> {
    if (this.openBytes + bytes > this.open.length) {
      const grown = new Uint8Array(2 * (this.openBytes + bytes));
      grown.set(this.open.subarray(0, this.openBytes));
      this.open = grown;
    }
    return this.open;
  }

  private close(): void {
    if (this.openBytes === 0) return;
    this.finished.push(this.open.subarray(0, this.openBytes));
    this.finishedBytes += this.openBytes;
    this.open = new Uint8Array(64);
    this.openBytes = 0;
  }
}
