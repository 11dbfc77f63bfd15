/** @file Pieces of a text, which mean nothing to a reader, back to its words. */
import type { Piece } from './unigram-tokenizer.ts';

/** A word with what is written beside it, or what lies between words. All parts one after another are the text. */
export interface TextPart {
  readonly text: string;
  /** Which pieces of the text are its own: none of white space, nor of what was not read. */
  readonly pieces: readonly number[];
}

/**
 * The words of a text with their pieces. Marks stay with the word that they touch; a piece belongs to the word that it
 * ends in, and a space to the word that follows. What lies behind the last piece is one part.
 */
export function partsOf(content: string, pieces: readonly Piece[]): TextPart[] {
  const owned = segmentsOf(content, pieces.at(-1)?.end ?? 0).map((part) => ({
    ...part,
    pieces: [] as number[],
  }));
  const words = owned.filter(({ isWord }) => isWord);
  let at = 0;
  for (const [index, { end }] of pieces.entries()) {
    while (at + 1 < words.length && (words[at]?.end ?? 0) < end) at += 1;
    words[at]?.pieces.push(index);
  }
  return owned.map(({ text, pieces: own }) => ({ text, pieces: own }));
}

/** The text without one of its parts and the white space before it. Without its only word it is a mark that says nothing. */
export function without(parts: readonly TextPart[], at: number): string {
  const isGap = (part: TextPart | undefined) => part !== undefined && part.text.trim() === '';
  const kept = parts.filter((part, index) => index !== at && !(index === at - 1 && isGap(part)));
  return (
    kept
      .map(({ text }) => text)
      .join('')
      .trim() || '?'
  );
}

interface Segment {
  readonly text: string;
  /** Anything but white space. */
  readonly isWord: boolean;
  /** More than marks. */
  readonly isNamed: boolean;
  /** Where it ends in the text as NFKC. */
  readonly end: number;
}

/** @param read As far as the text was read, as NFKC. */
function segmentsOf(content: string, read: number): Segment[] {
  const parts: Segment[] = [];
  let end = 0;
  // Made when it is needed: without one, the engine must start all the same.
  const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
  for (const { segment, index, isWordLike } of segmenter.segment(content)) {
    if (end >= read) {
      parts.push({ text: content.slice(index), isWord: false, isNamed: false, end: Infinity });
      break;
    }
    end += segment.normalize('NFKC').length;
    const next = { text: segment, isWord: /\S/u.test(segment), isNamed: isWordLike === true, end };
    const last = parts.at(-1);
    if (last !== undefined && areOne(last, next))
      parts[parts.length - 1] = { ...next, text: last.text + segment, isNamed: last.isNamed || next.isNamed };
    else parts.push(next);
  }
  return parts;
}

const areOne = (a: Segment, b: Segment): boolean => a.isWord === b.isWord && !(a.isNamed && b.isNamed);
