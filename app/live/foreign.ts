const LETTERS = /\p{L}/gu;
const LATIN = /\p{Script=Latin}/gu;

/** Letters that are looked at. */
const LOOKED_AT = 2_000;

/**
 * Whether most letters of a text are of another script than that of English, which is all that the models of texts here
 * have read. Languages in Latin letters are not told from English.
 */
export function isForeign(text: string): boolean {
  const start = text.slice(0, LOOKED_AT);
  const letters = start.match(LETTERS)?.length ?? 0;
  return letters > 0 && (start.match(LATIN)?.length ?? 0) < letters / 2;
}
