/** @file A server of static files, with Node only. */
import { createReadStream, readFileSync } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';
import { policyIn } from './policy.mjs';

/** @type {Record<string, string>} */
const TYPES = {
  '.bin': 'application/octet-stream',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** Together they isolate the page from other origins, which the browser asks for before it gives WASM threads. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** What a worker may do that has its script from here. @type {{ policy: string }} */
const WORKERS = JSON.parse(
  readFileSync(new URL('../src/service-worker/worker-policy.json', import.meta.url), 'utf8'),
);

/** Files with a hash in their name never change. */
const HASHED = /\/assets\/[^/]+-[\w-]{8}\.\w+$/;

/**
 * @typedef {object} StaticServerOptions
 * @property {string} root Folder to serve; nothing outside it is reachable.
 * @property {boolean} [isolated] Whether to send the headers of isolation and policy; false behaves like a simple host.
 * Default true.
 */

/**
 * A server that is not listening yet.
 * @param {StaticServerOptions} options
 */
export function createStaticServer({ root, isolated = true }) {
  return createServer((request, response) => {
    answer(root, isolated, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
}

/**
 * @param {string} root
 * @param {boolean} isolated
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(root, isolated, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const path = await resolveFile(root, request.url ?? '/');
  if (path === null) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Not found');
    return;
  }
  const { size, mtimeMs } = await stat(path);
  const etag = `"${size.toString(16)}-${Math.trunc(mtimeMs).toString(16)}"`;
  /** @type {Record<string, string | number>} */
  const headers = {
    ...(isolated ? { ...ISOLATION, ...(await policyFor(path)) } : {}),
    'Accept-Ranges': 'bytes',
    'Cache-Control': HASHED.test(path.replaceAll(sep, '/'))
      ? 'public, max-age=31536000, immutable'
      : 'no-cache',
    'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
    'X-Content-Type-Options': 'nosniff',
    ETag: etag,
  };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const range = readRange(request.headers.range, size);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...headers, 'Content-Range': `bytes */${size}` }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  if (range) headers['Content-Range'] = `bytes ${start}-${end}/${size}`;
  response.writeHead(range ? 206 : 200, { ...headers, 'Content-Length': end - start + 1 });
  if (request.method === 'HEAD' || size === 0) {
    response.end();
    return;
  }
  const stream = createReadStream(path, { start, end });
  stream.on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}

/**
 * The policy of a page, as it has it in its head, and of what runs a script as a worker.
 * @param {string} path
 * @returns {Promise<Record<string, string>>}
 */
async function policyFor(path) {
  const header = 'Content-Security-Policy';
  if (extname(path) === '.js') return { [header]: WORKERS.policy };
  const policy = extname(path) === '.html' ? policyIn(await readFile(path, 'utf8')) : null;
  // Who may frame the page cannot be said in its head.
  return policy === null ? {} : { [header]: `${policy}; frame-ancestors 'none'` };
}

/**
 * The file that a request means, `null` if there is none inside the root.
 * @param {string} root
 * @param {string} url
 * @returns {Promise<string | null>}
 */
async function resolveFile(root, url) {
  try {
    const pathname = decodeURIComponent(new URL(url, 'http://host').pathname);
    if (pathname.includes('\0') || pathname.includes('\\')) return null;
    const base = await realpath(root);
    const wanted = join(base, pathname);
    // Resolved links too must stay inside.
    const path = await realpath(pathname.endsWith('/') ? join(wanted, 'index.html') : wanted);
    return path.startsWith(base + sep) && (await stat(path)).isFile() ? path : null;
  } catch {
    return null;
  }
}

/**
 * One range of bytes; `null` (the whole file) for none, several, or what is no range.
 * @param {string | undefined} header
 * @param {number} size
 * @returns {{ start: number, end: number } | 'unsatisfiable' | null}
 */
function readRange(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const [, first = '', last = ''] = match;
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end ? 'unsatisfiable' : { start, end };
}

/**
 * Listens on this machine. Without a port: a fixed one if it is free (what people keep in the browser belongs to an
 * address with its port), then its neighbours, then any.
 * @param {import('node:http').Server} server
 * @param {number | undefined} port
 * @param {string} [host]
 * @returns {Promise<number>} The port.
 */
export async function listen(server, port, host = 'localhost') {
  const candidates = port === undefined ? [...Array.from({ length: 10 }, (_, i) => 5710 + i), 0] : [port];
  for (const candidate of candidates) {
    if (await tryListen(server, candidate, host)) {
      const address = server.address();
      return typeof address === 'object' && address ? address.port : candidate;
    }
  }
  throw new Error(`Port ${port} is in use. Choose another one, for example: PORT=8080 npm start`);
}

/**
 * @param {import('node:http').Server} server
 * @param {number} port
 * @param {string} host
 * @returns {Promise<boolean>} False if the port is taken.
 */
function tryListen(server, port, host) {
  return new Promise((resolve, reject) => {
    /** @param {NodeJS.ErrnoException} error */
    const fail = (error) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error));
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve(true);
    });
  });
}
