import { expect, test } from 'vitest';
import { matchesNames } from './name-pattern.ts';

const NAMES = ['encoder.layer.1.weight', 'encoder.layer.1.bias', 'encoder.layer.11.bias', 'pooler.weight'];
const chosen = (pattern: string) => NAMES.filter((name) => matchesNames(pattern, name));

test('an empty pattern chooses every name', () => {
  expect(chosen('')).toEqual(NAMES);
  expect(chosen(' , ')).toEqual(NAMES);
});

test('a star stands for any characters, and a pattern without one for exactly its name', () => {
  expect(chosen('encoder.layer.1.*')).toEqual(NAMES.slice(0, 2));
  expect(chosen('*.bias')).toEqual(NAMES.slice(1, 3));
  expect(chosen('*layer*bias')).toEqual(NAMES.slice(1, 3));
  expect(chosen('pooler')).toEqual([]);
  expect(chosen('pooler.weight')).toEqual(['pooler.weight']);
});

test('parts add up, and parts with an exclamation mark take away', () => {
  expect(chosen('pooler.*, *.1.*')).toEqual([NAMES[0], NAMES[1], NAMES[3]]);
  expect(chosen('encoder.* !*.bias')).toEqual([NAMES[0]]);
  expect(chosen('!encoder.*')).toEqual(['pooler.weight']);
});

test('the pieces of a part do not overlap', () => {
  expect(matchesNames('ab*b', 'ab')).toBe(false);
  expect(matchesNames('a*b*b', 'ab')).toBe(false);
  expect(matchesNames('a*b', 'ab')).toBe(true);
});

test('a hostile pattern takes no longer than a friendly one', () => {
  expect(matchesNames(`${'*a'.repeat(400)}*b`, 'a'.repeat(1000))).toBe(false);
});
