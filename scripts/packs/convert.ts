/** @file From the files of a package to the files of a model pack. Deterministic: the results are pinned by hash. */
import { writeSafetensors } from '../../src/graph/weights/safetensors.ts';
import type { TensorBag } from '../../src/graph/weights/tensor-bag.ts';
import { PackError } from './pack-error.ts';

/** Files by name. */
export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** Makes the files of a pack from those of a package. */
export type Conversion = (files: Files) => Files | Promise<Files>;

/** @throws {PackError} if it is not there. */
export function fileIn(files: Files, name: string): Uint8Array<ArrayBuffer> {
  const file = files.get(name);
  if (file === undefined) throw new PackError(`The package has no file ${name}.`);
  return file;
}

/**
 * Keeps the tensors of a weight file whose names match `keep` and not `drop`, element types as they are.
 * @throws {PackError} if nothing in it matches.
 */
export function tensors(
  name: string,
  read: (file: Uint8Array<ArrayBuffer>) => TensorBag | Promise<TensorBag>,
  { keep, drop }: { readonly keep: RegExp; readonly drop: RegExp },
): Conversion {
  return async (files) => {
    const all = await read(fileIn(files, name));
    const kept = [...all].filter(([tensor]) => keep.test(tensor) && !drop.test(tensor));
    if (kept.length === 0) throw new PackError(`${name} holds no tensor named like ${String(keep)}.`);
    return new Map([['model.safetensors', writeSafetensors(new Map(kept))]]);
  };
}

/** Files as they are, under other names. */
export function asTheyAre(names: Readonly<Record<string, string>>): Conversion {
  return (files) =>
    new Map(Object.entries(names).map(([name, original]) => [name, fileIn(files, original)] as const));
}

/** The files of several conversions together. */
export function together(...conversions: readonly Conversion[]): Conversion {
  return async (files) => {
    const made = new Map<string, Uint8Array<ArrayBuffer>>();
    for (const convert of conversions) {
      for (const [name, bytes] of await convert(files)) made.set(name, bytes);
    }
    return made;
  };
}
