/** @file What `npm start` and `npm test` need first. Uses Node only: it runs before anything is installed. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { npmCommand, ROOT } from './npm.mjs';

const MINIMUM_NODE = [20, 19];

/** Ends the process with a sentence if this Node is too old. */
export function assertNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = MINIMUM_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  console.error(`Graft needs Node ${MINIMUM_NODE.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/** Installs the locked dependencies unless exactly they are there already. */
export async function ensureDependencies() {
  if (await matchesLock(ROOT)) return;
  console.log('Installing dependencies ...');
  run(npmCommand(['ci', '--no-audit', '--no-fund']));
}

/** Prepares the bundled models; does nothing when they are up to date. */
export function preparePacks() {
  run({ command: process.execPath, args: ['--import', 'tsx', join('scripts', 'packs.ts')], shell: false });
}

/**
 * Runs a step in the project's root, showing what it prints; ends this process if it fails.
 * @param {{ command: string, args: readonly string[], shell?: boolean }} step
 */
export function run({ command, args, shell = false }) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, shell, stdio: 'inherit' });
  if (error) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * Whether `node_modules` holds what the lock file says. npm writes `node_modules/.package-lock.json` as the last act of
 * an installation, so an interrupted one does not match.
 * @param {string} root
 */
export async function matchesLock(root) {
  const wanted = await readPackages(join(root, 'package-lock.json'));
  const installed = await readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === null || installed === null) return false;
  const present = Object.entries(installed).every(
    ([path, { version }]) =>
      wanted[path]?.version === version && existsSync(join(root, path, 'package.json')),
  );
  // Packages for other systems are in the lock, but not installed.
  const complete = Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || path in installed,
  );
  return present && complete;
}

/**
 * @param {string} path
 * @returns {Promise<Record<string, { version?: string, optional?: boolean }> | null>}
 */
async function readPackages(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8')).packages;
  } catch {
    return null;
  }
}
