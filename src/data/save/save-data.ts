/** @file The data set as a zip that anyone can read. Another form is one entry of {@link TABLES}. */
import type { ZipSource } from '../../archive/write-zip.ts';
import { writeZip } from '../../archive/write-zip.ts';
import type { DataForm } from '../../core/data-forms.ts';
import type { DatasetState, SampleId } from '../../core/dataset.ts';
import type { CallContext } from '../../core/engine-api.ts';
import { EngineError } from '../../core/errors.ts';
import type { SplitRecord } from '../../core/split.ts';
import { type DataRow, rowsOf } from './rows.ts';

export interface SaveTask {
  readonly dataset: DatasetState;
  readonly split: SplitRecord | null;
  readonly form: DataForm;
  /** @throws {EngineError} `not-found` if a sample's bytes are gone. */
  readonly read: (id: SampleId) => Promise<Blob>;
}

/** The columns of a table, in its order. */
const COLUMNS = ['file', 'label', 'split', 'group'] as const satisfies readonly (keyof DataRow)[];

type WriteTable = (rows: readonly DataRow[]) => Promise<Blob | Uint8Array<ArrayBuffer>>;

/** Writers of the tables; each is loaded when it is asked for. */
const TABLES: Record<Exclude<DataForm, 'folders'>, WriteTable> = {
  async csv(rows) {
    const { default: Papa } = await import('papaparse');
    return new Blob([Papa.unparse([...rows], { columns: [...COLUMNS], newline: '\n' }), '\n']);
  },
  jsonl: (rows) => Promise.resolve(new Blob(rows.map((row) => `${JSON.stringify(row)}\n`))),
  async parquet(rows) {
    const { parquetWriteBuffer } = await import('hyparquet-writer');
    const columnData = COLUMNS.map((name) => ({
      name,
      data: rows.map((row) => row[name]),
      type: 'STRING' as const,
    }));
    return new Uint8Array(parquetWriteBuffer({ columnData }));
  },
};

/**
 * Packs each sample once, and the table.
 * @throws {EngineError} `too-few-samples` if there is none, `not-found`, `cancelled`.
 */
export async function saveData(
  { dataset, split, form, read }: SaveTask,
  { signal, emit }: CallContext<'data.save'>,
): Promise<Blob> {
  const saved = rowsOf(dataset, split, form);
  if (saved.length === 0)
    throw new EngineError('too-few-samples', 'There is nothing to save.', { samples: 0 });
  const files: ZipSource[] = saved.map(({ id, row }) => ({ path: row.file, read: () => read(id) }));
  if (form !== 'folders') {
    const table = TABLES[form];
    files.push({ path: `data.${form}`, read: () => table(saved.map(({ row }) => row)) });
  }
  let done = 0;
  return writeZip(files, signal, () => emit({ done: ++done, total: files.length }));
}
