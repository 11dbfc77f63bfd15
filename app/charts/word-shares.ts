import type { WeighedWord } from '../../src/index.ts';

/** A word with its part of all that counted: below 0 against the class. */
export interface WordShare {
  readonly word: string;
  readonly share: number;
}

/** Marks beside a word say nothing in a sentence. */
const bare = (text: string): string => text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '') || text;

/** The words of a text in their order, each with its share; none if nothing counted. */
export function wordShares(words: readonly WeighedWord[]): WordShare[] {
  const all = words.reduce((sum, { score }) => sum + Math.abs(score ?? 0), 0);
  if (all === 0) return [];
  return words.flatMap(({ text, score }) =>
    score === null ? [] : [{ word: bare(text), share: score / all }],
  );
}

/** The strongest words for a class and against it, each the strongest first, without those that hardly count. */
export function strongest(
  shares: readonly WordShare[],
  most: number,
): { readonly speakFor: readonly WordShare[]; readonly speakAgainst: readonly WordShare[] } {
  const least = LEAST * Math.max(0, ...shares.map(({ share }) => Math.abs(share)));
  const ranked = (sign: number) =>
    shares
      .filter(({ share }) => share * sign > 0 && share * sign >= least)
      .toSorted((a, b) => sign * (b.share - a.share))
      .slice(0, most);
  return { speakFor: ranked(1), speakAgainst: ranked(-1) };
}

/** Of the strongest. */
const LEAST = 0.2;
