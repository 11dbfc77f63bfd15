/** @file Names from outside (folders, files, people) as bounded plain text. They are never used as paths. */

/** Longest class name, in characters as people count them. */
const CLASS_NAME_LENGTH = 60;
/** Longest file name kept: enough to find the file again, short enough that a record stays small. */
const FILE_NAME_LENGTH = 120;

/** C0 and C1 controls, and the marks that change the direction of the text around them. */
const INVISIBLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** A label as it is kept: one line, trimmed, composed (NFC), bounded. May be empty. */
export function cleanClassName(name: string): string {
  const plain = name.slice(0, 2_000).normalize('NFC').replace(/\s+/gu, ' ').replace(INVISIBLE, '').trim();
  return [...graphemes(plain)].slice(0, CLASS_NAME_LENGTH).join('').trim();
}

/** A file's own name (the last part of its path) as it is kept; a long one loses its middle. */
export function cleanFileName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).normalize('NFC');
  const characters = Array.from(name.replace(/\s/gu, ' ').replace(INVISIBLE, ''));
  if (characters.length <= FILE_NAME_LENGTH) return characters.join('');
  const tail = 20;
  return `${characters.slice(0, FILE_NAME_LENGTH - tail - 1).join('')}…${characters.slice(-tail).join('')}`;
}

/** What makes two labels the same: people do not mean two classes by `Cat` and `cat`. */
export function classKey(name: string): string {
  return cleanClassName(name).toLowerCase();
}

/**
 * The name, or the first of `name 2`, `name 3`, ... that is not taken. An empty name becomes a number, which needs
 * no language.
 */
export function uniqueClassName(name: string, taken: readonly string[]): string {
  const clean = cleanClassName(name);
  const keys = new Set(taken.map(classKey));
  if (clean !== '' && !keys.has(classKey(clean))) return clean;
  for (let n = clean === '' ? 1 : 2; ; n++) {
    const candidate = clean === '' ? `${n}` : `${clean} ${n}`;
    if (!keys.has(classKey(candidate))) return candidate;
  }
}

function* graphemes(text: string): Iterable<string> {
  for (const { segment } of new Intl.Segmenter().segment(text)) yield segment;
}

/** Whether a name ends like that of a picture. */
export function isPictureName(name: string): boolean {
  return /\.(?:jpe?g|jfif|png|webp|gif|avif|bmp|hei[cf]|tiff?)$/iu.test(name);
}

/** Whether a name ends like that of a table. */
export function isTableName(name: string): boolean {
  return /\.(?:csv|tsv|txt|json|jsonl|ndjson|parquet)$/iu.test(name);
}
