import { expect, it } from 'vitest';
import { isForeign } from './foreign.ts';

it.each([
  ['', false],
  ['😀 123', false],
  ['A good film.', false],
  ['Ein schöner Film', false],
  ['我喜欢这部电影', true],
  ['Это хороший фильм', true],
  ['هذا فيلم جيد (good)', true],
  ['I watched 英雄 twice', false],
])('%s', (text, foreign) => {
  expect(isForeign(text)).toBe(foreign);
});
