/** @file What the columns of a table of texts most likely mean, by their names and first values. */
import type { TableMapping } from '../../core/import-table.ts';
import { sideNamed } from '../sides.ts';
import { GROUP_WORDS, isNamed, LABEL_WORDS, SIDE_WORDS } from '../tables/column-words.ts';

const TEXT_WORDS = [
  'text',
  'sentence',
  'content',
  'message',
  'review',
  'comment',
  'question',
  'tweet',
  'utterance',
  'body',
  'description',
  'document',
  'title',
  '文本',
  '内容',
  '句子',
  '评论',
];
const TEXT_LABEL_WORDS = [
  ...LABEL_WORDS,
  'sentiment',
  'intent',
  'topic',
  'rating',
  'stars',
  'polarity',
  '情感',
];
/** A label is a word or two. */
const LONGEST_LABEL = 60;
/** This share of different values is no label. */
const MOSTLY_DIFFERENT = 0.5;

/** Whether the first row of a table of texts names its columns. */
export function isTextHeader(cells: readonly string[]): boolean {
  const words = [...TEXT_WORDS, ...TEXT_LABEL_WORDS];
  return cells.every((cell) => cell.length <= LONGEST_LABEL) && cells.some((cell) => isNamed(cell, words));
}

/** @param rows The first rows. @returns `null` if no column holds texts. */
export function guessTextMapping(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): TableMapping | null {
  const places = columns.map((_, i) => i);
  const cellsOf = (column: number) =>
    rows.map((row) => (row[column] ?? '').trim()).filter((cell) => cell !== '');
  const named = (column: number, words: readonly string[]) => isNamed(columns[column] ?? '', words);
  const best = (score: (column: number) => number): number | null => {
    const [first] = places
      .map((column) => ({ column, score: score(column) }))
      .sort((a, b) => b.score - a.score || a.column - b.column);
    return first !== undefined && first.score > 0 ? first.column : null;
  };
  const length = (column: number) => {
    const cells = cellsOf(column);
    return cells.reduce((sum, cell) => sum + cell.length, 0) / Math.max(1, cells.length);
  };
  const file = best((column) => length(column) + (named(column, TEXT_WORDS) ? 1e6 : 0));
  if (file === null) return null;
  const side = best((column) => {
    const cells = cellsOf(column);
    if (column === file || cells.length === 0 || !cells.every((cell) => sideNamed(cell) !== undefined))
      return 0;
    return 1 + Number(named(column, SIDE_WORDS));
  });
  const group = best((column) => Number(column !== file && column !== side && named(column, GROUP_WORDS)));
  const label = best((column) => {
    const cells = cellsOf(column);
    if ([file, side, group].includes(column) || cells.length === 0) return 0;
    const word = TEXT_LABEL_WORDS.findIndex((_, i) => named(column, TEXT_LABEL_WORDS.slice(i, i + 1)));
    if (word >= 0) return 10 - word / 100;
    const different = new Set(cells).size / cells.length;
    const isShort = cells.every((cell) => cell.length <= LONGEST_LABEL);
    return isShort && (different <= MOSTLY_DIFFERENT || columns.length === 2) ? 1.1 - different : 0;
  });
  return { file, label, side, group };
}
