import { expect, test } from 'vitest';
import { findModel } from './catalogue.ts';
import { listModels } from './load-trunk.ts';
import { packBytes, parseIndex, parseManifest } from './pack-manifest.ts';
import { loadPack, tensorsOf } from './pack.ts';
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

test('the catalogue tells size and shape of each bundled pack', async () => {
  const index = parseIndex('index', await (await fetch(new URL('backbones/index.json', siteRoot()))).text());
  const bundled = index.packs.filter((pack) => pack.bundled).map(({ id }) => id);
  expect(bundled).toEqual(['mobilenet-v3-small', 'mobilenet-v2-coco']);
  for (const id of bundled) {
    const { card } = findModel(id);
    const { manifest } = await loadPack(new URL(`backbones/${id}/`, siteRoot()), { signal });
    const { network } = manifest;
    const input = network.kind === 'graph-model' ? network.image : network;
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

test('the catalogue lists the bundled models first and says what is on the web', async () => {
  const cards = await listModels();
  expect(cards.slice(0, 2).map(({ id, availability, cached }) => [id, availability, cached])).toEqual([
    ['mobilenet-v3-small', 'bundled', true],
    ['mobilenet-v2-coco', 'bundled', true],
  ]);
  expect(cards.filter(({ availability }) => availability === 'web')).toHaveLength(7);
  expect(cards.every(({ availability, headOnly }) => headOnly === (availability === 'web'))).toBe(true);
});
