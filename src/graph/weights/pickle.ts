/**
 * @file A reader of Python's pickle for data only. A pickle is a program for a small stack machine; two of its commands
 * name and call things of Python. Here a name means one of the few constructors that the caller knows, each a plain
 * function on plain values; every other name is refused, and so is every command that data do not need.
 * Source: the comments in https://github.com/python/cpython/blob/main/Lib/pickletools.py.
 */
import { EngineError } from '../../core/errors.ts';
import { damaged } from '../importing/errors.ts';

/** What a pickle can hold here. Tuples are frozen arrays, dicts are maps. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PickleValue[]
  | PickleDict
  | PickleName
  | PickleObject;

export type PickleDict = Map<PickleValue, PickleValue>;

/** A thing of Python by its name. `call` is what a call of it makes; without it, it can only be mentioned. */
export class PickleName {
  readonly name: string;
  readonly call: ((args: readonly PickleValue[]) => PickleValue) | null;

  constructor(name: string, call: PickleName['call'] = null) {
    this.name = name;
    this.call = call;
  }
}

/** What a constructor made, with a value of the caller's that the pickle cannot look into. */
export class PickleObject {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

export interface PickleHost {
  /** The known thing of a name (`module.name`), `null` to refuse it. */
  readonly find: (name: string) => PickleName | null;
  /** What a persistent id stands for. */
  readonly persistent: (id: PickleValue) => PickleValue;
}

/** Reads one pickle after another from some bytes. */
export class PickleReader {
  /** Where the next pickle, or whatever follows, begins. */
  position = 0;
  private readonly bytes: Uint8Array<ArrayBuffer>;
  private readonly view: DataView;
  private readonly host: PickleHost;
  private stack: PickleValue[] = [];
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(bytes: Uint8Array<ArrayBuffer>, host: PickleHost) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.host = host;
  }

  /**
   * The next pickle.
   * @throws {EngineError} `model-damaged` if it is no sound pickle; `model-unsupported` with the name of what it wants to
   * call, or the command, if it is more than data.
   */
  read(): PickleValue {
    this.stack = [];
    this.marks.length = 0;
    this.memo.clear();
    for (;;) {
      const code = this.byte();
      if (code === STOP) return this.pop();
      const command = COMMANDS.get(code);
      if (command === undefined) {
        throw new EngineError(
          'model-unsupported',
          `The checkpoint is more than data: its pickle has the command 0x${code.toString(16)}.`,
          { command: code },
        );
      }
      command(this);
    }
  }

  byte(): number {
    return this.take(1)[0] as number;
  }

  take(length: number): Uint8Array<ArrayBuffer> {
    const start = this.position;
    if (!(length >= 0 && length <= this.bytes.length - start)) {
      throw damaged(`its pickle ends within a command, at byte ${start}`);
    }
    this.position += length;
    return this.bytes.subarray(start, this.position);
  }

  /** An unsigned number of so many bytes, little-endian. */
  unsigned(length: 1 | 2 | 4 | 8): number {
    let value = 0;
    this.take(length).forEach((byte, i) => (value += byte * 256 ** i));
    return value;
  }

  double(): number {
    const start = this.position;
    this.take(8);
    return this.view.getFloat64(start, false);
  }

  text(length: number): string {
    return new TextDecoder().decode(this.take(length));
  }

