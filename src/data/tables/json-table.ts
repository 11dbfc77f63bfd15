/** @file JSON, JSON Lines and COCO annotations as tables. */
import { assertNotAborted, EngineError } from '../../core/errors.ts';
import { cocoTable } from './coco.ts';
import { cellText, columnNames, type Table, type TableRow } from './table.ts';
import { readText, type TextEncoding } from './text-encoding.ts';

/** JSON is read whole, which takes several times its size. */
const LARGEST_JSON = 256 << 20;
/** Objects by which the columns are told: later ones may bring no new column. */
const LOOKED_AT = 200;
/** A line longer than this is no record of a picture. */
const LONGEST_LINE = 16 << 20;

export type JsonRecord = Readonly<Record<string, unknown>>;

export const isJsonRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A table of a JSON file: a list of objects, an object with one such list, an object of names and labels, or COCO.
 * @throws {EngineError} `table-json` where it is no JSON (detail: line), `table-shape` where it holds no rows,
 *   `table-too-large`.
 */
export async function openJson(file: Blob, name: string, encoding: TextEncoding): Promise<Table> {
  if (file.size > LARGEST_JSON) {
    throw new EngineError('table-too-large', 'JSON is read whole, and this is too much.', {
      bytes: file.size,
    });
  }
  let text = '';
  for await (const part of readText(file, encoding)) text += part;
  const value = parseWhole(text);
  const coco = isJsonRecord(value) ? cocoTable(value, name) : null;
  if (coco !== null) return coco;
  const records = recordsIn(value);
  if (records === null) throw new EngineError('table-shape', 'The JSON holds no list of objects.');
  const keys = keysOf(records);
  return {
    name,
    format: 'json',
    columns: columnNames(keys),
    async *rows() {
      for (const [i, record] of records.entries()) {
        yield await Promise.resolve(rowOf(record, keys, i + 1));
      }
    },
  };
}

/** One object a line. A line that is no object is a problem of that line. */
export function openJsonLines(file: Blob, name: string, head: string, encoding: TextEncoding): Table | null {
  const lines = head.split('\n', LOOKED_AT).filter((line) => line.trim() !== '');
  // The last one may be cut.
  const known = lines.map(parseLine).filter(isJsonRecord);
  const isFirst = isJsonRecord(parseLine(lines[0] ?? ''));
  // One object alone is JSON, unless its name says otherwise.
  const isNamed = /\.(?:jsonl|ndjson)$/iu.test(name);
  if (!isFirst || (lines.length < 2 && !isNamed)) return null;
  const keys = keysOf(known);
  return {
    name,
    format: 'jsonl',
    columns: columnNames(keys),
    rows: (signal) => linesOf(file, encoding, keys, signal),
  };
}

async function* linesOf(
  file: Blob,
  encoding: TextEncoding,
  keys: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<TableRow> {
  let rest = '';
  let line = 0;
  const toRow = (text: string): TableRow | null => {
    line++;
    if (text.trim() === '') return null;
    const value = parseLine(text);
    if (isJsonRecord(value)) return rowOf(value, keys, line);
    return { line, problem: new EngineError('table-json', `Line ${line} is no JSON object.`, { line }) };
  };
  for await (const part of readText(file, encoding)) {
    assertNotAborted(signal);
    const lines = (rest + part).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE)
      throw new EngineError('table-json', 'A line has no end.', { line: line + 1 });
    for (const text of lines) {
      const row = toRow(text);
      if (row !== null) yield row;
    }
  }
  const last = rest === '' ? null : toRow(rest);
  if (last !== null) yield last;
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseWhole(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Engines name the place in their own words: "position 12" or "line 3 column 4".
    const words = cause instanceof Error ? cause.message : '';
    const position = Number(/position (\d+)/u.exec(words)?.[1] ?? Number.NaN);
    const line = Number.isNaN(position)
      ? Number(/line (\d+)/u.exec(words)?.[1] ?? text.split('\n').length)
      : text.slice(0, position).split('\n').length;
    throw new EngineError('table-json', `This is no JSON from line ${line} on.`, { line }, { cause });
  }
}

function recordsIn(value: unknown): readonly JsonRecord[] | null {
  if (Array.isArray(value)) return value.length > 0 && value.every(isJsonRecord) ? value : null;
  if (!isJsonRecord(value)) return null;
  const lists = Object.values(value).filter(
    (inner): inner is JsonRecord[] => Array.isArray(inner) && inner.length > 0 && inner.every(isJsonRecord),
  );
  if (lists[0] !== undefined) return lists.length === 1 ? lists[0] : null;
  const pairs = Object.entries(value);
  const isMap = pairs.length > 0 && pairs.every(([, inner]) => typeof inner === 'string');
  return isMap ? pairs.map(([file, label]) => ({ file, label })) : null;
}

function keysOf(records: readonly JsonRecord[]): string[] {
  return [...new Set(records.slice(0, LOOKED_AT).flatMap((record) => Object.keys(record)))];
}

function rowOf(record: JsonRecord, keys: readonly string[], line: number): TableRow {
  return { line, values: keys.map((key) => cellText(record[key])) };
}
