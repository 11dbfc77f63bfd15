/** @file Faults that are put into a set of pictures, so that it is known what the doctor should find. */
import { createRng, shuffled } from '../src/core/rng.ts';
import type { ListedPicture } from './picture-list.ts';

export const COPIES = ['smaller', 'saved-again', 'mirrored', 'cropped'] as const;
export type CopyKind = (typeof COPIES)[number];

/** A file to import: a picture as it is, a changed copy of one, or one cut short. */
export interface PlannedFile {
  /** Index into the pictures. */
  readonly source: number;
  /** `class/name`. */
  readonly path: string;
  readonly copy?: CopyKind;
  readonly cut?: boolean;
}

export interface PlantedSet {
  readonly files: readonly PlannedFile[];
  /** Names of files with another class's label. */
  readonly flipped: ReadonlySet<string>;
  /** Name of a copy to the name of its original. */
  readonly copies: ReadonlyMap<string, string>;
  readonly cut: ReadonlySet<string>;
}

const FLIPPED = 0.05;
const COPIED = 0.05;
const CUT = 0.02;

/** 5 % of the labels turned, copies of another 5 % added, and 2 % cut short. */
export function plant(pictures: readonly ListedPicture[], seed: number): PlantedSet {
  const rng = createRng(seed);
  const classes = [...new Set(pictures.map(classOf))];
  const order = shuffled(
    pictures.map((_, i) => i),
    rng,
  );
  const part = (share: number) => order.splice(0, Math.round(share * pictures.length));
  const cutAt = new Set(part(CUT));
  const flippedAt = new Set(part(FLIPPED));
  const files = pictures.map((picture, source): PlannedFile => {
    if (cutAt.has(source)) return { source, path: picture.path, cut: true };
    if (!flippedAt.has(source)) return { source, path: picture.path };
    const others = classes.filter((name) => name !== classOf(picture));
    return { source, path: `${others[rng.below(others.length)] ?? ''}/${picture.name}` };
  });
  const copies = new Map<string, string>();
  for (const [i, source] of part(COPIED).entries()) {
    const original = pictures[source] as ListedPicture;
    const name = `copy-${original.name}`;
    copies.set(name, original.name);
    files.push({ source, path: `${classOf(original)}/${name}`, copy: COPIES[i % COPIES.length] as CopyKind });
  }
  const names = (at: ReadonlySet<number>) => new Set([...at].map((i) => pictures[i]?.name ?? ''));
  return { files, flipped: names(flippedAt), copies, cut: names(cutAt) };
}

const classOf = ({ path }: ListedPicture): string => path.slice(0, path.indexOf('/'));
