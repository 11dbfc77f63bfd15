import { expect, test } from 'vitest';
import { EngineError } from '../../core/errors.ts';
import { cocoTable } from './coco.ts';
import { openTable } from './open-table.ts';
// One table of three rows, written by pyarrow 26.0.1 with three codecs; `lzo` is that of gzip with the number of the codec
// changed in each column's metadata to LZO, which nobody reads.
import parquet from './parquet.fixture.json';
import type { Table, TableRow } from './table.ts';
import { detectEncoding } from './text-encoding.ts';

const signal = new AbortController().signal;
const isPicture = (cell: string) => /\.(png|jpg)$/u.test(cell);

async function open(content: BlobPart, name = 'labels.csv'): Promise<Table> {
  const table = await openTable(new Blob([content]), name, (cells) => !cells.some(isPicture));
  if (table === null) throw new Error('no table');
  return table;
}

async function rowsOf(table: Table): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  for await (const row of table.rows(signal)) rows.push(row);
  return rows;
}

const values = (rows: readonly TableRow[]) =>
  rows.map((row) => ('values' in row ? row.values : row.problem.code));
const thrown = async (work: () => Promise<unknown>): Promise<EngineError> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

test.each([
  ['commas', 'file,label\na.png,cat\nb.png,dog\n'],
  ['semicolons', 'file;label\na.png;cat\nb.png;dog'],
  ['bars', 'file|label\na.png|cat\nb.png|dog\n'],
  ['tabs, lines of Windows', 'file\tlabel\r\na.png\tcat\r\nb.png\tdog\r\n'],
  ['lines of an old Mac', 'file,label\ra.png,cat\rb.png,dog\r'],
  ['quotes', '"file","label"\n"a.png","cat"\n"b.png","dog"\n'],
  ['a byte order mark', '\ufefffile,label\na.png,cat\nb.png,dog\n'],
  ['blank lines', 'file,label\n\na.png,cat\n\nb.png,dog\n\n'],
])('delimited text with %s', async (_, text) => {
  const table = await open(text);
  expect(table.columns).toEqual(['file', 'label']);
  expect(values(await rowsOf(table))).toEqual([
    ['a.png', 'cat'],
    ['b.png', 'dog'],
  ]);
});

test('without a header columns are numbered; quotes hold delimiters, line ends and quotes', async () => {
  const table = await open('a.png,"big, ""wild""\ncat"\nb.png,dog\n');
  expect(table.columns).toEqual(['1', '2']);
  expect(values(await rowsOf(table))).toEqual([
    ['a.png', 'big, "wild"\ncat'],
    ['b.png', 'dog'],
  ]);
});

test('a row of another width is a problem of that row only', async () => {
  const text = `file,label\n${'x.png,cat\n'.repeat(8)}y.png,dog,extra\nz.png\n${'x.png,cat\n'.repeat(8)}`;
  const rows = await rowsOf(await open(text));
  expect(rows.length).toBe(18);
  const problems = rows.flatMap((row) => ('problem' in row ? [row.problem.detail] : []));
  expect(problems).toEqual([
    { line: 9, found: 3, width: 2 },
    { line: 10, found: 1, width: 2 },
  ]);
});

test('a quote that is never closed is said with its row', async () => {
  const table = await open('file,label\na.png,cat\nb.png,"dog\nc.png,cat\n');
  const error = await thrown(() => rowsOf(table));
  expect([error.code, error.detail]).toEqual(['table-quote', { line: 2 }]);
});

test('a thousand columns are read; too many are refused', async () => {
  const header = Array.from({ length: 1_000 }, (_, i) => `c${i}`);
  const table = await open(`${header.join(',')}\n${header.map(() => 'x').join(',')}\n`);
  expect(table.columns.length).toBe(1_000);
  expect(values(await rowsOf(table))[0]?.length).toBe(1_000);
  const many = `${'c,'.repeat(6_000)}\n${'x,'.repeat(6_000)}\n`;
  expect((await thrown(() => open(many))).code).toBe('table-columns');
});

test('rows that are cut anywhere by the parts of a stream come out whole', async () => {
  const lines = Array.from({ length: 30_000 }, (_, i) => `pictures/${i}.png,"class ""${i % 7}"", ä"`);
  const table = await open(`file,label\n${lines.join('\n')}\n`);
  const rows = await rowsOf(table);
  expect(rows.length).toBe(30_000);
  expect(rows.every((row, i) => 'values' in row && row.values[0] === `pictures/${i}.png`)).toBe(true);
  expect(rows[29_999]).toMatchObject({
    line: 30_000,
    values: ['pictures/29999.png', `class "${29_999 % 7}", ä`],
  });
});

// Bytes by Python's codecs: '文件名,标签\n一.png,猫\n'.encode('gb18030'), 'café.png,âne\n'.encode('latin-1').
const GB18030 = [
  0xce, 0xc4, 0xbc, 0xfe, 0xc3, 0xfb, 0x2c, 0xb1, 0xea, 0xc7, 0xa9, 0x0a, 0xd2, 0xbb, 0x2e, 0x70, 0x6e, 0x67,
  0x2c, 0xc3, 0xa8, 0x0a,
];
const LATIN1 = [0x63, 0x61, 0x66, 0xe9, 0x2e, 0x70, 0x6e, 0x67, 0x2c, 0xe2, 0x6e, 0x65, 0x0a];
const utf16 = (text: string, little: boolean) =>
  Uint8Array.from(
    Array.from(text).flatMap((one) => (little ? [one.charCodeAt(0), 0] : [0, one.charCodeAt(0)])),
  );

