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

/** A row as it is written: a text stands in it, any other sample is a file that it names. */
type TableRow = DataRow & { readonly [content in 'file' | 'text']?: string };

const columnsOf = (rows: readonly TableRow[]) =>
  [rows[0]?.text === undefined ? 'file' : 'text', 'label', 'split', 'group'] as const;

type WriteTable = (rows: readonly TableRow[]) => Promise<Blob | Uint8Array<ArrayBuffer>>;

/** Writers of the tables; each is loaded when it is asked for. */
const TABLES: Record<Exclude<DataForm, 'folders'>, WriteTable> = {
  async csv(rows) {
    const { default: Papa } = await import('papaparse');
    return new Blob([Papa.unparse([...rows], { columns: [...columnsOf(rows)], newline: '\n' }), '\n']);
  },
  jsonl: (rows) => Promise.resolve(new Blob(rows.map((row) => `${JSON.stringify(row)}\n`))),
  async parquet(rows) {
    const { parquetWriteBuffer } = await import('hyparquet-writer');
    const columnData = columnsOf(rows).map((name) => ({
      name,
      data: rows.map((row) => row[name] ?? ''),
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
  const inRows = form !== 'folders' && saved.every(({ kind }) => kind === 'text');
  const files: ZipSource[] = inRows ? [] : saved.map(({ id, path }) => ({ path, read: () => read(id) }));
  if (form !== 'folders') {
    const write = TABLES[form];
    const rows = async () => {
      const texts = inRows ? await Promise.all(saved.map(async ({ id }) => (await read(id)).text())) : [];
      return saved.map(({ path, row }, i) =>
        inRows ? { text: texts[i] ?? '', ...row } : { file: path, ...row },
      );
    };
    files.push({ path: `data.${form}`, read: async () => write(await rows()) });
  }
  let done = 0;
  return writeZip(files, signal, () => emit({ done: ++done, total: files.length }));
}
