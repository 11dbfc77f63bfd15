/** @file Which texts the accuracy bench uses: the rows of a table, or of those of a folder. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createRng, shuffled } from '../src/core/rng.ts';
import { openTable } from '../src/data/tables/open-table.ts';
import { gatherRows } from '../src/data/text/gather-rows.ts';
import { guessTextMapping, isTextHeader } from '../src/data/text/text-mapping.ts';
import type { ListedPicture } from './picture-list.ts';

export interface ListedText extends ListedPicture {
  readonly text: string;
  readonly label: string;
}

const LOOKED_AT = 200;

/**
 * A table is split by the seed. Of a folder, `train` is learned from and `dev` is the exam (where there is none: `test`).
 * @param most Texts to learn from, drawn once; `null`: all.
 * @param folder Where the texts are written as files, as the page imports them.
 */
export async function listTexts(path: string, most: number | null, folder: string): Promise<ListedText[]> {
  if (!(await stat(path)).isDirectory()) return written(await rowsOf(path), null, folder, 0);
  const names = await readdir(path);
  const named = (side: string) => names.find((name) => name.startsWith(`${side}.`));
  const exam = named('dev') ?? named('test');
  const learned = named('train');
  if (exam === undefined || learned === undefined) throw new Error(`${path} has no train and dev table.`);
  const all = await rowsOf(join(path, learned));
  const train = most === null ? all : shuffled(all, createRng(1)).slice(0, most);
  const first = await written(train, 'train', folder, 0);
  return [...first, ...(await written(await rowsOf(join(path, exam)), 'test', folder, first.length))];
}

async function rowsOf(path: string) {
  const { signal } = new AbortController();
  const table = await openTable(new Blob([await readFile(path)]), basename(path), isTextHeader);
  if (table === null) throw new Error(`${path} is no table.`);
  const rows: (readonly string[])[] = [];
  for await (const row of table.rows(signal)) {
    if ('values' in row) rows.push(row.values);
    if (rows.length === LOOKED_AT) break;
  }
  const mapping = guessTextMapping(table.columns, rows);
  if (mapping === null) throw new Error(`${path} has no column of texts.`);
  const { candidates, rejected } = await gatherRows([table], mapping, signal);
  for (const { name, error } of rejected) console.error(`left out: ${name}: ${error.code}`);
  return Promise.all(
    candidates.map(async (one) => ({ text: await (await one.open()).text(), label: one.label })),
  );
}

async function written(
  rows: readonly { readonly text: string; readonly label: string }[],
  side: ListedPicture['side'],
  folder: string,
  from: number,
): Promise<ListedText[]> {
  const listed = rows.map(({ text, label }, i) => {
    const name = `${String(from + i).padStart(6, '0')}.txt`;
    return { text, label, side, name, file: join(folder, name), path: `${label}/${name}` };
  });
  await mkdir(folder, { recursive: true });
  for (const { file, text } of listed) await writeFile(file, text);
  return listed;
}
