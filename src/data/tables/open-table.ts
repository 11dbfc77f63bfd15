/** @file Tells by its content whether a file is a table, and which kind. */
import { readHead } from '../read-head.ts';
import { openDelimited } from './delimited.ts';
import { openJson, openJsonLines } from './json-table.ts';
import { openParquet } from './parquet.ts';
import type { Table } from './table.ts';
import { detectEncoding } from './text-encoding.ts';

/** Bytes by which a table is told. */
const HEAD_BYTES = 64 << 10;
const PARQUET = [0x50, 0x41, 0x52, 0x31];
/** Files that are text but never a table of pictures. */
const PROSE = /\.(?:md|html?|xml|css|js|py|ya?ml|svg)$/iu;

/**
 * @param hasHeader Whether a first row names the columns.
 * @returns `null` if it is no table.
 * @throws {EngineError} the `table-...` codes, if it is one that cannot be read.
 */
export async function openTable(
  file: Blob,
  name: string,
  hasHeader: (first: readonly string[]) => boolean,
): Promise<Table | null> {
  const head = (await readHead(file, HEAD_BYTES)).subarray(0, HEAD_BYTES);
  if (PARQUET.every((byte, i) => head[i] === byte)) return openParquet(file, name);
  if (head.length === 0 || PROSE.test(name)) return null;
  const encoding = detectEncoding(head);
  const text = new TextDecoder(encoding).decode(head, { stream: true });
  const first = text.trimStart().at(0);
  if (first === '{') {
    const lines = openJsonLines(file, name, text, encoding);
    if (lines !== null) return lines;
  }
  if (first === '{' || first === '[') return openJson(file, name, encoding);
  return openDelimited(file, name, text, encoding, hasHeader);
}
