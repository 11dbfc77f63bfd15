/** @file What the columns of a table most likely mean, by their names and first values. */
import type { TableMapping } from '../../core/import-table.ts';
import { isPictureName } from '../names.ts';
import { sideNamed } from '../sides.ts';
import { GROUP_WORDS, isNamed, LABEL_WORDS, SIDE_WORDS } from './column-words.ts';
import type { PictureIndex } from './picture-index.ts';

const FILE_WORDS = [
  'file_name',
  'filename',
  'file',
  'path',
  'filepath',
  'image',
  'img',
  'picture',
  '文件名',
  '文件',
  '图片',
];
/** This share of a column's values must be what the column is taken for. */
const MOSTLY = 0.5;
/** A label is a word or two, not a description. */
const LONGEST_LABEL = 60;

/** @param rows The first rows. @returns `null` if no column names pictures. */
export function guessMapping(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  pictures: PictureIndex,
): TableMapping | null {
  const places = columns.map((_, i) => i);
  const share = (column: number, is: (cell: string) => boolean) => {
    const cells = rows.map((row) => row[column] ?? '').filter((cell) => cell.trim() !== '');
    return cells.length === 0 ? 0 : cells.filter(is).length / cells.length;
  };
  const named = (column: number, words: readonly string[]) => isNamed(columns[column] ?? '', words);
  const best = (score: (column: number) => number, least: number): number | null => {
    const [first] = places
      .map((column) => ({ column, score: score(column) }))
      .sort((a, b) => b.score - a.score || a.column - b.column);
    return first !== undefined && first.score >= least ? first.column : null;
  };
  const found = best((column) => {
    // A number may be the name of a picture without its extension by accident.
    const isFound = (cell: string) => pictures.find(cell) !== null;
    return share(column, (cell) => isFound(cell) && isPictureName(cell)) + 0.5 * share(column, isFound);
  }, Number.MIN_VALUE);
  const byLook = best(
    (column) => share(column, isPictureName) + (named(column, FILE_WORDS) ? 0.01 : 0),
    MOSTLY,
  );
  const file = found ?? byLook;
  if (file === null) return null;
  const free = (column: number) => column !== file;
  const side = best((column) => {
    if (!free(column)) return 0;
    return share(column, (cell) => sideNamed(cell) !== undefined) === 1
      ? 1 + Number(named(column, SIDE_WORDS))
      : 0;
  }, 1);
  const group = best((column) => (free(column) && column !== side && named(column, GROUP_WORDS) ? 1 : 0), 1);
  const label = best((column) => {
    if (!free(column) || column === side || column === group) return 0;
    const cells = rows.map((row) => row[column] ?? '').filter((cell) => cell.trim() !== '');
    if (cells.length === 0) return 0;
    const word = LABEL_WORDS.findIndex((_, i) => named(column, LABEL_WORDS.slice(i, i + 1)));
    if (word >= 0) return 10 - word / 100;
    const short =
      cells.filter((cell) => cell.length <= LONGEST_LABEL && !isPictureName(cell)).length / cells.length;
    const repeated = 1 - new Set(cells).size / cells.length;
    return short === 1 ? repeated : 0;
  }, Number.MIN_VALUE);
  return { file, label, side, group };
}
