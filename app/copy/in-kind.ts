/**
 * @file The catalogues speak of pictures. For a project of another kind of sample its word stands in their place, and
 * sentences for which that is not enough are said anew.
 */
import type { English } from './en/index.ts';

type Sentences<T> = { readonly [K in keyof T]?: T[K] extends string ? string : Sentences<T[K]> };

export interface KindCopy {
  /** What stands for a picture in a sentence; applied in this order. */
  readonly words: readonly (readonly [RegExp, string])[];
  /** Whole sentences; those of the singular are needed in English only. */
  readonly sentences: Sentences<English>;
}

/** About pictures, whatever the samples of the project are. */
const KEPT: ReadonlySet<string> = new Set([
  'capture',
  'ownModel',
  'sound',
  'stress',
  'text',
] satisfies (keyof English)[]);

/** The catalogues of one language for another kind of sample. */
export function inKind<T extends Readonly<Record<string, unknown>>>(
  catalogues: T,
  { words, sentences }: KindCopy,
): T {
  const swap = (text: string) => words.reduce((said, [word, other]) => said.replaceAll(word, other), text);
  const entries = Object.entries(catalogues).map(([name, catalogue]) => [
    name,
    KEPT.has(name)
      ? catalogue
      : said(catalogue, (sentences as Readonly<Record<string, unknown>>)[name], swap),
  ]);
  return Object.fromEntries(entries) as T;
}

function said(value: unknown, anew: unknown, swap: (text: string) => string): unknown {
  if (typeof value === 'string') return typeof anew === 'string' ? anew : swap(value);
  const others = (anew ?? {}) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(value as object).map(([key, inner]) => [key, said(inner, others[key], swap)]),
  );
}
