import { expect, test } from 'vitest';
import type { TableMapping } from '../../core/import-table.ts';
import { openTable } from '../tables/open-table.ts';
import { gatherRows } from './gather-rows.ts';
import { guessTextMapping, isTextHeader } from './text-mapping.ts';

const signal = new AbortController().signal;

async function read(content: string, name: string) {
  const table = await openTable(new Blob([content]), name, isTextHeader);
  if (table === null) throw new Error('no table');
  const rows: (readonly string[])[] = [];
  for await (const row of table.rows(signal)) if ('values' in row) rows.push(row.values);
  const mapping = guessTextMapping(table.columns, rows) as TableMapping;
  const { candidates, rejected } = await gatherRows([table], mapping, signal);
  const texts = await Promise.all(
    candidates.map(async (one) => [await (await one.open()).text(), one.label, one.side ?? null]),
  );
  return { texts, rejected: rejected.map(({ name: at, error }) => [at, error.code]) };
}

test.each([
  ['with a header', 'text,label\n"Good, very good",pos\nBad,neg\nFine,pos\n', 'a.csv'],
  ['the label first', 'label,text\npos,"Good, very good"\nneg,Bad\npos,Fine\n', 'a.csv'],
  ['without a header', 'Good, very good\tpos\nBad\tneg\nFine\tpos\n', 'a.tsv'],
  [
    'objects',
    '{"sentence":"Good, very good","sentiment":"pos"}\n{"sentence":"Bad","sentiment":"neg"}\n{"sentence":"Fine","sentiment":"pos"}\n',
    'a.jsonl',
  ],
])('texts and labels are told apart: %s', async (_, content, name) => {
  expect(await read(content, name)).toEqual({
    texts: [
      ['Good, very good', 'pos', null],
      ['Bad', 'neg', null],
      ['Fine', 'pos', null],
    ],
    rejected: [],
  });
});

test('a column of sides is the split, a row without a label says so', async () => {
  const content = 'text,label,split\nOne thing,a,train\nOther thing,b,test\nThird thing,,train\n';
  expect(await read(content, 'a.csv')).toEqual({
    texts: [
      ['One thing', 'a', 'train'],
      ['Other thing', 'b', 'test'],
    ],
    rejected: [['a.csv:3', 'table-no-label']],
  });
});

test('quotes between tabs are part of the words where they do not enclose a cell', async () => {
  const content = 'ham\t"Happy day" I know\nspam\t"never closed\nham\tplain words here\n';
  expect((await read(content, 'messages')).texts).toEqual([
    ['"Happy day" I know', 'ham', null],
    ['"never closed', 'spam', null],
    ['plain words here', 'ham', null],
  ]);
});