  /** Up to the end of a line. */
  line(): string {
    const end = this.bytes.indexOf(NEWLINE, this.position);
    if (end === -1) throw damaged('its pickle ends within a name');
    const text = this.text(end - this.position);
    this.position = end + 1;
    return text;
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined || this.stack.length < (this.marks.at(-1) ?? 0)) {
      throw damaged('its pickle takes more from the stack than there is');
    }
    return value;
  }

  mark(): void {
    this.marks.push(this.stack.length);
  }

  /** Everything above the last mark. */
  popMark(): PickleValue[] {
    const start = this.marks.pop();
    if (start === undefined) throw damaged('its pickle lacks a mark');
    return this.stack.splice(start);
  }

  remember(index: number): void {
    const value = this.pop();
    this.push(value);
    this.memo.set(index, value);
  }

  rememberNext(): void {
    this.remember(this.memo.size);
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw damaged(`its pickle recalls number ${index}, which it never kept`);
    this.push(value);
  }

  named(name: string): PickleName {
    const found = this.host.find(name);
    if (found !== null) return found;
    throw new EngineError(
      'model-unsupported',
      `The checkpoint is more than tensors: it refers to "${name}", which is not read here.`,
      { name },
    );
  }

  persistent(id: PickleValue): PickleValue {
    return this.host.persistent(id);
  }
}

/** Text for what must be one. */
export function textOf(value: PickleValue | undefined): string {
  if (typeof value !== 'string') throw damaged('its pickle has something else where a text must be');
  return value;
}

export function listOf(value: PickleValue | undefined): readonly PickleValue[] {
  if (!Array.isArray(value)) throw damaged('its pickle has something else where a list must be');
  return value as readonly PickleValue[];
}

/** A natural number, in the range that sizes can have. */
export function naturalOf(value: PickleValue | undefined): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
    throw damaged('its pickle has something else where a size must be');
  }
  return number;
}

function dictOf(value: PickleValue): PickleDict {
  if (!(value instanceof Map)) throw damaged('its pickle fills something that is no dictionary');
  return value;
}

const STOP = 0x2e;
const NEWLINE = 0x0a;

type Command = (reader: PickleReader) => void;

const constant =
  (value: PickleValue): Command =>
  (reader) =>
    reader.push(value);

const tupleOf =
  (length: number): Command =>
  (reader) => {
    const items = Array.from({ length }, () => reader.pop()).reverse();
    reader.push(Object.freeze(items));
  };

const append = (reader: PickleReader, items: readonly PickleValue[]): void => {
  const list = reader.pop();
  if (!Array.isArray(list) || Object.isFrozen(list)) throw damaged('its pickle appends to no list');
  // Not spread: there may be more items than a call takes arguments.
  for (const item of items) (list as PickleValue[]).push(item);
  reader.push(list as PickleValue[]);
};

const fill = (reader: PickleReader, items: readonly PickleValue[]): void => {
  const target = reader.pop();
  const dict = dictOf(target);
  if (items.length % 2 !== 0) throw damaged('its pickle has a key without a value');
  for (let i = 0; i < items.length; i += 2) dict.set(items[i] as PickleValue, items[i + 1] as PickleValue);
  reader.push(target);
};

const pairs = (items: readonly PickleValue[]): PickleDict => {
  const dict: PickleDict = new Map();
  for (let i = 0; i + 1 < items.length; i += 2)
    dict.set(items[i] as PickleValue, items[i + 1] as PickleValue);
  return dict;
};

const call: Command = (reader) => {
  const args = listOf(reader.pop());
  const callee = reader.pop();
  if (!(callee instanceof PickleName)) throw damaged('its pickle calls something without a name');
  if (callee.call === null) {
    throw new EngineError('model-unsupported', `The checkpoint calls "${callee.name}".`, {
      name: callee.name,
    });
  }
  reader.push(callee.call(args));
};

/** The state of an object is set; of ours, only dictionaries have one (versions of modules), which nobody needs. */
const build: Command = (reader) => {
  reader.pop();
  const target = reader.pop();
  dictOf(target);
  reader.push(target);
};

const bigInteger = (bytes: Uint8Array): number | bigint => {
  let value = 0n;
  bytes.forEach((byte, i) => (value |= BigInt(byte) << BigInt(8 * i)));
  const signed = BigInt.asIntN(8 * bytes.length, value);
  const number = Number(signed);
  return Number.isSafeInteger(number) ? number : signed;
};

const signed32 = (value: number): number => value | 0;

