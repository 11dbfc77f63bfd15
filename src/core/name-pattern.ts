/** @file Choosing parameters by their names: `encoder.layer.5.*, *.bias, !*.position_embeddings.*`. */

/**
 * Whether a name is chosen by a pattern: parts divided by commas or spaces, `*` for any run of characters, `!` before
 * a part that takes names away again. A pattern without a part that adds starts from all names; an empty one is all.
 */
export function matchesNames(pattern: string, name: string): boolean {
  const parts = pattern.split(/[\s,]+/).filter((part) => part !== '');
  const takes = parts.filter((part) => part.startsWith('!')).map((part) => part.slice(1));
  const adds = parts.filter((part) => !part.startsWith('!'));
  const added = adds.length === 0 || adds.some((part) => matchesPart(part, name));
  return added && !takes.some((part) => matchesPart(part, name));
}

/** In one pass over the literal pieces between stars: no regular expression that a hostile pattern could blow up. */
function matchesPart(part: string, name: string): boolean {
  const [first = '', ...rest] = part.split('*');
  const last = rest.pop();
  if (last === undefined) return part === name;
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last))
    return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= name.length - last.length;
}
