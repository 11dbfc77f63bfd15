/** @file CSV, TSV and their kin, read a part at a time by Papa Parse. */
import Papa from 'papaparse';
import { assertNotAborted, EngineError } from '../../core/errors.ts';
import { columnNames, type Table, type TableRow } from './table.ts';
import { readText, type TextEncoding } from './text-encoding.ts';

const DELIMITERS = [',', '\t', ';', '|'];
/** Rows by which a delimiter is told. */
const LOOKED_AT = 50;
/** This share of the first rows must agree on the number of columns. */
const AGREEING = 0.8;
/** Text without the end of a row: beyond this a quote was opened and never closed. */
const LONGEST_ROW = 4 << 20;

/**
 * A table of delimited text, if its first lines are one: at least two columns, of the same number in most rows.
 * @param head The start of the text.
 * @param hasHeader Whether the first row names the columns, by its values.
 */
export function openDelimited(
  file: Blob,
  name: string,
  head: string,
  encoding: TextEncoding,
  hasHeader: (first: readonly string[]) => boolean,
): Table | null {
  const newline = lineEnd(head);
  const delimiter = guessDelimiter(head, newline);
  if (delimiter === null) return null;
  const dialect = {
    delimiter,
    newline,
    ...(hasLooseQuotes(head, delimiter, newline) && { quoteChar: '\0' }),
  };
  const [first = []] = parse(head, dialect).data;
  const headed = hasHeader(first);
  const columns = columnNames(headed ? first : first.map(() => ''));
  return {
    name,
    format: 'csv',
    columns,
    rows: (signal) => rowsOf(file, encoding, { ...dialect, width: columns.length, headed }, signal),
  };
}

interface Dialect {
  readonly delimiter: string;
  readonly newline: '\r\n' | '\n' | '\r';
  /** Default: `"`. */
  readonly quoteChar?: string;
}

interface Shape extends Dialect {
  readonly width: number;
  readonly headed: boolean;
}

async function* rowsOf(
  file: Blob,
  encoding: TextEncoding,
  { width, headed, ...dialect }: Shape,
  signal: AbortSignal,
): AsyncGenerator<TableRow> {
  let rest = '';
  let line = headed ? -1 : 0;
  const toRow = (values: readonly string[]): TableRow | null => {
    // A blank line is no row.
    if (values.length === 1 && values[0]?.trim() === '') return null;
    line++;
    if (line === 0) return null;
    if (values.length === width) return { line, values };
    const message = `Row ${line} has ${values.length} values, the table ${width} columns.`;
    return { line, problem: new EngineError('table-row', message, { line, found: values.length, width }) };
  };
  const openQuote = () =>
    new EngineError('table-quote', 'A quote is opened and never closed.', { line: line + 1 });
  for await (const text of readText(file, encoding)) {
    assertNotAborted(signal);
    rest += text;
    // The last row may go on in the next part.
    const { data, meta } = parse(rest, dialect, true);
    rest = rest.slice(meta.cursor);
    if (rest.length > LONGEST_ROW) throw openQuote();
    for (const values of data) {
      const row = toRow(values);
      if (row !== null) yield row;
    }
  }
  const { data, errors } = parse(rest, dialect);
  if (errors.some(({ code }) => code === 'MissingQuotes')) throw openQuote();
  for (const values of data) {
    const row = toRow(values);
    if (row !== null) yield row;
  }
}

/** Whether quotes are part of the words: between tabs many programs write them so. Then a cell begins with one and goes on behind. */
function hasLooseQuotes(head: string, delimiter: string, newline: string): boolean {
  if (delimiter !== '\t') return false;
  const cells = head
    .split(newline)
    .slice(0, -1)
    .flatMap((line) => line.split(delimiter));
  return cells.some((cell) => cell.startsWith('"') && !/^"(?:[^"]|"")*"$/u.test(cell));
}

/** Papa's parser for one piece of text; `ignoreLast` leaves a row that may be cut to the next piece. */
function parse(text: string, dialect: Dialect, ignoreLast = false): Papa.ParseResult<string[]> {
  const parser = new Papa.Parser(dialect) as unknown as {
    parse(text: string, base: number, ignoreLast: boolean): Papa.ParseResult<string[]>;
  };
  return parser.parse(text, 0, ignoreLast);
}

/** The delimiter that gives most rows the same number of columns, and more than one. */
function guessDelimiter(head: string, newline: Dialect['newline']): string | null {
  let best: { delimiter: string; score: number } | null = null;
  for (const delimiter of DELIMITERS) {
    const { data } = parse(head, { delimiter, newline });
    const rows = data.slice(0, LOOKED_AT).filter((row) => row.length > 1 || row[0]?.trim() !== '');
    // The last one may be cut.
    if (rows.length > 2) rows.pop();
    const width = rows[0]?.length ?? 0;
    if (width < 2) continue;
    const agreeing = rows.filter((row) => row.length === width).length / rows.length;
    const score = agreeing * Math.min(width, 3);
    if (agreeing >= AGREEING && score > (best?.score ?? 0)) best = { delimiter, score };
  }
  return best?.delimiter ?? null;
}

function lineEnd(head: string): Dialect['newline'] {
  if (head.includes('\r\n')) return '\r\n';
  return head.includes('\n') || !head.includes('\r') ? '\n' : '\r';
}
