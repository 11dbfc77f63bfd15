/** @file Python with the pinned packages, in a virtual environment below `.cache`. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = join(ROOT, 'scripts/exports/python');
const ENVIRONMENT = join(ROOT, '.cache/exports-venv');
/** Written as the last act of an installation, so that an interrupted one does not count. */
const STAMP = join(ENVIRONMENT, 'installed.txt');

/** PyTorch of the pinned version needs this. */
const MINIMUM = [3, 10];

/** The command of a Python that can make virtual environments, or why there is none. */
export function findPython(): { readonly command: string } | { readonly missing: string } {
  for (const command of ['python3', 'python']) {
    const code = 'import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1])';
    const { status, stdout } = spawnSync(command, ['-c', code], { encoding: 'utf8' });
    if (status !== 0) continue;
    const [major = 0, minor = 0] = stdout.trim().split(' ').map(Number);
    if (major > 3 || (major === 3 && minor >= (MINIMUM[1] ?? 0))) return { command };
  }
  return { missing: `no Python ${MINIMUM.join('.')} or newer with venv and pip` };
}

/**
 * Installs what `requirements.txt` pins, unless exactly that is there. Returns the environment's Python.
 * @throws {Error} if the packages cannot be installed.
 */
export function ensureEnvironment(python: string): string {
  const requirements = join(SOURCES, 'requirements.txt');
  const wanted = readFileSync(requirements, 'utf8');
  const own = join(ENVIRONMENT, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return own;
  console.log('Installing PyTorch and the exporters below .cache ...');
  rmSync(ENVIRONMENT, { recursive: true, force: true });
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  run(python, ['-m', 'venv', ENVIRONMENT]);
  run(own, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements]);
  writeFileSync(STAMP, wanted);
  return own;
}

/** Runs one of the scripts in `python/`. What it prints is shown only if it fails. */
export function runPython(python: string, script: string, args: readonly string[]): void {
  run(python, [join(SOURCES, script), ...args]);
}

function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (status === 0) return;
  const said = `${stdout}\n${stderr}`.trim().slice(-4000);
  throw new Error(`${command} ${args.join(' ')} failed.\n${error?.message ?? ''}${said}`);
}
