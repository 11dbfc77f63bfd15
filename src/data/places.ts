/** @file What the folders of a drop say: the class of each file, and the side of the split where they name one. */
import type { SplitSide } from '../core/split.ts';
import { sideNamed } from './sides.ts';

export interface Place {
  /** Empty: it lies beside the folders. */
  readonly label: string;
  readonly side?: SplitSide;
}

/**
 * The class of each path is its parent folder. Files that lie beside the folders of all others have none; where there
 * are no other folders, the common folder is the class. Folders that are called train, validation and test are no
 * classes but sides, above the classes (`train/cats/1.jpg`) or in each (`cats/train/1.jpg`).
 */
export function placesOf(paths: readonly string[]): Place[] {
  const folders = paths.map((path) =>
    path
      .split('/')
      .slice(0, -1)
      .filter((part) => part !== '' && part !== '.'),
  );
  const common = commonDepth(folders);
  const depth = sideDepth(folders, common);
  if (depth !== null) return folders.map((parts) => besideSide(parts, depth));
  const someLieDeeper = folders.some((parts) => parts.length > common);
  return folders.map((parts) => ({
    label: someLieDeeper && parts.length === common ? '' : (parts.at(-1) ?? ''),
  }));
}

function commonDepth(folders: readonly (readonly string[])[]): number {
  const first = folders[0] ?? [];
  let common = first.length;
  for (const parts of folders) {
    let same = 0;
    while (same < common && parts[same] === first[same]) same++;
    common = same;
  }
  return common;
}

/**
 * Which folder of a path names the side: the first below what all have in common, or the one below the class. `null`
 * unless all folders there are sides, at least two different ones, and there are classes beside.
 */
function sideDepth(folders: readonly (readonly string[])[], common: number): number | null {
  const inFolders = folders.filter((parts) => parts.length > common);
  for (const depth of [common, common + 1]) {
    const sides = new Set(inFolders.map((parts) => sideNamed(parts[depth] ?? '')));
    const isDeepEnough = inFolders.every((parts) => parts.length >= common + 2);
    if (isDeepEnough && sides.size >= 2 && !sides.has(undefined)) return depth;
  }
  return null;
}

function besideSide(parts: readonly string[], depth: number): Place {
  const side = sideNamed(parts[depth] ?? '');
  const others = parts.filter((_, i) => i !== depth);
  if (side === undefined) return { label: '' };
  return { label: others.at(-1) ?? '', side };
}
