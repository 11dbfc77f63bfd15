import { expect, test } from 'vitest';
import { placesOf } from '../places.ts';
import { sideInName, sideNamed } from '../sides.ts';
import { applyTables } from './apply-table.ts';
import { guessMapping } from './mapping.ts';
import { PictureIndex, SEVERAL } from './picture-index.ts';
import type { Table } from './table.ts';

const signal = new AbortController().signal;
const PATHS = ['set/cats/1.png', 'set/cats/2.png', 'set/dogs/1.png', 'set/Übung.png', 'set/markup <b>.png'];

function table(columns: string[], rows: string[][], name = 'labels.csv'): Table {
  return {
    ...{ name, format: 'csv', columns },
    async *rows() {
      for (const [i, values] of rows.entries()) yield await Promise.resolve({ line: i + 1, values });
    },
  };
}

test('a cell finds its picture by the whole path, by the end of it, from elsewhere, decomposed, without extension', () => {
  const index = new PictureIndex(PATHS);
  expect(index.find('set/cats/1.png')).toBe('set/cats/1.png');
  expect(index.find('./cats/1.png')).toBe('set/cats/1.png');
  expect(index.find('C:\\photos\\cats\\2.png')).toBe('set/cats/2.png');
  expect(index.find('https://example.org/data/cats/2.png')).toBe('set/cats/2.png');
  expect(index.find('2.png')).toBe('set/cats/2.png');
  expect(index.find('cats/2')).toBe('set/cats/2.png');
  expect(index.find('U\u0308bung.png')).toBe('set/Übung.png');
  expect(index.find('1.png')).toBe(SEVERAL);
  expect(index.find('3.png')).toBeNull();
  expect(index.find('')).toBeNull();
});

test('of two pictures whose names differ only by Unicode normalisation a cell does not tell which', () => {
  const index = new PictureIndex(['set/\u00dcbung.png', 'set/U\u0308bung.png', 'set/other.png']);
  expect(index.find('\u00dcbung.png')).toBe(SEVERAL);
  expect(index.find('U\u0308bung.png')).toBe(SEVERAL);
  expect(index.find('other.png')).toBe('set/other.png');
});

test('columns are told by their names and values', () => {
  const index = new PictureIndex(PATHS);
  const columns = ['id', 'image', 'note', 'species', 'subset', 'patient'];
  const rows = [
    [
      '1',
      'cats/1.png',
      'a rather long description of what can be seen in the picture, word by word',
      'cat',
      'train',
      'p1',
    ],
    ['2', 'dogs/1.png', 'b', 'dog', 'test', 'p2'],
  ];
  expect(guessMapping(columns, rows, index)).toEqual({ file: 1, label: 3, side: 4, group: 5 });
  const nameless = [
    ['cats/1.png', 'cat', '0.5'],
    ['cats/2.png', 'cat', '0.7'],
    ['dogs/1.png', 'dog', '0.9'],
  ];
  expect(guessMapping(['1', '2', '3'], nameless, index)).toEqual({
    file: 0,
    label: 1,
    side: null,
    group: null,
  });
  expect(guessMapping(['a', 'b'], [['x', 'y']], index)).toBeNull();
  const noLabel = guessMapping(
    ['file', 'width'],
    [
      ['cats/1.png', '640'],
      ['cats/2.png', '480'],
    ],
    index,
  );
  expect(noLabel).toEqual({ file: 0, label: null, side: null, group: null });
});

test('every row that cannot be used says why, and the others are taken', async () => {
  const rows = [
    ['cats/1.png', 'cat', 'train', 'p1'],
    ['cats/2.png', '<img src=x onerror=alert(1)>', 'val', ''],
    ['9.png', 'cat', 'train', ''],
    ['1.png', 'cat', 'train', ''],
    ['dogs/1.png', ' ', 'train', ''],
    ['dogs/1.png', 'dog', 'third', ''],
    ['cats/1.png', 'Cat ', 'train', 'p1'],
    ['cats/1.png', 'dog', 'train', ''],
  ];
  const mapping = { file: 0, label: 1, side: 2, group: 3 };
  const applied = await applyTables(
    [table(['f', 'l', 's', 'g'], rows)],
    mapping,
    new PictureIndex(PATHS),
    signal,
  );
  expect([applied.rows, applied.matched]).toEqual([8, 3]);
  expect([...applied.placements]).toEqual([
    ['set/cats/1.png', { label: 'Cat', side: 'train', group: 'named p1' }],
    ['set/cats/2.png', { label: '<img src=x onerror=alert(1)>', side: 'validation' }],
  ]);
  expect(applied.rejected.map(({ name, error }) => [name, error.code])).toEqual([
    ['labels.csv:3', 'table-file-missing'],
    ['labels.csv:4', 'table-file-several'],
    ['labels.csv:5', 'table-no-label'],
    ['labels.csv:6', 'table-side'],
    ['labels.csv:8', 'table-two-labels'],
  ]);
});

test('tables named by their side give it', async () => {
  const columns = ['file_name', 'category'];
  const tables = [
    table(columns, [['cats/1.png', 'cat']], 'instances_train2017.json'),
    table(columns, [['cats/2.png', 'cat']], 'instances_val2017.json'),
  ];
  const mapping = { file: 0, label: 1, side: null, group: null };
  const { placements } = await applyTables(tables, mapping, new PictureIndex(PATHS), signal);
  expect([...placements.values()].map(({ side }) => side)).toEqual(['train', 'validation']);
});

test('folders that are called like sides are sides, above the classes or within them', () => {
  const above = ['d/train/cat/1.png', 'd/train/dog/1.png', 'd/test/cat/2.png', 'd/Validation/dog/3.png'];
  expect(placesOf(above)).toEqual([
    { label: 'cat', side: 'train' },
    { label: 'dog', side: 'train' },
    { label: 'cat', side: 'test' },
    { label: 'dog', side: 'validation' },
  ]);
  expect(placesOf(['cat/train/1.png', 'cat/test/2.png', 'dog/train/1.png'])).toEqual([
    { label: 'cat', side: 'train' },
    { label: 'cat', side: 'test' },
    { label: 'dog', side: 'train' },
  ]);
  // One of them alone, or among others, is a class like any other.
  expect(placesOf(['train/1.png', 'car/1.png'])).toEqual([{ label: 'train' }, { label: 'car' }]);
  expect(placesOf(['train/1.png', 'test/1.png'])).toEqual([{ label: 'train' }, { label: 'test' }]);
  expect(placesOf(['d/train/cat/1.png', 'd/train/dog/1.png']).map(({ label }) => label)).toEqual([
    'cat',
    'dog',
  ]);
});

test('names of sides', () => {
  expect(['Train', ' VAL ', 'test set', '测试集', 'trainer'].map(sideNamed)).toEqual([
    'train',
    'validation',
    'test',
    'test',
    undefined,
  ]);
  expect(sideInName('my_test-2.csv')).toBe('test');
  expect(sideInName('latest.csv')).toBeUndefined();
});
