import { expect, test } from 'vitest';
import { escapeHtml, escapeMarkdown } from './escape.ts';

test('a text that is markup stands in HTML as itself', () => {
  expect(escapeHtml('<img src=x onerror="f()"> & co')).toBe(
    '&lt;img src=x onerror=&quot;f()&quot;&gt; &amp; co',
  );
});

test('a text that is markup stands in a cell of Markdown as itself, on one line', () => {
  expect(escapeMarkdown('a|b\n# *c* [d](e) <f>')).toBe('a\\|b \\# \\*c\\* \\[d\\](e) \\<f\\>');
});
