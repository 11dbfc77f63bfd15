import { unsupported } from '../importing/errors.ts';
import type { DataType } from '../model/ir.ts';
import type { GraphDefNode } from './model-json.ts';

/** `DataType` of TensorFlow by number and by name, as tfjs computes it: all integers in int32, all floats in float32. */
const TYPES: ReadonlyMap<unknown, DataType> = new Map<unknown, DataType>([
  ...both(1, 'DT_FLOAT', 'float32'),
  ...both(2, 'DT_DOUBLE', 'float32'),
  ...both(3, 'DT_INT32', 'int32'),
  ...both(4, 'DT_UINT8', 'int32'),
  ...both(5, 'DT_INT16', 'int32'),
  ...both(6, 'DT_INT8', 'int32'),
  ...both(7, 'DT_STRING', 'string'),
  ...both(9, 'DT_INT64', 'int32'),
  ...both(10, 'DT_BOOL', 'bool'),
  ...both(19, 'DT_HALF', 'float32'),
]);

function both(code: number, name: string, type: DataType): [unknown, DataType][] {
  return [
    [code, type],
    [name, type],
  ];
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The attributes of a node. Converters of all years wrote them: texts are base64 or arrays of bytes, integers are numbers
 * or texts. What is there but not readable counts as not there, as in the converter of tfjs.
 */
export class NodeAttributes {
  private readonly node: GraphDefNode;

  constructor(node: GraphDefNode) {
    this.node = node;
  }

  text(name: string, otherwise: string): string {
    return textOf(this.field(name, 's')) ?? otherwise;
  }

  number(name: string, otherwise: number): number {
    return numberOf(this.field(name, 'i')) ?? numberOf(this.field(name, 'f')) ?? otherwise;
  }

  flag(name: string, otherwise = false): boolean {
    const value = this.field(name, 'b');
    return typeof value === 'boolean' ? value : otherwise;
  }

  /** A list of integers, `null` if there is none. @throws {EngineError} `model-unsupported` if an item is none. */
  ints(name: string): number[] | null {
    const items = this.list(name, 'i');
    return (
      items?.map((item) => {
        const value = numberOf(item);
        if (value === null || !Number.isInteger(value)) throw unsupported(this.node, `has a bad "${name}"`);
        return value;
      }) ?? null
    );
  }

  texts(name: string): string[] {
    return (this.list(name, 's') ?? []).map((item) => textOf(item) ?? '');
  }

  /** @throws {EngineError} `model-unsupported` for types that tfjs does not compute with. */
  type(name: string, otherwise: DataType): DataType {
    const given = this.field(name, 'type');
    if (given === undefined) return otherwise;
    const type = TYPES.get(given);
    if (type === undefined) throw unsupported(this.node, `has the element type ${JSON.stringify(given)}`);
    return type;
  }

  /** Sizes, `null` where unknown; `null` if not even the number of axes is known. */
  shape(name: string): (number | null)[] | null {
    const shape = asJson(this.field(name, 'shape'));
    if (shape === null || shape['unknownRank'] === true) return null;
    const dims: readonly unknown[] = Array.isArray(shape['dim']) ? shape['dim'] : [];
    return dims.map((dim) => {
      const size = numberOf(asJson(dim)?.['size']);
      return size === null || size < 0 || !Number.isSafeInteger(size) ? null : size;
    });
  }

  private field(name: string, key: string): unknown {
    if (!Object.hasOwn(this.node.attr, name)) return undefined;
    return asJson(this.node.attr[name])?.[key];
  }

  private list(name: string, key: string): readonly unknown[] | null {
    const list = asJson(this.field(name, 'list'));
    if (list === null) return null;
    const items = list[key];
    return Array.isArray(items) ? (items as readonly unknown[]) : [];
  }
}

function asJson(value: unknown): Json | null {
  return typeof value === 'object' && value !== null ? (value as Json) : null;
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return null;
  const number = Number(value);
  return Number.isNaN(number) ? null : number;
}

function textOf(value: unknown): string | null {
  if (Array.isArray(value)) return String.fromCharCode(...(value as number[]).slice(0, 4096));
  if (typeof value !== 'string') return null;
  try {
    return atob(value);
  } catch {
    return null;
  }
}
