/** The ending of a saved project. */
export const PROJECT_ENDING = '.graft';

const LONGEST = 80;
const FALLBACK = 'project';
/** What some file system forbids in a name. */
const FORBIDDEN = new Set('\\/:*?"<>|');

/** A file name for a project of this name that every file system takes. */
export function projectFileName(name: string): string {
  return safeFileName(name, FALLBACK, PROJECT_ENDING);
}

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
