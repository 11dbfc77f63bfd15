import { expect, test } from 'vitest';
import { strongest, wordShares } from './word-shares.ts';

const words = [
  { text: 'The', score: 0.1 },
  { text: ' ', score: null },
  { text: 'goal,', score: 3 },
  { text: ' ', score: null },
  { text: '“dinner”', score: -1.9 },
  { text: '!', score: 1 },
  { text: ' not read', score: null },
];

test('shares are parts of all that counted, for or against', () => {
  const shares = wordShares(words);
  expect(shares.map(({ word }) => word)).toEqual(['The', 'goal', 'dinner', '!']);
  expect(shares.reduce((sum, { share }) => sum + Math.abs(share), 0)).toBeCloseTo(1);
  expect(shares[1]?.share).toBeCloseTo(0.5);
  expect(shares[2]?.share).toBeLessThan(0);
  expect(wordShares([{ text: 'so', score: 0 }])).toEqual([]);
});

test('the strongest come first, those that hardly count not at all', () => {
  const { speakFor, speakAgainst } = strongest(wordShares(words), 3);
  expect(speakFor.map(({ word }) => word)).toEqual(['goal', '!']);
  expect(speakAgainst.map(({ word }) => word)).toEqual(['dinner']);
  expect(strongest([], 3)).toEqual({ speakFor: [], speakAgainst: [] });
});