test('encodings are told by the bytes', async () => {
  expect(detectEncoding(Uint8Array.from(GB18030))).toBe('gb18030');
  expect(detectEncoding(Uint8Array.from(LATIN1))).toBe('windows-1252');
  expect(detectEncoding(new TextEncoder().encode('文件,标签'))).toBe('utf-8');
  expect(detectEncoding(utf16('file,label\n', true))).toBe('utf-16le');
  expect(detectEncoding(utf16('file,label\n', false))).toBe('utf-16be');
  expect(detectEncoding(utf16('\ufefffile', true).with(0, 0xff).with(1, 0xfe))).toBe('utf-16le');
  const chinese = await open(Uint8Array.from(GB18030));
  expect([chinese.columns, values(await rowsOf(chinese))]).toEqual([['文件名', '标签'], [['一.png', '猫']]]);
  const french = await open(Uint8Array.from(LATIN1));
  expect(values(await rowsOf(french))).toEqual([['café.png', 'âne']]);
  for (const little of [true, false]) {
    const table = await open(utf16('file,label\na.png,cat\n', little));
    expect([table.columns, values(await rowsOf(table))]).toEqual([['file', 'label'], [['a.png', 'cat']]]);
  }
});

test('NUL bytes are no text', async () => {
  expect((await thrown(() => open('file,label\na.png,c\0at\n'))).code).toBe('table-binary');
  const late = await open(`file,label\n${'a.png,cat\n'.repeat(10_000)}b.png,d\0og\n`);
  expect((await thrown(() => rowsOf(late))).code).toBe('table-binary');
});

test('prose is no table', async () => {
  for (const text of [
    'Only words.\nAnd more words.\n',
    'One, two.\nthree\nfour, five, six, seven\nno\n',
    '',
  ]) {
    expect(await openTable(new Blob([text]), 'notes.txt', () => true)).toBeNull();
  }
});

test('JSON Lines: a broken line is said by its number, the others are taken', async () => {
  const table = await open(
    '{"file":"a.png","label":"cat"}\n{"file":"b.png",\n\n{"label":7,"file":"c.png"}',
    'x.jsonl',
  );
  expect([table.format, table.columns]).toEqual(['jsonl', ['file', 'label']]);
  const rows = await rowsOf(table);
  expect(values(rows)).toEqual([['a.png', 'cat'], 'table-json', ['c.png', '7']]);
  expect(rows.map(({ line }) => line)).toEqual([1, 2, 4]);
});

test.each([
  ['a list', '[{"file":"a.png","label":"cat"},{"file":"b.png","label":"dog"}]'],
  [
    'a list in an object',
    '{"version":1,"data":[{"file":"a.png","label":"cat"},{"file":"b.png","label":"dog"}]}',
  ],
  ['names and labels', '{\n"a.png":"cat",\n"b.png":"dog"}'],
])('JSON with %s', async (_, text) => {
  const table = await open(text, 'x.json');
  expect([table.format, table.columns]).toEqual(['json', ['file', 'label']]);
  expect(values(await rowsOf(table))).toEqual([
    ['a.png', 'cat'],
    ['b.png', 'dog'],
  ]);
});

test('JSON that is broken or holds no list is refused with the reason', async () => {
  const broken = await thrown(() => open('[\n{"file":"a.png"},\n{"file" "b.png"}\n]', 'x.json'));
  expect([broken.code, broken.detail]).toEqual(['table-json', { line: 3 }]);
  expect((await thrown(() => open('[1, 2]', 'x.json'))).code).toBe('table-shape');
});

test('COCO: the category of what is marked; several categories are no one label', async () => {
  const coco = {
    images: [
      { id: 1, file_name: 'a.jpg', width: 2 },
      { id: 2, file_name: 'b.jpg' },
      { id: 3, file_name: 'c.jpg' },
    ],
    annotations: [
      { id: 1, image_id: 1, category_id: 7, bbox: [0, 0, 1, 1] },
      { id: 2, image_id: 1, category_id: 7 },
      { id: 3, image_id: 2, category_id: 7 },
      { id: 4, image_id: 2, category_id: 9 },
    ],
    categories: [
      { id: 7, name: 'cat' },
      { id: 9, name: 'dog' },
    ],
  };
  const table = await open(JSON.stringify(coco), 'instances_val2017.json');
  expect(table.format).toBe('coco');
  expect(values(await rowsOf(table))).toEqual([['a.jpg', 'cat'], 'table-several-labels', ['c.jpg', '']]);
  expect(cocoTable({ images: [] }, 'x')).toBeNull();
});

test.each(['snappy', 'zstd', 'gzip'] as const)('Parquet packed with %s', async (codec) => {
  const table = await open(
    Uint8Array.from(atob(parquet[codec]), (one) => one.charCodeAt(0)),
    'x.parquet',
  );
  expect([table.format, table.columns]).toEqual(['parquet', ['file', 'label', 'split', 'n']]);
  expect(values(await rowsOf(table))).toEqual([
    ['cats/1.png', 'cat', 'train', '1'],
    ['cats/2.png', 'cat', 'test', '2'],
    ['dogs/1.png', 'dog', 'train', '3'],
  ]);
});

test('Parquet with an unknown codec, and cut short', async () => {
  const bytes = Uint8Array.from(atob(parquet.lzo), (one) => one.charCodeAt(0));
  const unknown = await open(bytes, 'x.parquet');
  const error = await thrown(() => rowsOf(unknown));
  expect([error.code, error.detail]).toEqual(['table-codec', { codec: 'LZO' }]);
  expect((await thrown(() => open(bytes.slice(0, 200), 'x.parquet'))).code).toBe('table-damaged');
});
