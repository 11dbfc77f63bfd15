/**
 * @file Looks at `dist/` as a stranger's browser would: the first script is small and free of tfjs, and everything
 * that the page needs offline is there. Prints one line per assertion and `N passed, N failed`.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ROOT } from './npm.mjs';
import { policyIn } from './policy.mjs';

const ENTRY_LIMIT_BYTES = 200_000;
/** Names of tfjs that survive minification, because they are strings: kernels and back-ends. */
const TFJS_MARKS = ['FusedConv2D', 'DepthwiseConv2dNative', 'registerBackend', 'setWasmPaths'];
const DIST = join(ROOT, 'dist');

/** @type {{ what: string, ok: boolean }[]} */
const results = [];
/** @type {(ok: boolean, what: string) => void} */
const expect = (ok, what) => {
  results.push({ what, ok });
};

const html = await readFile(join(DIST, 'index.html'), 'utf8');
const files = (await readdir(DIST, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => relative(DIST, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));

const eager = await eagerScripts(html);
const eagerCode = (await Promise.all(eager.map((path) => readFile(join(DIST, path), 'utf8')))).join('\n');
const eagerBytes = gzipSync(eagerCode).byteLength;
expect(eager.length > 0, `the page has a script (${eager.join(', ')})`);
expect(
  eagerBytes < ENTRY_LIMIT_BYTES,
  `the scripts that the page waits for are below ${ENTRY_LIMIT_BYTES} bytes gzipped (${eagerBytes})`,
);
for (const mark of TFJS_MARKS) expect(!eagerCode.includes(mark), `no tfjs in them ("${mark}")`);

const worker = files.find((path) => /^assets\/worker-[\w-]+\.js$/.test(path));
expect(worker !== undefined, `the engine's worker is a chunk of its own (${worker})`);
expect(!files.some((path) => path.endsWith('.ts')), 'no source file was copied as it is');
const wasm = files.filter((path) => path.endsWith('.wasm'));
expect(wasm.length >= 3, `the WASM binaries are there: plain, SIMD, threads (${wasm.length})`);
expect(
  !/(src|href)="\//.test(html),
  'addresses in index.html are relative, so that any folder of a host will do',
);
const policy = policyIn(html) ?? '';
expect(
  policy !== '' && html.indexOf('Content-Security-Policy') < html.indexOf('<script'),
  'the page has a policy',
);
expect(
  !/unsafe-inline|'unsafe-eval'|https?:/.test(policy),
  'its policy lets in nothing inline and no other host',
);
const outside = /(?:src|href)="https?:/.exec(html);
expect(outside === null, 'index.html loads nothing from elsewhere');

/** @type {{ packs: { id: string, bundled: boolean }[] }} */
const { packs } = JSON.parse(await readFile(join(DIST, 'backbones', 'index.json'), 'utf8'));
for (const id of ['mobilenet-v3-small', 'mobilenet-v2-coco']) {
  const listed = packs.some((pack) => pack.bundled && pack.id === id);
  expect(listed && existsSync(join(DIST, 'backbones', id, 'manifest.json')), `the model ${id} is there`);
}
expect(existsSync(join(DIST, 'manifest.webmanifest')), 'the page can be installed (manifest.webmanifest)');
const serviceWorker = await readFile(join(DIST, 'service-worker.js'), 'utf8').catch(() => '');
for (const path of files.filter((file) => isNeededOffline(file))) {
  expect(serviceWorker.includes(`"${path}"`), `kept for offline use: ${path}`);
}

for (const { what, ok } of results) {
  if (!ok || process.argv.includes('--verbose')) console.log(`${ok ? 'ok  ' : 'FAIL'} ${what}`);
}
const failed = results.filter(({ ok }) => !ok).length;
console.log(`Build: ${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** @param {string} path */
function isNeededOffline(path) {
  const optional = packs.some(({ id, bundled }) => !bundled && path.startsWith(`backbones/${id}/`));
  return (
    path !== 'service-worker.js' && !path.endsWith('.map') && (!optional || path.endsWith('/manifest.json'))
  );
}

/**
 * The scripts that run before the page shows anything: those of index.html and what they import statically.
 * @param {string} page
 */
async function eagerScripts(page) {
  const queue = [
    ...page.matchAll(/<(?:script[^>]*\ssrc|link[^>]*modulepreload[^>]*\shref)="\.\/([^"]+\.js)"/g),
  ].map(([, path = '']) => path);
  const seen = new Set(queue);
  for (const path of queue) {
    const code = await readFile(join(DIST, path), 'utf8');
    for (const [, name = ''] of code.matchAll(/(?:import|from)\s*["']\.\/([^"']+\.js)["']/g)) {
      const next = `assets/${name}`;
      if (!seen.has(next)) queue.push(next);
      seen.add(next);
    }
  }
  return [...seen];
}
