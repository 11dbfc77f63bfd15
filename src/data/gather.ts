/** @file All of a drop at once, with the table that says which picture is what. */
import { assertNotAborted, EngineError, isAbortError, toErrorData } from '../core/errors.ts';
import type { TableMapping, TablePreview } from '../core/import-table.ts';
import type { ImportFile, Rejection } from '../core/project.ts';
import { openSources, type Candidate } from './import-candidates.ts';
import type { KindAdapter } from './kinds/kind.ts';
import { text } from './kinds/text.ts';
import { isPictureName, isTableName } from './names.ts';
import { applyTables } from './tables/apply-table.ts';
import { guessMapping } from './tables/mapping.ts';
import { openTable } from './tables/open-table.ts';
import { PictureIndex } from './tables/picture-index.ts';
import type { Table } from './tables/table.ts';
import { gatherRows } from './text/gather-rows.ts';
import { guessTextMapping, isTextHeader } from './text/text-mapping.ts';

export interface GatheredDrop {
  readonly candidates: readonly Candidate[];
  readonly rejected: readonly Rejection[];
  readonly isProject: boolean;
  readonly table: TablePreview | null;
}

/** Rows by which columns are guessed. */
const LOOKED_AT = 200;
const EXAMPLES = 3;
const EXAMPLE_LENGTH = 60;

/**
 * Opens everything, and reads the tables through: those of the same columns together, as if they were one. Pictures
 * that a table does not list are left out, with a reason.
 * @param rowsAre Whether a row names a file of the drop, or is a sample itself.
 * @param tables How to read them: `guess` by their columns, `ignore` them, or by a mapping.
 */
export async function gatherDrop(
  files: readonly ImportFile[],
  tables: TableMapping | 'guess' | 'ignore',
  rowsAre: KindAdapter['rows'],
  signal: AbortSignal,
  onSource: (done: number) => void = () => undefined,
): Promise<GatheredDrop> {
  const all: Candidate[] = [];
  const rejected: Rejection[] = [];
  let isProject = false;
  let done = 0;
  for await (const source of openSources(files, signal)) {
    assertNotAborted(signal);
    for (const candidate of source.candidates) all.push(candidate);
    rejected.push(...source.rejected);
    isProject ||= source.isProject;
    onSource(++done);
  }
  const plain = { candidates: all, rejected, isProject, table: null };
  if (tables === 'ignore' || isProject || !all.some(({ mayBeTable }) => mayBeTable)) return plain;
  if (rowsAre === 'are-samples') return gatherTexts(plain, tables, signal);
  const opened = await openTables(all, headerWithoutPictures(all));
  const pictures = all.filter((candidate) => !opened.taken.has(candidate));
  rejected.push(...opened.rejected);
  if (opened.tables.length === 0) return { ...plain, candidates: pictures };
  const index = new PictureIndex(pictures.map(({ path }) => path));
  const [first] = opened.tables as [Table];
  const rows = await firstRows(first, signal);
  const mapping = tables === 'guess' ? guessMapping(first.columns, rows, index) : tables;
  if (mapping === null) {
    const error = new EngineError('table-no-files', 'No column names pictures.', { name: first.name });
    for (const { name } of opened.tables) {
      if (isTableName(name)) rejected.push({ name, error: toErrorData(error) });
    }
    // What is not called a table may be anything: it is refused like any other file.
    const others = all.filter((one) => !one.mayBeTable || !opened.taken.has(one) || !isTableName(one.path));
    return { ...plain, candidates: others };
  }
  const applied = await applyTables(opened.tables, mapping, index, signal);
  rejected.push(...applied.rejected);
  const listed = pictures.flatMap((candidate) => {
    const placement = applied.placements.get(candidate.path);
    if (placement !== undefined) return [{ ...candidate, ...placement }];
    // No picture either: it is refused like any other file.
    return candidate.mayBeTable ? [candidate] : [];
  });
  for (const { path, mayBeTable } of pictures) {
    if (mayBeTable || applied.placements.has(path)) continue;
    const message = 'No row of the table names this picture.';
    rejected.push({ name: path, error: { code: 'table-not-listed', message, detail: { name: first.name } } });
  }
  const { rows: count, matched } = applied;
  const table = { ...described(first, rows), rows: count, matched, mapping };
  return { candidates: listed, rejected, isProject, table };
}

