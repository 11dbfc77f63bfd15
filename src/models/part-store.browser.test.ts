import { afterEach, describe, expect, test } from 'vitest';
import { MemoryPartStore, openPartStore } from './part-store.ts';
import type { PartStore } from './part-store.ts';

const URL_A = 'https://example.test/a?x=1&y=2';
const URL_B = 'https://example.test/a?x=1';

const stores: Record<string, () => Promise<PartStore>> = {
  'the browser cache': openPartStore,
  memory: () => Promise.resolve(new MemoryPartStore()),
};

describe.each(Object.entries(stores))('%s', (_, open) => {
  let store: PartStore;
  afterEach(async () => {
    for (const url of [URL_A, URL_B]) await store.delete(url);
  });

  test('gives parts back in order, by address, until they are deleted', async () => {
    store = await open();
    expect(await store.meta(URL_A)).toBeNull();
    await store.append(URL_A, Uint8Array.of(1, 2), { validator: '"v"', parts: 1, bytes: 2 });
    await store.append(URL_A, Uint8Array.of(3), { validator: '"v"', parts: 2, bytes: 3 });
    await store.append(URL_B, Uint8Array.of(9), { validator: null, parts: 1, bytes: 1 });
    await store.seal(URL_A, { validator: '"v"', parts: 2, bytes: 3, sha256: 'ff' });

    const meta = await store.meta(URL_A);
    expect(meta).toEqual({ validator: '"v"', parts: 2, bytes: 3, sha256: 'ff' });
    expect(await store.parts(URL_A, meta!)).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3)]);
    await store.delete(URL_A);
    expect(await store.meta(URL_A)).toBeNull();
    expect(await store.meta(URL_B)).toMatchObject({ bytes: 1 });
  });

  test('a pin outlives what it was set for', async () => {
    store = await open();
    expect(await store.pinned(URL_A)).toBeNull();
    await store.pin(URL_A, 'ff');
    await store.delete(URL_A);
    expect([await store.pinned(URL_A), await store.pinned(URL_B)]).toEqual(['ff', null]);
  });

  test('starting anew replaces the first part', async () => {
    store = await open();
    await store.append(URL_A, Uint8Array.of(1), { validator: '1', parts: 1, bytes: 1 });
    await store.append(URL_A, Uint8Array.of(7, 8), { validator: '2', parts: 1, bytes: 2 });
    expect(await store.parts(URL_A, (await store.meta(URL_A))!)).toEqual([Uint8Array.of(7, 8)]);
  });
});

test('parts survive a reload: another opening finds them', async () => {
  const first = await openPartStore();
  await first.append(URL_A, Uint8Array.of(5), { validator: null, parts: 1, bytes: 1 });
  const second = await openPartStore();
  expect(await second.parts(URL_A, (await second.meta(URL_A))!)).toEqual([Uint8Array.of(5)]);
  await second.delete(URL_A);
});
