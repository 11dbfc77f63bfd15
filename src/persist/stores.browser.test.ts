import { expect, test } from 'vitest';
import type { BlobStore } from './blob-store.ts';
import { openIndexedDbStore } from './indexeddb-store.ts';
import { createMemoryStore } from './memory-store.ts';
import { openOpfsStore } from './opfs-store.ts';

const KINDS: [string, () => Promise<BlobStore>][] = [
  ['opfs', () => openOpfsStore(`test-${crypto.randomUUID()}`)],
  ['indexeddb', () => openIndexedDbStore(`test-${crypto.randomUUID()}`)],
  ['memory', () => Promise.resolve(createMemoryStore())],
];

const text = async (blob: Blob | null) => (blob === null ? null : await blob.text());
const bytes = (value: string) => new TextEncoder().encode(value);

test.each(KINDS)('%s keeps, replaces, lists and deletes records', async (kind, open) => {
  const store = await open();
  expect(store.kind).toBe(kind);
  expect(await store.read('a/none.bin')).toBeNull();
  await store.write('a/one.bin', bytes('one'));
  await store.write('a/b/two.bin', new Blob(['two']));
  await store.write('ab/three.bin', bytes('three'));
  await store.write('a/one.bin', bytes('eins'));
  expect(await text(await store.read('a/one.bin'))).toBe('eins');
  expect((await store.list('a')).sort()).toEqual(['a/b/two.bin', 'a/one.bin']);
  expect(await store.list('nowhere')).toEqual([]);
  await store.delete('a/one.bin');
  await store.delete('a/one.bin');
  expect(await store.list('a')).toEqual(['a/b/two.bin']);
  await store.deleteAll('a');
  await store.deleteAll('a');
  expect(await store.list('a')).toEqual([]);
  expect(await text(await store.read('ab/three.bin'))).toBe('three');
  await store.write('a/again.bin', bytes('again'));
  expect(await text(await store.read('a/again.bin'))).toBe('again');
});

test.each([
  ['opfs', openOpfsStore],
  ['indexeddb', openIndexedDbStore],
])('%s keeps records for the next opening', async (_kind, open) => {
  const name = `test-${crypto.randomUUID()}`;
  await (await open(name)).write('x/y.bin', bytes('kept'));
  expect(await text(await (await open(name)).read('x/y.bin'))).toBe('kept');
});

test('opfs writes from a worker, whole and fast', async () => {
  const worker = new Worker(new URL('./stores.test-worker.ts', import.meta.url), { type: 'module' });
  const result = await new Promise<{ kind: string; text: string; ms: number; pending: number }>((resolve) => {
    worker.onmessage = (event: MessageEvent<{ kind: string; text: string; ms: number; pending: number }>) =>
      resolve(event.data);
  });
  worker.terminate();
  console.log(`opfs from a worker: ${result.ms.toFixed(2)} ms per 50 kB record`);
  expect(result).toMatchObject({ kind: 'opfs', text: 'second', pending: 0 });
});