function described({ name, format, columns }: Table, rows: readonly (readonly string[])[]) {
  return {
    name,
    format,
    columns: columns.map((column, i) => ({ name: column, examples: examplesOf(rows, i) })),
  };
}

/** Files of text are samples, whatever their lines look like; the rows of anything else that is a table are. */
async function gatherTexts(
  { candidates: all, rejected: refused, isProject }: GatheredDrop,
  tables: TableMapping | 'guess',
  signal: AbortSignal,
): Promise<GatheredDrop> {
  const opened = await openTables(
    all.filter(({ path }) => !text.isName(path)),
    isTextHeader,
  );
  const others = all.filter((candidate) => !opened.taken.has(candidate));
  const rejected = [...refused, ...opened.rejected];
  const [first] = opened.tables;
  if (first === undefined) return { candidates: others, rejected, isProject, table: null };
  const rows = await firstRows(first, signal);
  const mapping = tables === 'guess' ? guessTextMapping(first.columns, rows) : tables;
  if (mapping === null) {
    const error = new EngineError('table-no-texts', 'No column holds texts.', { name: first.name });
    rejected.push({ name: first.name, error: toErrorData(error) });
    return { candidates: others, rejected, isProject, table: null };
  }
  const gathered = await gatherRows(opened.tables, mapping, signal);
  const { candidates, rows: count } = gathered;
  return {
    candidates: [...others, ...candidates],
    rejected: [...rejected, ...gathered.rejected],
    isProject,
    table: { ...described(first, rows), rows: count, matched: candidates.length, mapping },
  };
}

/** A first row that names a picture is no header. */
function headerWithoutPictures(all: readonly Candidate[]): HasHeader {
  const index = new PictureIndex(all.filter(({ mayBeTable }) => !mayBeTable).map(({ path }) => path));
  return (cells) => !cells.some((cell) => isPictureName(cell.trim()) || index.find(cell) !== null);
}

type HasHeader = (cells: readonly string[]) => boolean;

async function openTables(all: readonly Candidate[], hasHeader: HasHeader) {
  const taken = new Set<Candidate>();
  const rejected: Rejection[] = [];
  const tables: Table[] = [];
  for (const candidate of all) {
    if (!candidate.mayBeTable) continue;
    const name = candidate.path.slice(candidate.path.lastIndexOf('/') + 1);
    try {
      const table = await openTable(await candidate.open(), name, hasHeader);
      if (table === null && !/\.[ct]sv$/iu.test(name)) continue;
      taken.add(candidate);
      if (table === null)
        throw new EngineError('table-no-columns', 'Its lines are no rows of a table.', { name });
      if (tables[0] === undefined || sameColumns(tables[0], table)) tables.push(table);
      else throw new EngineError('table-several', 'Another table is read.', { name: tables[0].name });
    } catch (thrown) {
      if (isAbortError(thrown)) throw thrown;
      if (!(thrown instanceof EngineError) || !isTableName(name)) continue;
      taken.add(candidate);
      rejected.push({ name: candidate.path, error: toErrorData(thrown) });
    }
  }
  return { taken, rejected, tables };
}

function sameColumns(a: Table, b: Table): boolean {
  return a.columns.length === b.columns.length && a.columns.every((name, i) => b.columns[i] === name);
}

async function firstRows(table: Table, signal: AbortSignal): Promise<(readonly string[])[]> {
  const rows: (readonly string[])[] = [];
  for await (const row of table.rows(signal)) {
    if ('values' in row) rows.push(row.values);
    if (rows.length === LOOKED_AT) break;
  }
  return rows;
}

function examplesOf(rows: readonly (readonly string[])[], column: number): string[] {
  const cells = rows.map((row) => (row[column] ?? '').trim()).filter((cell) => cell !== '');
  return [...new Set(cells)].slice(0, EXAMPLES).map((cell) => cell.slice(0, EXAMPLE_LENGTH));
}
