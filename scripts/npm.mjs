import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * How to start npm without a shell: the npm that started us if there is one, else the one on the path.
 * @param {readonly string[]} args
 * @returns {{ command: string, args: string[], shell: boolean }}
 */
export function npmCommand(args) {
  const npm = process.env.npm_execpath;
  if (npm?.endsWith('.js')) return { command: process.execPath, args: [npm, ...args], shell: false };
  const windows = process.platform === 'win32';
  return { command: windows ? 'npm.cmd' : 'npm', args: [...args], shell: windows };
}

/**
 * Runs npm and waits for it. Nothing of what it prints is shown.
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runNpm(args, cwd) {
  const npm = npmCommand(args);
  return new Promise((resolve, reject) => {
    const child = spawn(npm.command, npm.args, { cwd, shell: npm.shell, stdio: ['ignore', 'pipe', 'pipe'] });
    /** @type {Buffer[]} */
    const output = [];
    child.stdout.on('data', (/** @type {Buffer} */ chunk) => output.push(chunk));
    child.stderr.on('data', (/** @type {Buffer} */ chunk) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(output).toString() }));
  });
}
