import { expect, test } from 'vitest';
import { findModel } from './catalogue.ts';
import { readKept } from './download.ts';
import { listModels } from './load-trunk.ts';
import { tensorsOf } from './pack-graph.ts';
import { packBytes, parseIndex, parseManifest, type TensorsNetwork } from './pack-manifest.ts';
import { isPackKept, loadPack, presentPacks } from './pack.ts';
import { MemoryPartStore } from './part-store.ts';
import { siteRoot } from './site-root.ts';

const signal = new AbortController().signal;
const folder = new URL('backbones/mobilenet-v3-small/', siteRoot());

test('what is no manifest, or one of another format, has an error of its own', () => {
  expect(() => parseManifest('m', '<!doctype html>')).toThrow(
    expect.objectContaining({ code: 'weights-fetch' }),
  );
  const unsupported = expect.objectContaining({ code: 'model-unsupported' }) as Error;
  expect(() => parseManifest('m', '{"format":1,"files":{}}')).toThrow(unsupported);
  expect(() => parseManifest('m', '{"format":2}')).toThrow(unsupported);
  expect(() => parseIndex('i', '{"format":2}')).toThrow(unsupported);
});

test('the bundled pack is the trunk of MobileNetV3-Small', async () => {
  const tensors = tensorsOf(await loadPack(folder, { signal }));
  // torchvision: 927 008 parameters in `features`, and the running statistics of its 34 BatchNorms (12 112 numbers).
  const values = [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
  expect(values).toBe(927_008 + 12_112);
  expect(tensors.get('features.0.0.weight')?.shape).toEqual([16, 3, 3, 3]);
  expect(tensors.get('features.12.0.weight')?.shape).toEqual([576, 96, 1, 1]);
  expect([...tensors.keys()].filter((name) => !name.startsWith('features.'))).toEqual([]);
});

test('the catalogue tells size and shape of each pack for pictures', async () => {
  const index = parseIndex('index', await (await fetch(new URL('backbones/index.json', siteRoot()))).text());
  const bundled = index.packs.filter((pack) => pack.bundled).map(({ id }) => id);
  expect(bundled).toEqual(['mobilenet-v3-small', 'mobilenet-v2-coco', 'use-lite', 'speech-embedding']);
  for (const { id } of index.packs.filter(({ task }) => task === 'image')) {
    const { card } = findModel(id);
    const { manifest } = await loadPack(new URL(`backbones/${id}/`, siteRoot()), { signal });
    const { network } = manifest;
    const input = network.kind === 'graph-model' ? network.image : (network as TensorsNetwork);
    expect([card.sizeBytes, card.licence]).toEqual([packBytes(manifest), manifest.licence]);
    expect([card.inputSize, card.featureSize]).toEqual([input?.inputSize, input?.featureSize]);
  }
});

test('the bytes of all files are counted together', async () => {
  const seen: number[] = [];
  const totals = new Set<number | undefined>();
  const { manifest } = await loadPack(new URL('backbones/mobilenet-v2-coco/', siteRoot()), {
    signal,
    onProgress: ({ loadedBytes, totalBytes }) => {
      seen.push(loadedBytes);
      totals.add(totalBytes);
    },
  });
  expect([...totals]).toEqual([packBytes(manifest)]);
  expect(seen.at(-1)).toBe(packBytes(manifest));
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
});

test('a pack that is not there is an error', async () => {
  const absent = new URL('backbones/absent/', siteRoot());
  await expect(loadPack(absent, { signal })).rejects.toMatchObject({ code: 'weights-fetch' });
});

test('a pack with a store is kept, and then there without a network', async () => {
  const store = new MemoryPartStore();
  expect(await isPackKept(folder, store)).toBe(false);
  const { manifest } = await loadPack(folder, { signal, store });
  expect(await isPackKept(folder, store)).toBe(true);
  for (const [name, { bytes, sha256 }] of Object.entries(manifest.files)) {
    expect(await readKept(new URL(name, folder).href, { store, sha256 })).toHaveLength(bytes);
  }
  expect(await isPackKept(new URL('backbones/absent/', siteRoot()), store)).toBe(false);
  expect(await presentPacks(new URL('absent/', siteRoot()))).toEqual(new Set());
});

test('the catalogue lists the bundled models first and says what is on the web', async () => {
  const cards = await listModels();
  expect(cards.slice(0, 2).map(({ id, availability, cached }) => [id, availability, cached])).toEqual([
    ['mobilenet-v3-small', 'bundled', true],
    ['mobilenet-v2-coco', 'bundled', true],
  ]);
  const web = cards.filter(({ availability }) => availability === 'web').map(({ id }) => id);
  const present = await presentPacks(new URL('backbones/', siteRoot()));
  expect(web).toHaveLength(present.has('efficientnet-lite0') ? 8 : 7);
  expect(web.includes('efficientnet-lite0')).toBe(present.has('efficientnet-lite0'));
  expect(cards.every(({ headOnly }) => !headOnly)).toBe(true);
});