/** Longer integers are no data of a checkpoint (its magic number has 80 bits), and cost time to decode. */
const MAX_INTEGER_BYTES = 64;

const integer: Command = (reader) => {
  const length = reader.byte();
  if (length > MAX_INTEGER_BYTES) throw damaged('its pickle has an integer without end');
  reader.push(bigInteger(reader.take(length)));
};

const COMMANDS: ReadonlyMap<number, Command> = new Map<number, Command>([
  [0x80, (reader) => void reader.byte()], // PROTO
  [0x95, (reader) => void reader.take(8)], // FRAME
  [0x28, (reader) => reader.mark()], // MARK
  [0x30, (reader) => void reader.pop()], // POP
  [0x31, (reader) => void reader.popMark()], // POP_MARK
  [0x4e, constant(null)], // NONE
  [0x88, constant(true)], // NEWTRUE
  [0x89, constant(false)], // NEWFALSE
  [0x4b, (reader) => reader.push(reader.unsigned(1))], // BININT1
  [0x4d, (reader) => reader.push(reader.unsigned(2))], // BININT2
  [0x4a, (reader) => reader.push(signed32(reader.unsigned(4)))], // BININT
  [0x8a, integer], // LONG1
  [0x47, (reader) => reader.push(reader.double())], // BINFLOAT
  [0x8c, (reader) => reader.push(reader.text(reader.byte()))], // SHORT_BINUNICODE
  [0x58, (reader) => reader.push(reader.text(reader.unsigned(4)))], // BINUNICODE
  [0x8d, (reader) => reader.push(reader.text(reader.unsigned(8)))], // BINUNICODE8
  [0x55, (reader) => reader.push(reader.text(reader.byte()))], // SHORT_BINSTRING
  [0x54, (reader) => reader.push(reader.text(reader.unsigned(4)))], // BINSTRING
  [0x43, (reader) => reader.push(reader.take(reader.byte()))], // SHORT_BINBYTES
  [0x42, (reader) => reader.push(reader.take(reader.unsigned(4)))], // BINBYTES
  [0x29, tupleOf(0)], // EMPTY_TUPLE
  [0x85, tupleOf(1)], // TUPLE1
  [0x86, tupleOf(2)], // TUPLE2
  [0x87, tupleOf(3)], // TUPLE3
  [0x74, (reader) => reader.push(Object.freeze(reader.popMark()))], // TUPLE
  [0x5d, (reader) => reader.push([])], // EMPTY_LIST
  [0x6c, (reader) => reader.push(reader.popMark())], // LIST
  [0x61, (reader) => append(reader, [reader.pop()])], // APPEND
  [0x65, (reader) => append(reader, reader.popMark())], // APPENDS
  [0x7d, (reader) => reader.push(new Map())], // EMPTY_DICT
  [0x64, (reader) => reader.push(pairs(reader.popMark()))], // DICT
  [0x73, (reader) => fill(reader, [reader.pop(), reader.pop()].reverse())], // SETITEM
  [0x75, (reader) => fill(reader, reader.popMark())], // SETITEMS
  [0x71, (reader) => reader.remember(reader.byte())], // BINPUT
  [0x72, (reader) => reader.remember(reader.unsigned(4))], // LONG_BINPUT
  [0x94, (reader) => reader.rememberNext()], // MEMOIZE
  [0x68, (reader) => reader.recall(reader.byte())], // BINGET
  [0x6a, (reader) => reader.recall(reader.unsigned(4))], // LONG_BINGET
  [0x63, (reader) => reader.push(reader.named(`${reader.line()}.${reader.line()}`))], // GLOBAL
  [
    0x93, // STACK_GLOBAL
    (reader) => {
      const name = textOf(reader.pop());
      reader.push(reader.named(`${textOf(reader.pop())}.${name}`));
    },
  ],
  [0x51, (reader) => reader.push(reader.persistent(reader.pop()))], // BINPERSID
  [0x52, call], // REDUCE
  [0x62, build], // BUILD
]);
