import { type DataForm, safeFileName } from '../../src/index.ts';

/** The ending of a saved project. */
export const PROJECT_ENDING = '.graft';

const FALLBACK = 'project';

/** A file name for a project of this name that every file system takes. */
export function projectFileName(name: string): string {
  return safeFileName(name, FALLBACK, PROJECT_ENDING);
}

/** The same for its data set. */
export function dataFileName(name: string, form: DataForm): string {
  return safeFileName(name, FALLBACK, `-${form}.zip`);
}
