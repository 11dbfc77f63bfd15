import { expect, test } from 'vitest';
import { createUnigramTokenizer } from './unigram-tokenizer.ts';
import { partsOf, without } from './words.ts';

const PIECES = ['▁un', 'help', 'ful', '▁film', ',', '▁the', '▁plot', '.', 's', '“'];
const SIGNS = Array.from('▁abcdefghijklmnopqrstuvwxyz');
const tokenizer = createUnigramTokenizer([
  ...Array.from({ length: 6 }, (): [string, number] => ['?', 0]),
  ...SIGNS.map((sign): [string, number] => [sign, -9]),
  ...PIECES.map((piece): [string, number] => [piece, -1]),
]);
const wordsOf = (content: string, most = Infinity) => {
  const pieces = tokenizer.pieces(content).slice(0, most);
  const parts = partsOf(content, pieces);
  expect(parts.map(({ text }) => text).join('')).toBe(content);
  expect(parts.flatMap((part) => part.pieces)).toEqual(pieces.map((_, at) => at));
  return parts.filter((part) => part.pieces.length > 0).map((part) => [part.text, part.pieces.length]);
};

test('pieces go to the word that they end in, marks stay with it', () => {
  expect(wordsOf('unhelpful film, the plots.')).toEqual([
    ['unhelpful', 3],
    ['film,', 2],
    ['the', 1],
    ['plots.', 3],
  ]);
  expect(wordsOf('“film')).toEqual([['“film', 6]]);
});

test('what no piece covers, and what is written in compatibility characters, is still the word of the writer', () => {
  // A ligature becomes two letters in NFKC, a lone sign none of the pieces.
  expect(wordsOf('ﬁlm ☂☂ the')).toEqual([
    ['ﬁlm', 1],
    ['☂☂', 2],
    ['the', 1],
  ]);
  expect(wordsOf('😀 film')).toEqual([
    ['😀', 2],
    ['film', 1],
  ]);
});

test('what was not read belongs to no word', () => {
  expect(wordsOf('the film the plot the film', 3)).toEqual([
    ['the', 1],
    ['film', 1],
    ['the', 1],
  ]);
  // Cut in the middle of a word: the word is marked.
  expect(wordsOf('film unhelpful', 2)).toEqual([
    ['film', 1],
    ['unhelpful', 1],
  ]);
});

test('a text without one of its words', () => {
  const parts = partsOf('the film, the plot', tokenizer.pieces('the film, the plot'));
  const texts = parts.flatMap((part, at) => (part.pieces.length > 0 ? [without(parts, at)] : []));
  expect(texts).toEqual(['film, the plot', 'the the plot', 'the film, plot', 'the film, the']);
  const lone = partsOf('film', tokenizer.pieces('film'));
  expect(without(lone, 0)).toBe('?');
});
