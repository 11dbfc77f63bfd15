import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onnxFile } from '../../testing/onnx/write-model.ts';
import { onnxNet, onnxWithExternalData, teachableFiles } from '../../testing/own-models.ts';
import { MemoryPartStore } from '../part-store.ts';
import { fetchModel } from './fetch-model.ts';
import { MODEL_LIMIT_BYTES, unpacked } from './model-files.ts';
import { readModel } from './read-model.ts';

const external = onnxWithExternalData();
const FILES = new Map<string, Uint8Array<ArrayBuffer>>([
  ['/a/net.onnx', onnxFile(onnxNet())],
  ['/b/net.onnx', external.model],
  ['/b/net.onnx.data', external.data],
  ...teachableFiles(['x', 'y']).map(({ path, bytes }) => [`/tm/${path}?key=1`, bytes] as const),
]);

let server: Server;
let root = '';
const asked: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/huge.onnx') {
      response.writeHead(200, { 'Content-Length': String(MODEL_LIMIT_BYTES * 2) });
      response.write(new Uint8Array(1000));
      return;
    }
    const bytes = FILES.get(request.url ?? '');
    response.writeHead(bytes === undefined ? 404 : 200);
    response.end(bytes);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function fetched(url: string, store = new MemoryPartStore()) {
  const signal = new AbortController().signal;
  const seen: number[] = [];
  const onProgress = ({ loadedBytes }: { loadedBytes: number }) => void seen.push(loadedBytes);
  const model = await fetchModel(url, { signal, store, onProgress, retryDelayMs: 1 });
  return { ...model, seen, source: await readModel(await unpacked(model.files, signal)) };
}

test('an address of an ONNX file brings it, and the files beside it', async () => {
  expect((await fetched(`${root}/a/net.onnx`)).source).toMatchObject({ format: 'onnx', name: 'net' });
  const { source, seen } = await fetched(` ${root}/b/net.onnx#part `);
  expect(source.files.map(({ name }) => name)).toEqual(['model.onnx', 'net.onnx.data']);
  expect(seen.at(-1)).toBe(external.model.byteLength + external.data.byteLength);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});

test('an address of a folder is that of its model.json, and its query goes along', async () => {
  const { source } = await fetched(`${root}/tm/?key=1`);
  // Its classes are in a file that model.json does not name.
  expect(source).toMatchObject({ format: 'teachable-machine', labels: ['x', 'y'] });
  expect(asked).toContain('/tm/weights.bin?key=1');
});

test('what was fetched is kept until it is let go', async () => {
  const store = new MemoryPartStore();
  const url = `${root}/a/net.onnx`;
  const { forget } = await fetched(url, store);
  const before = asked.length;
  await fetched(url, store);
  expect(asked.length).toBe(before);
  await forget();
  expect(await store.meta(url)).toBeNull();
});

test.each([
  ['ftp://example.org/a.onnx', 'url-invalid'],
  ['just words', 'url-invalid'],
  ['javascript:alert(1)', 'url-invalid'],
  ['http://127.0.0.1:1/a.onnx', 'url-blocked'],
  ['/missing.onnx', 'weights-fetch'],
  ['/huge.onnx', 'model-too-large'],
])('%s is refused as %s', async (url, code) => {
  await expect(fetched(url.startsWith('/') ? root + url : url)).rejects.toMatchObject({ code });
});
