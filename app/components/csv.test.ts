import { expect, it } from 'vitest';
import { toCsv } from './csv.ts';

it('quotes what needs it and leaves numbers alone', () => {
  expect(
    toCsv([
      ['name', 'n'],
      ['a,b', 1],
      ['say "hi"', 2],
      ['two\nlines', -3],
    ]),
  ).toBe('name,n\r\n"a,b",1\r\n"say ""hi""",2\r\n"two\nlines",-3\r\n');
});

it('disarms what a spreadsheet would run', () => {
  expect(toCsv([['=HYPERLINK("x")'], ['+1'], ['-1'], ['@a']])).toBe(
    '"\'=HYPERLINK(""x"")"\r\n\'+1\r\n\'-1\r\n\'@a\r\n',
  );
});
