/** @file The folder of cases that `python/build.py` writes. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runPython } from './environment.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** From the root. */
const CASES = '.cache/exports';
const STAMP = join(ROOT, CASES, 'stamp.txt');

/** A case by its names. */
export interface CaseName {
  readonly network: string;
  /** Exporter or tool, and the operator set: `dynamo-18`. */
  readonly variant: string;
  /** Folders, as paths of addresses from the root. */
  readonly networkPath: string;
  readonly variantPath: string;
  /** Why the tool could not make it, else `null`. */
  readonly error: string | null;
}

/** Makes the cases, unless the scripts that make them are the same as last time. */
export function ensureCases(python: string): void {
  const wanted = hashOfSources();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
  console.log('Exporting the networks ...');
  rmSync(join(ROOT, CASES), { recursive: true, force: true });
  mkdirSync(join(ROOT, CASES), { recursive: true });
  runPython(python, 'build.py', [join(ROOT, CASES)]);
  writeFileSync(STAMP, wanted);
}

function hashOfSources(): string {
  const folder = join(ROOT, 'scripts/exports/python');
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    if (/\.(py|txt)$/.test(name)) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}

/** All cases, also those that could not be made. */
export function listCases(): readonly CaseName[] {
  return folders(join(ROOT, CASES)).flatMap((network) => {
    const networkPath = `/${CASES}/${network}`;
    return folders(join(ROOT, networkPath)).map((variant): CaseName => {
      const variantPath = `${networkPath}/${variant}`;
      const error = join(ROOT, variantPath, 'error.txt');
      const problem = existsSync(error) ? readFileSync(error, 'utf8') : null;
      return { network, variant, networkPath, variantPath, error: problem };
    });
  });
}

function folders(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}
