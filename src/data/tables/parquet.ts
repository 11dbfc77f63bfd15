/** @file Parquet as a table, by hyparquet, a group of rows at a time. Loaded when the first such file is opened. */
import { assertNotAborted, EngineError, isAbortError } from '../../core/errors.ts';
import { cellText, columnNames, type Table, type TableRow } from './table.ts';

/** Rows that are unpacked at once, within a group of the file. */
const ROWS_AT_ONCE = 10_000;

/** @throws {EngineError} `table-damaged`. */
export async function openParquet(file: Blob, name: string): Promise<Table> {
  const { parquetMetadataAsync, parquetSchema } = await import('hyparquet');
  const buffer = asyncBuffer(file);
  const metadata = await parquetMetadataAsync(buffer).catch((cause: unknown) => {
    throw new EngineError('table-damaged', 'The Parquet file has no readable footer.', {}, { cause });
  });
  const keys = parquetSchema(metadata).children.map(({ element }) => element.name);
  return {
    name,
    format: 'parquet',
    columns: columnNames(keys),
    async *rows(signal): AsyncGenerator<TableRow> {
      const [{ parquetReadObjects }, { compressors }] = await Promise.all([
        import('hyparquet'),
        import('hyparquet-compressors'),
      ]);
      const total = Number(metadata.num_rows);
      for (let rowStart = 0; rowStart < total; rowStart += ROWS_AT_ONCE) {
        assertNotAborted(signal);
        const rowEnd = Math.min(total, rowStart + ROWS_AT_ONCE);
        const part = await parquetReadObjects({
          file: buffer,
          metadata,
          compressors,
          rowStart,
          rowEnd,
        }).catch((thrown: unknown) => {
          throw toTableError(thrown);
        });
        for (const [i, record] of part.entries()) {
          yield { line: rowStart + i + 1, values: keys.map((key) => cellText(record[key])) };
        }
      }
    },
  };
}

function asyncBuffer(file: Blob) {
  return {
    byteLength: file.size,
    slice: (start: number, end?: number) => file.slice(start, end).arrayBuffer(),
  };
}

function toTableError(thrown: unknown): unknown {
  if (isAbortError(thrown)) return thrown;
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  const codec = /unsupported compression codec:? ?(\w+)?/iu.exec(words);
  return codec === null
    ? new EngineError('table-damaged', `The Parquet data could not be read: ${words}`, {}, { cause: thrown })
    : new EngineError('table-codec', words, { codec: codec[1] ?? '' }, { cause: thrown });
}
