import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Size, gzipped, of the scripts that `index.html` itself loads: the entry and what it preloads. */
export async function entryScriptBytes(siteFolder: string): Promise<number> {
  const html = await readFile(join(siteFolder, 'index.html'), 'utf8');
  const paths = [...html.matchAll(/(?:src|href)="\.?\/?([^"]+\.js)"/g)].map((match) => match[1] ?? '');
  const sizes = await Promise.all(
    paths.map(async (path) => gzipSync(await readFile(join(siteFolder, path))).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
