import { afterEach, beforeEach, expect, test } from 'vitest';
import { startFlakyServer } from '../../scripts/testing/flaky-server.ts';
import type { FlakyServer } from '../../scripts/testing/flaky-server.ts';
import type { DownloadProgress } from '../core/model-card.ts';
import { MemoryPartStore } from './part-store.ts';
import { isWebGraphKept, loadWebGraph } from './web-graph.ts';
import type { WebGraphOptions } from './web-graph.ts';

const MODEL_JSON = {
  format: 'graph-model',
  modelTopology: { node: [] },
  weightsManifest: [
    {
      paths: ['group1-shard1of2', 'group1-shard2of2'],
      weights: [
        { name: 'a', shape: [2, 3], dtype: 'float32' },
        { name: 'b', shape: [4], dtype: 'int32' },
        { name: 'c', shape: [8], dtype: 'float32', quantization: { dtype: 'uint8', min: 0, scale: 1 } },
      ],
    },
  ],
};
const WEIGHTS = Uint8Array.from({ length: 24 + 16 + 8 }, (_, i) => i);

let server: FlakyServer;
let options: WebGraphOptions & { store: MemoryPartStore };
let model: { url: string; query: string };
const file = (bytes: Uint8Array) => ({ bytes, etag: '"1"' });
const json = (value: unknown) => file(new TextEncoder().encode(JSON.stringify(value)));

beforeEach(async () => {
  server = await startFlakyServer();
  server.files = {
    '/toy/model.json': json(MODEL_JSON),
    '/toy/group1-shard1of2': file(WEIGHTS.subarray(0, 40)),
    '/toy/group1-shard2of2': file(WEIGHTS.subarray(40)),
  };
  model = { url: `${server.url}/toy`, query: '?tfjs-format=file' };
  options = { signal: new AbortController().signal, store: new MemoryPartStore(), retryDelayMs: 1 };
});
afterEach(() => server.close());

test('joins the weight files, reports one progress, and works offline afterwards', async () => {
  const progress: DownloadProgress[] = [];
  expect(await isWebGraphKept(model, options.store)).toBe(false);
  const first = await loadWebGraph(model, { ...options, onProgress: (event) => progress.push(event) });
  expect(first).toEqual({ json: MODEL_JSON, weights: WEIGHTS });
  const total = JSON.stringify(MODEL_JSON).length + 48;
  expect(progress.at(-1)).toEqual({ loadedBytes: total, totalBytes: total });
  expect(await isWebGraphKept(model, options.store)).toBe(true);

  await server.close();
  const second = await loadWebGraph(model, options);
  expect(second).toEqual(first);
});

test('half a model is not kept as a whole one', async () => {
  delete server.files['/toy/group1-shard2of2'];
  await expect(loadWebGraph(model, options)).rejects.toMatchObject({ code: 'weights-fetch' });
  expect(await isWebGraphKept(model, options.store)).toBe(false);
  server.files['/toy/group1-shard2of2'] = file(WEIGHTS.subarray(40));
  server.ranges.length = 0;
  await loadWebGraph(model, options);
  expect(server.ranges).toHaveLength(1);
});

test('other weights than the description says are an error, and are forgotten', async () => {
  server.files['/toy/group1-shard2of2'] = file(WEIGHTS.subarray(41));
  await expect(loadWebGraph(model, options)).rejects.toMatchObject({ code: 'weights-hash' });
  expect(await isWebGraphKept(model, options.store)).toBe(false);
});

test.each([
  ['a page instead of a description', file(new TextEncoder().encode('<html>'))],
  ['a layers model', json({ format: 'layers-model', modelTopology: {} })],
  [
    'a weight without a fixed size',
    json({
      ...MODEL_JSON,
      weightsManifest: [{ paths: [], weights: [{ name: 's', shape: [1], dtype: 'string' }] }],
    }),
  ],
])('%s is not supported', async (_, description) => {
  server.files['/toy/model.json'] = description;
  await expect(loadWebGraph(model, options)).rejects.toMatchObject({ code: 'model-unsupported' });
});

test('nobody there: offline', async () => {
  await server.close();
  await expect(loadWebGraph(model, { ...options, attempts: 1 })).rejects.toMatchObject({ code: 'offline' });
});

test('what came first must come again, also after it was lost on this device', async () => {
  await loadWebGraph(model, options);
  const shard = `${model.url}/group1-shard1of2${model.query}`;
  await options.store.delete(shard);
  server.files['/toy/group1-shard1of2'] = file(WEIGHTS.subarray(0, 40).map((value) => value + 1));
  await expect(loadWebGraph(model, options)).rejects.toMatchObject({ code: 'weights-hash' });
  server.files['/toy/group1-shard1of2'] = file(WEIGHTS.subarray(0, 40));
  expect((await loadWebGraph(model, options)).weights).toEqual(WEIGHTS);
});

test('what is no model is neither kept nor expected to come again', async () => {
  const sound = server.files['/toy/model.json']!;
  server.files['/toy/model.json'] = file(new TextEncoder().encode('<!doctype html>'));
  await expect(loadWebGraph(model, options)).rejects.toMatchObject({ code: 'model-unsupported' });
  server.files['/toy/model.json'] = sound;
  expect((await loadWebGraph(model, options)).weights).toEqual(WEIGHTS);
});
