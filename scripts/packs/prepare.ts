/** @file Brings the packs in `public/backbones/` up to date with the records. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PACK_FORMAT, type PackIndex, type PackManifest } from '../../src/models/pack-manifest.ts';
import type { Files } from './convert.ts';
import { PackError } from './pack-error.ts';
import type { PackRecord, PackSource } from './records.ts';

export interface PackFolders {
  /** Where finished packs lie, one folder each. */
  readonly packs: string;
  /** Scratch space on the same file system, so that a finished pack can be renamed into place. */
  readonly scratch: string;
}

/** Fetches the files of a source; `folder` is scratch space. */
export type PackFetcher = (source: PackSource, folder: string) => Promise<Files>;

/**
 * Prepares one pack, unless it is there already. A pack appears whole or not at all.
 * @returns Whether anything was written.
 * @throws {PackError} from the fetcher and the conversion, or if the result is not the pinned one.
 */
export async function preparePack(
  record: PackRecord,
  folders: PackFolders,
  fetcher: PackFetcher,
): Promise<boolean> {
  const target = join(folders.packs, record.id);
  if (await isUpToDate(record, target)) return false;

  await mkdir(folders.scratch, { recursive: true });
  const scratch = await mkdtemp(join(folders.scratch, `${record.id}-`));
  try {
    const download = join(scratch, 'download');
    await mkdir(download);
    const files = await record.convert(await fetcher(record.source, download));
    assertPinned(record, files);
    const finished = join(scratch, 'pack');
    await writePack(finished, record, files);
    await mkdir(folders.packs, { recursive: true });
    await rm(target, { recursive: true, force: true });
    await rename(finished, target);
    return true;
  } catch (error) {
    throw explain(record, error);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Writes which of the packs are there and up to date, for the engine and the build. */
export async function writeIndex(records: readonly PackRecord[], folder: string): Promise<void> {
  const packs: PackIndex['packs'][number][] = [];
  for (const record of records) {
    const { id, task, bundled } = record;
    if (await isUpToDate(record, join(folder, id))) packs.push({ id, task, bundled });
  }
  const index: PackIndex = { format: PACK_FORMAT, packs };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'index.json'), `${JSON.stringify(index)}\n`);
}

async function writePack(folder: string, record: PackRecord, files: Files): Promise<void> {
  await mkdir(folder);
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
  await writeFile(join(folder, 'manifest.json'), manifestText(record));
}

/** Whether the manifest is the one that this record gives and the files have the pinned hashes. */
async function isUpToDate(record: PackRecord, target: string): Promise<boolean> {
  try {
    if ((await readFile(join(target, 'manifest.json'), 'utf8')) !== manifestText(record)) return false;
    for (const [name, { sha256 }] of Object.entries(record.files)) {
      if (hashOf(await readFile(join(target, name))) !== sha256) return false;
    }
    return true;
  } catch {
    return false;
  }
}

/** The manifest that lies beside the files: all that a reader of the pack needs to know. */
function manifestText({ id, name, task, licence, copyright, source, network, files }: PackRecord): string {
  const { package: packageName, integrity, files: from } = source;
  const manifest: PackManifest = {
    format: PACK_FORMAT,
    id,
    name,
    task,
    licence,
    copyright,
    source: { package: packageName, integrity, files: from },
    network,
    files,
  };
  return `${JSON.stringify(manifest)}\n`;
}

function assertPinned({ files: pinned }: PackRecord, files: Files): void {
  const found = Object.fromEntries(
    [...files].map(([name, bytes]) => [name, { bytes: bytes.length, sha256: hashOf(bytes) }]),
  );
  if (JSON.stringify(found) === JSON.stringify(pinned)) return;
  throw new PackError(
    `The converted files are not the pinned ones.\n  expected ${JSON.stringify(pinned)}\n  received ${JSON.stringify(found)}`,
  );
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function explain(record: PackRecord, error: unknown): PackError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reason =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'The disk is full. Free some space and run "npm run packs" again.'
      : error instanceof Error
        ? error.message
        : String(error);
  return new PackError(`Model pack ${record.id}: ${reason}`, { cause: error });
}
