import { expect, test } from 'vitest';
import { nGramAccuracy } from './n-grams.ts';

test('pairs of words tell apart what single words cannot', () => {
  const train = [
    { text: 'not good', label: 'bad' },
    { text: 'not bad', label: 'good' },
    { text: 'very good', label: 'good' },
    { text: 'very bad', label: 'bad' },
  ];
  expect(nGramAccuracy(train, train)).toBe(1);
  expect(nGramAccuracy(train, [{ text: 'unheard of words', label: 'neither' }])).toBe(0);
});
