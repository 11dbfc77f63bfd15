/** @file What every reader of tables yields: columns, then rows one by one. */
import { EngineError } from '../../core/errors.ts';
import type { TableFormat } from '../../core/import-table.ts';

/** One row, or what is wrong with it. */
export type TableRow =
  /** `line` counts rows of data from 1; `values` has one text for each column. */
  | { readonly line: number; readonly values: readonly string[] }
  | { readonly line: number; readonly problem: EngineError };

export interface Table {
  readonly name: string;
  readonly format: TableFormat;
  readonly columns: readonly string[];
  /** From the start; each call reads the file anew, a part at a time. @throws {EngineError} the `table-...` codes. */
  rows(signal: AbortSignal): AsyncIterable<TableRow>;
}

/** More columns than this are no list of pictures. */
const MOST_COLUMNS = 5_000;

/** Names for columns: what stands in the header, or the column's number. @throws {EngineError} `table-columns`. */
export function columnNames(header: readonly string[]): string[] {
  if (header.length > MOST_COLUMNS) {
    throw new EngineError('table-columns', `The table has ${header.length} columns.`, {
      columns: header.length,
      limit: MOST_COLUMNS,
    });
  }
  return header.map((name, i) => name.trim() || `${i + 1}`);
}

/** Any value of JSON or Parquet as the text of a cell. */
export function cellText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'object':
      if (value === null) return '';
      if (value instanceof Date) return value.toISOString();
      if (value instanceof Uint8Array) return '';
      // A picture of the Hugging Face hub's Parquet files: its bytes, and the path it came from.
      if ('path' in value && typeof value.path === 'string') return value.path;
      return JSON.stringify(value, (_, inner: unknown) =>
        typeof inner === 'bigint' ? String(inner) : inner,
      );
    default:
      return '';
  }
}
