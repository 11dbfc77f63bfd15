import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { compileBinary, compileKernels, KERNEL_BINARIES, KERNELS_OUT } from './kernels.mjs';

const read = async (name: string) => new Uint8Array(await readFile(join(KERNELS_OUT, `${name}.wasm`)));

beforeAll(compileKernels, 60_000);

// Node 20 has no relaxed SIMD; the browsers that the tests run in have it.
const readable = KERNEL_BINARIES.filter((name) => !name.endsWith('relaxed'));

test.each(readable)('%s: imports a memory and nothing else, exports its functions', async (name) => {
  const module = await WebAssembly.compile(await read(name));
  expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
  const functions = WebAssembly.Module.exports(module)
    .filter(({ kind }) => kind === 'function')
    .map((one) => one.name);
  const ofThreads = name.startsWith('shared') ? ['close', 'runTogether', 'serve'] : [];
  expect(functions.sort()).toEqual(['runAlone', ...ofThreads].sort());
});

test('the same sources give the same bytes', async () => {
  expect(Buffer.compare(await compileBinary('simd'), await read('simd'))).toBe(0);
}, 60_000);
