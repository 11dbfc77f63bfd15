/**
 * @file Compiles the kernels of `src/runtime/kernels/wasm` (AssemblyScript) to WebAssembly: for memory that threads share
 * and memory that they do not, with and without relaxed SIMD (one instruction for multiply and add). Does nothing when
 * the binaries fit the sources.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './npm.mjs';

const FOLDER = 'src/runtime/kernels/wasm';
export const KERNELS_OUT = join(ROOT, FOLDER, 'build');

/**
 * Imported by a variable: its type declarations would add methods of their own to every array of the project.
 * @type {string}
 */
const COMPILER = 'assemblyscript/asc';

const COMMON = [
  ...['--runtime', 'stub', '-O3', '--converge', '--noAssert', '--importMemory', '--initialMemory', '1'],
  // Nothing here throws; without this the binary would import a function that reports it. 112: vectors as parameters of
  // functions that only the kernels call.
  ...['--use', 'abort=', '--disableWarning', '112'],
];
const SHARED = ['--sharedMemory', '--maximumMemory', '65536'];

/** Source and options of the compiler by the name of the binary. */
const BINARIES = {
  simd: ['alone.ts', '--enable', 'simd'],
  relaxed: ['alone.ts', '--enable', 'simd,relaxed-simd'],
  'shared-simd': ['together.ts', '--enable', 'simd,threads', ...SHARED],
  'shared-relaxed': ['together.ts', '--enable', 'simd,relaxed-simd,threads', ...SHARED],
};

/** @type {readonly (keyof typeof BINARIES)[]} */
export const KERNEL_BINARIES = ['simd', 'relaxed', 'shared-simd', 'shared-relaxed'];

/**
 * @throws {Error} with the compiler's messages, or if a binary holds data or variables in memory: the memory is that of
 * another module, which knows nothing of them.
 */
export async function compileKernels() {
  const stamp = await stampOfSources();
  const stampPath = join(KERNELS_OUT, 'stamp');
  const isThere = KERNEL_BINARIES.every((name) => existsSync(join(KERNELS_OUT, `${name}.wasm`)));
  if (isThere && (await readFile(stampPath, 'utf8').catch(() => '')) === stamp) return;
  await mkdir(KERNELS_OUT, { recursive: true });
  for (const name of KERNEL_BINARIES) await put(`${name}.wasm`, await compileBinary(name));
  await put('stamp', stamp);
}

/**
 * Compiles before the first module is asked for, and again when a source changes while the dev server runs.
 * @returns {import('vite').Plugin}
 */
export function kernelsPlugin() {
  return {
    name: 'graft-kernels',
    buildStart: compileKernels,
    configureServer(server) {
      server.watcher.on('change', (path) => {
        if (!path.replaceAll('\\', '/').includes(`${FOLDER}/`) || !path.endsWith('.ts')) return;
        compileKernels().catch((error) => server.config.logger.error(error.message));
      });
    },
  };
}

/**
 * @param {keyof typeof BINARIES} name
 * @returns {Promise<Uint8Array>}
 */
export async function compileBinary(name) {
  const [source = '', ...options] = BINARIES[name];
  // Loaded here: the compiler is large, and mostly everything is compiled already.
  const asc = await import(COMPILER);
  /** @type {Uint8Array | undefined} */
  let binary;
  const { error, stderr } = await asc.main(
    [`${FOLDER}/${source}`, '--outFile', 'kernels.wasm', ...COMMON, ...options],
    {
      /** @type {(name: string, base?: string) => Promise<string | null>} */
      readFile: (name, base) => readFile(join(ROOT, base ?? '', name), 'utf8').catch(() => null),
      listFiles: () => [],
      /** @type {(name: string, contents: string | Uint8Array) => void} */
      writeFile: (_name, contents) => {
        if (typeof contents !== 'string') binary = contents;
      },
    },
  );
  if (error !== null || binary === undefined) {
    throw new Error(`The kernels do not compile.\n${stderr.toString()}`, { cause: error });
  }
  const held = sections(binary).filter((id) => FORBIDDEN.has(id));
  if (held.length > 0) {
    throw new Error(`The kernels must not hold ${held.map((id) => FORBIDDEN.get(id)).join(', ')}.`);
  }
  return binary;
}

/** WebAssembly specification, section ids: what would write into, or remember places of, somebody else's memory. */
const FORBIDDEN = new Map([
  [4, 'tables'],
  [6, 'globals'],
  [8, 'a start function'],
  [9, 'table elements'],
  [11, 'data'],
]);

/**
 * Ids of the sections of a binary.
 * @param {Uint8Array} binary
 */
function sections(binary) {
  const ids = [];
  for (let at = 8; at < binary.length;) {
    ids.push(binary[at++] ?? 0);
    let size = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = binary[at++] ?? 0;
      size |= (byte & 0x7f) << shift;
      more = byte >= 0x80;
    }
    at += size;
  }
  return ids;
}

async function stampOfSources() {
  const { version } = createRequire(import.meta.url)('assemblyscript/package.json');
  const hash = createHash('sha256').update(JSON.stringify([version, COMMON, BINARIES]));
  const names = (await readdir(join(ROOT, FOLDER))).filter((name) => name.endsWith('.ts')).sort();
  for (const name of names) hash.update(`${name}\0`).update(await readFile(join(ROOT, FOLDER, name)));
  return hash.digest('hex');
}

/**
 * Whole or not at all: another process may be reading.
 * @param {string} name
 * @param {string | Uint8Array} contents
 */
async function put(name, contents) {
  const path = join(KERNELS_OUT, name);
  await writeFile(`${path}.${process.pid}`, contents);
  await rename(`${path}.${process.pid}`, path);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await compileKernels();
