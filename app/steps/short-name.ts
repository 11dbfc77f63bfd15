/** A name from a model's file, without the number that an importer gave it, cut in the middle to at most `most` letters. */
export function shortName(name: string, most: number): string {
  const letters = Array.from(name.replace(/#\d+$/, ''));
  if (letters.length <= most) return letters.join('');
  // The end of a path tells more than its beginning.
  const end = Math.ceil((most - 1) * 0.65);
  return `${letters.slice(0, most - 1 - end).join('')}…${letters.slice(-end).join('')}`;
}

/** The names without the folders that all of them are in: `net/layer.0`, `net/layer.1` become `layer.0`, `layer.1`. */
export function withoutCommonPath(names: readonly string[]): readonly string[] {
  const [first = '', ...others] = names;
  if (others.length === 0) return names;
  let common = 0;
  for (let i = 0; i < first.length && others.every((name) => name[i] === first[i]); i++) {
    if (first[i] === '/' || first[i] === '.') common = i + 1;
  }
  return names.map((name) => name.slice(common));
}
