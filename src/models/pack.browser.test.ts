import { expect, test } from 'vitest';
import { findModel } from './catalogue.ts';
import { listModels } from './load-trunk.ts';
import { loadPack, parseManifest, readWeights } from './pack.ts';
import type { PackManifest } from './pack.ts';
import { siteRoot } from './site-root.ts';

const signal = new AbortController().signal;
const folder = new URL('backbones/mobilenet-v3-small/', siteRoot());

const MANIFEST: PackManifest = {
  format: 1,
  id: 'toy',
  architecture: 'mobilenet-v3-small',
  inputSize: 4,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  batchNormEpsilon: 1e-3,
  featureSize: 2,
  weights: 'weights.bin',
  bytes: 12,
  sha256: '',
  tensors: [
    { name: 'half', shape: [2], offset: 0, dtype: 'float16' },
    { name: 'single', shape: [2, 1], offset: 4, dtype: 'float32' },
  ],
};

test('widens float16 and reads float32', () => {
  // IEEE 754: 0x3e00 = 1.5, 0xc000 = -2; 0x3e800000 = 0.25, 0xc1200000 = -10.
  const bytes = Uint8Array.of(0x00, 0x3e, 0x00, 0xc0, 0, 0, 0x80, 0x3e, 0, 0, 0x20, 0xc1);
  const weights = readWeights(MANIFEST, bytes);
  expect(weights.get('half')).toEqual({ shape: [2], data: Float32Array.of(1.5, -2) });
  expect(weights.get('single')).toEqual({ shape: [2, 1], data: Float32Array.of(0.25, -10) });
});

test('a tensor outside the file is an error', () => {
  expect(() => readWeights(MANIFEST, new Uint8Array(8))).toThrow(/single ends at byte 12/);
});

test('what is no manifest, or one of another format, has an error of its own', () => {
  expect(() => parseManifest('m', '<!doctype html>')).toThrow(
    expect.objectContaining({ code: 'weights-fetch' }),
  );
  expect(() => parseManifest('m', '{"format":2,"tensors":[]}')).toThrow(
    expect.objectContaining({ code: 'model-unsupported' }),
  );
});

test('the bundled pack is the trunk of MobileNetV3-Small, and the catalogue tells its size', async () => {
  const { manifest, weights } = await loadPack(folder, { signal });
  // torchvision: 927 008 parameters in `features`, and the running statistics of its 34 BatchNorms (12 112 numbers).
  const values = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  expect(values).toBe(927_008 + 12_112);
  expect(weights.get('features.0.0.weight')?.shape).toEqual([16, 3, 3, 3]);
  expect(weights.get('features.12.0.weight')?.shape).toEqual([576, 96, 1, 1]);
  expect([...weights.keys()].filter((name) => !name.startsWith('features.'))).toEqual([]);
  const { card } = findModel('mobilenet-v3-small');
  expect([card.sizeBytes, card.featureSize]).toEqual([manifest.bytes, manifest.featureSize]);
});

test('a pack that is not there is an error', async () => {
  const absent = new URL('backbones/absent/', siteRoot());
  await expect(loadPack(absent, { signal })).rejects.toMatchObject({ code: 'weights-fetch' });
});

test('the catalogue lists the bundled model first and says what is on the web', async () => {
  const cards = await listModels();
  expect(cards.map(({ id, availability, cached }) => ({ id, availability, cached }))[0]).toEqual({
    id: 'mobilenet-v3-small',
    availability: 'bundled',
    cached: true,
  });
  expect(cards.filter(({ availability }) => availability === 'web')).toHaveLength(7);
  expect(cards.every(({ availability, headOnly }) => headOnly === (availability === 'web'))).toBe(true);
});
