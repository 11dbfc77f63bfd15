const LONGEST = 80;
/** What some file system forbids in a name. */
const FORBIDDEN = new Set('\\/:*?"<>|');

/** A file name that every file system takes; `fallback` where nothing is left of the name. */
export function safeFileName(name: string, fallback: string, ending: string): string {
  const safe = Array.from(name, (letter) =>
    FORBIDDEN.has(letter) || letter < ' ' || letter === '\u007f' ? '_' : letter,
  )
    .slice(0, LONGEST)
    .join('')
    .replace(/^[\s.]+|[\s.]+$/g, '');
  return `${safe === '' ? fallback : safe}${ending}`;
}
