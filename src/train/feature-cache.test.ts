import { describe, expect, it } from 'vitest';
import { decodeFloat16, encodeFloat16 } from '../core/float16.ts';
import { createFeatureCache } from './feature-cache.ts';

const bytes = (value: number) => new Uint8Array(100).fill(value);

function memoryStore(refuse = false) {
  const records = new Map<string, Blob>();
  return {
    records,
    read: (path: string) => Promise.resolve(records.get(path) ?? null),
    write(path: string, data: Uint8Array<ArrayBuffer> | Blob) {
      if (refuse) return Promise.reject(new Error('full'));
      records.set(path, new Blob([data]));
      return Promise.resolve();
    },
    deleteAll() {
      records.clear();
      return Promise.resolve();
    },
  };
}

describe('createFeatureCache', () => {
  it('gives back what was put, as copies', async () => {
    const cache = createFeatureCache({ budgetBytes: 1e6 });
    await cache.put('a', bytes(1));
    await cache.put('a', bytes(9));
    (await cache.get('a'))!.fill(5);
    expect(await cache.get('a')).toEqual(bytes(1));
    expect(await cache.get('b')).toBeNull();
  });

  it('spills the oldest segments and still finds their entries', async () => {
    const store = memoryStore();
    const cache = createFeatureCache({ budgetBytes: 400, segmentBytes: 200, store });
    for (let i = 0; i < 10; i++) await cache.put(`k${i}`, bytes(i));
    expect(cache.memoryBytes()).toBeLessThanOrEqual(400);
    expect(store.records.size).toBe(3);
    for (let i = 0; i < 10; i++) expect(await cache.get(`k${i}`)).toEqual(bytes(i));
  });

  it.each([undefined, memoryStore(true)])(
    'forgets the oldest where there is no room for them',
    async (store) => {
      const cache = createFeatureCache({ budgetBytes: 400, segmentBytes: 200, ...(store && { store }) });
      for (let i = 0; i < 10; i++) await cache.put(`k${i}`, bytes(i));
      expect(cache.has('k0')).toBe(false);
      expect(await cache.get('k9')).toEqual(bytes(9));
    },
  );
});

describe('float16', () => {
  it('rounds to nearest and keeps zeros, infinities and small numbers', () => {
    const values = Float32Array.from([0, -0, 1, -2.5, 65504, 1e6, 6e-8, 1 / 3]);
    // IEEE 754 binary16: 1/3 is 0x3555, 6e-8 rounds to the smallest subnormal 2^-24.
    expect([...decodeFloat16(encodeFloat16(values))]).toEqual([
      0,
      -0,
      1,
      -2.5,
      65504,
      Infinity,
      2 ** -24,
      0.333251953125,
    ]);
  });
});
