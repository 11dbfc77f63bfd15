import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStaticServer, listen } from './static-server.mjs';

let folder: string;
let server: Server;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'static-'));
  const root = join(folder, 'site');
  await mkdir(join(root, 'assets'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(root, 'index.html'), '<p>home</p>');
  await writeFile(join(root, 'empty.txt'), '');
  await writeFile(join(root, 'assets', 'index-AbCd_12-.js'), '0123456789');
  await writeFile(join(root, 'a b.wasm'), 'wasm');
  await writeFile(join(root, 'manifest.webmanifest'), '{}');
  await symlink(join(folder, 'secret.txt'), join(root, 'link.txt'));
  server = createStaticServer({ root });
  port = await listen(server, 0);
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

/** Sends the path as it is: `fetch` would tidy up `..` first. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET', to = port) {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; body: string }>(
    (resolve, reject) => {
      request({ host: 'localhost', port: to, path, method, headers }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      })
        .on('error', reject)
        .end();
    },
  );
}

test.each([
  ['/', 'text/html; charset=utf-8', 'no-cache'],
  ['/?step=use', 'text/html; charset=utf-8', 'no-cache'],
  ['/a%20b.wasm', 'application/wasm', 'no-cache'],
  ['/manifest.webmanifest', 'application/manifest+json; charset=utf-8', 'no-cache'],
  ['/assets/index-AbCd_12-.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
])('%s is %s, kept: %s', async (path, type, cache) => {
  const { status, headers } = await get(path);
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': type,
    'cache-control': cache,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  });
});

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/..%5csecret.txt',
  '/assets/../../secret.txt',
  '/link.txt',
  '/%00',
  '/%zz',
  '/assets',
  '/assets/',
  '/absent.js',
  '//etc/passwd',
])('%s is not found', async (path) => {
  const { status, body } = await get(path);
  expect([status, body]).toEqual([404, 'Not found']);
});

test.each([
  ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
  ['bytes=7-', 206, '789', 'bytes 7-9/10'],
  ['bytes=-3', 206, '789', 'bytes 7-9/10'],
  ['bytes=5-999', 206, '56789', 'bytes 5-9/10'],
  ['bytes=10-', 416, '', 'bytes */10'],
  ['bytes=0-1,3-4', 200, '0123456789', undefined],
  ['lines=1-2', 200, '0123456789', undefined],
])('the range %s answers %i', async (range, status, body, contentRange) => {
  const answer = await get('/assets/index-AbCd_12-.js', { Range: range });
  expect([answer.status, answer.body, answer.headers['content-range']]).toEqual([status, body, contentRange]);
});

test('an unchanged file is not sent again; HEAD sends no body; only reading is allowed', async () => {
  const { headers } = await get('/');
  expect((await get('/', { 'If-None-Match': String(headers.etag) })).status).toBe(304);
  expect(await get('/', {}, 'HEAD')).toMatchObject({ status: 200, body: '' });
  expect((await get('/', {}, 'POST')).status).toBe(405);
  expect(await get('/empty.txt')).toMatchObject({ status: 200, body: '' });
});

test('a plain host sends no isolation headers, and a taken port is an error that says what to do', async () => {
  const plain = createStaticServer({ root: join(folder, 'site'), isolated: false });
  await expect(listen(plain, port)).rejects.toThrow(/in use.*PORT=/);
  const plainPort = await listen(plain, 0);
  expect((await get('/', {}, 'GET', plainPort)).headers['cross-origin-opener-policy']).toBeUndefined();
  await new Promise((resolve) => plain.close(resolve));
});

test('a page is sent with the policy in its head, a script with that of workers, other files with none', async () => {
  const root = join(folder, 'site');
  const meta = `<meta http-equiv="Content-Security-Policy" content="default-src 'self'" />`;
  await writeFile(join(root, 'page.html'), meta);
  const policy = async (path: string) => (await get(path)).headers['content-security-policy'];
  expect(await policy('/page.html')).toBe("default-src 'self'; frame-ancestors 'none'");
  expect(await policy('/assets/index-AbCd_12-.js')).toMatch(/^default-src 'none'; script-src 'self' blob:/);
  expect(await policy('/')).toBeUndefined();
  expect(await policy('/a%20b.wasm')).toBeUndefined();
});
