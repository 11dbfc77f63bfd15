/** @file Brings `public/backbones/` up to date with the records. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { convert, manifestOf, WEIGHTS_FILE } from './convert.ts';
import type { Pack } from './convert.ts';
import { PackError } from './pack-error.ts';
import type { PackRecord } from './records.ts';

export interface PackFolders {
  /** Where finished packs lie, one folder each. */
  readonly packs: string;
  /** Scratch space on the same file system, so that a finished pack can be renamed into place. */
  readonly scratch: string;
}

/** Reads the weight file of a record; `folder` is scratch space. */
export type PackFetcher = (record: PackRecord, folder: string) => Promise<Uint8Array>;

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
    const pack = convert(record, await fetcher(record, download));
    assertPinned(record, pack);
    const finished = join(scratch, 'pack');
    await writePack(finished, record, pack);
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

async function writePack(folder: string, record: PackRecord, pack: Pack): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, WEIGHTS_FILE), pack.weights);
  await writeFile(join(folder, 'manifest.json'), manifestText(record, pack));
}

/** Whether the manifest is the one that this record would give and the weights have the pinned hash. */
async function isUpToDate(record: PackRecord, target: string): Promise<boolean> {
  try {
    const weights = await readFile(join(target, WEIGHTS_FILE));
    const manifest = await readFile(join(target, 'manifest.json'), 'utf8');
    const { tensors } = JSON.parse(manifest) as { tensors: Pack['tensors'] };
    const sha256 = createHash('sha256').update(weights).digest('hex');
    return sha256 === record.output.sha256 && manifest === manifestText(record, { tensors, weights, sha256 });
  } catch {
    return false;
  }
}

const manifestText = (record: PackRecord, pack: Pack): string =>
  `${JSON.stringify(manifestOf(record, pack))}\n`;

function assertPinned({ output }: PackRecord, { weights, sha256 }: Pack): void {
  if (weights.byteLength === output.bytes && sha256 === output.sha256) return;
  throw new PackError(
    `The converted weights are not the pinned ones.\n  expected ${output.sha256} (${String(output.bytes)} bytes)\n` +
      `  received ${sha256} (${String(weights.byteLength)} bytes)`,
  );
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
