/** @file Finds the picture of a drop that a cell of a table means. */
import { isPictureName } from '../names.ts';

/** A cell that fits several pictures. */
export const SEVERAL = Symbol('several');

/** A path as it is compared: with `/`, composed, without what leads nowhere. */
export function plainPath(path: string): string {
  return path
    .trim()
    .normalize('NFC')
    .replaceAll('\\', '/')
    .replace(/^[a-z][a-z+.-]*:\/*/iu, '')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

/**
 * Pictures by every end of their path, since a table may have been written from inside the folder; and by the name
 * without its extension, since some tables leave that out.
 */
export class PictureIndex {
  readonly #byEnd = new Map<string, string | typeof SEVERAL>();
  readonly #byStem = new Map<string, string | typeof SEVERAL>();

  constructor(paths: readonly string[]) {
    for (const path of paths) {
      const parts = plainPath(path).split('/');
      for (let from = 0; from < parts.length; from++) put(this.#byEnd, parts.slice(from).join('/'), path);
      put(this.#byStem, (parts.at(-1) ?? '').replace(/\.[^.]*$/u, ''), path);
    }
  }

  /** The path as it was dropped; `null` if there is none, {@link SEVERAL} if the cell does not tell which. */
  find(cell: string): string | typeof SEVERAL | null {
    const wanted = plainPath(cell);
    if (wanted === '') return null;
    const parts = wanted.split('/');
    // The whole path first, then with fewer and fewer folders: those may lie outside of what was dropped.
    for (let from = 0; from < parts.length; from++) {
      const found = this.#byEnd.get(parts.slice(from).join('/'));
      if (found === SEVERAL) return SEVERAL;
      if (found !== undefined) return found;
    }
    const found = isPictureName(wanted) ? undefined : this.#byStem.get(parts.at(-1) ?? '');
    return found === SEVERAL ? SEVERAL : (found ?? null);
  }
}

function put(map: Map<string, string | typeof SEVERAL>, key: string, path: string): void {
  const known = map.get(key);
  map.set(key, known === undefined || known === path ? path : SEVERAL);
}
