/** @file Knows whether `dist/` was built from the sources as they are now. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const SOURCES = [
  'app',
  'src',
  'public',
  'index.html',
  'package-lock.json',
  'tsconfig.base.json',
  'vite.config.ts',
];
const IGNORED = /\.test\.tsx?$/;
const STAMP = join('.cache', 'build-stamp');

/**
 * @param {string} root
 * @returns {Promise<boolean>}
 */
export async function isBuilt(root) {
  if (!existsSync(join(root, 'dist', 'index.html'))) return false;
  const stamp = await readFile(join(root, STAMP), 'utf8').catch(() => '');
  return stamp === (await hashSources(root));
}

/**
 * Call it before a build, so that one that fails half-way does not pass for a whole one.
 * @param {string} root
 */
export function forgetBuild(root) {
  return rm(join(root, STAMP), { force: true });
}

/** @param {string} root */
export async function stampBuild(root) {
  await mkdir(join(root, '.cache'), { recursive: true });
  await writeFile(join(root, STAMP), await hashSources(root));
}

/** @param {string} root */
async function hashSources(root) {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const path of await filesBelow(root, source)) {
      hash.update(`${path}\0`).update(await readFile(join(root, path)));
    }
  }
  return hash.digest('hex');
}

/**
 * Paths of files, sorted, so that the hash does not depend on the file system.
 * @param {string} root
 * @param {string} path
 * @returns {Promise<string[]>}
 */
async function filesBelow(root, path) {
  const entries = await readdir(join(root, path), { withFileTypes: true }).catch(() => null);
  if (entries === null) return existsSync(join(root, path)) ? [path] : [];
  const names = entries.map((entry) => entry.name).sort();
  const nested = await Promise.all(names.map((name) => filesBelow(root, `${path}/${name}`)));
  return nested.flat().filter((file) => !IGNORED.test(file));
}
