/** @file Which pictures the accuracy bench uses, and on which side a given split puts them. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

export interface ListedPicture {
  /** Absolute path of the file. */
  readonly file: string;
  /** `class/unique name`: how it is imported. */
  readonly path: string;
  readonly name: string;
  readonly side: 'train' | 'test' | null;
}

const EXTENSIONS = new Set(['.jpg', '.jpeg', '.png', '.webp', '.gif', '.avif', '.bmp', '.wav']);

/** Every picture below the class folders of a directory, in a stable order. */
export async function listFolders(directory: string): Promise<ListedPicture[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const pictures: ListedPicture[] = [];
  for (const className of namesOf(entries.filter((entry) => entry.isDirectory()))) {
    const files = await readdir(join(directory, className), { recursive: true, withFileTypes: true });
    const chosen = files
      .filter((entry) => entry.isFile() && EXTENSIONS.has(extname(entry.name).toLowerCase()))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    for (const file of chosen) pictures.push(listed(pictures.length, className, file, null));
  }
  return pictures;
}

/** The same of a folder without classes whose files are called `class_anything`. Empty where one is not. */
export async function listByName(directory: string): Promise<ListedPicture[]> {
  const names = (await readdir(directory))
    .filter((name) => EXTENSIONS.has(extname(name).toLowerCase()))
    .sort();
  if (!names.every((name) => name.indexOf('_') > 0)) return [];
  return names.map((name, index) =>
    listed(index, name.slice(0, name.indexOf('_')), join(directory, name), null),
  );
}

const namesOf = (entries: readonly { readonly name: string }[]) => entries.map(({ name }) => name).sort();

/** The pictures that a split file names: `{ "train": { "class": ["relative/path"] }, "test": { ... } }`. */
export async function listSplit(directory: string, splitFile: string): Promise<ListedPicture[]> {
  const sides = readSplit(JSON.parse(await readFile(splitFile, 'utf8')));
  const pictures: ListedPicture[] = [];
  for (const side of ['train', 'test'] as const) {
    for (const [className, paths] of Object.entries(sides[side])) {
      for (const path of paths) {
        pictures.push(listed(pictures.length, className, join(directory, path), side));
      }
    }
  }
  return pictures;
}

function listed(index: number, className: string, file: string, side: ListedPicture['side']): ListedPicture {
  const name = `${String(index).padStart(6, '0')}${extname(file).toLowerCase()}`;
  return { file, path: `${className.replaceAll('/', '_')}/${name}`, name, side };
}

type SplitFile = Readonly<Record<'train' | 'test', Readonly<Record<string, readonly string[]>>>>;

/** @throws {Error} if the file is not of the documented shape. */
export function readSplit(value: unknown): SplitFile {
  const side = (name: string): Record<string, string[]> => {
    const classes: unknown = Object.entries(value ?? {}).find(([key]) => key === name)?.[1];
    if (typeof classes !== 'object' || classes === null) throw new Error(`The split has no "${name}".`);
    return Object.fromEntries(
      Object.entries(classes).map(([className, paths]: [string, unknown]) => {
        if (!Array.isArray(paths) || !paths.every((path) => typeof path === 'string')) {
          throw new Error(`"${name}" of the split: "${className}" is not a list of paths.`);
        }
        return [className, paths];
      }),
    );
  };
  return { train: side('train'), test: side('test') };
}
