import { expect, test } from 'vitest';
import { hostileZips } from '../testing/files/hostile.ts';
import { bombZip, zipOf } from '../testing/files/zips.ts';
import { readZip } from './read-zip.ts';
import { writeZip } from './write-zip.ts';

const never = new AbortController().signal;
const text = (content: string) => new TextEncoder().encode(content);

async function collect(bytes: Uint8Array<ArrayBuffer> | Blob, signal = never) {
  const items = [];
  for await (const item of readZip(new Blob([bytes]), signal)) items.push(item);
  return items;
}

test('what is packed comes out the same', async () => {
  const packed = await writeZip(
    [
      { path: 'a/one.txt', read: () => Promise.resolve(text('one')) },
      { path: 'b/二.txt', read: () => Promise.resolve(new Blob(['two'])) },
    ],
    never,
  );
  const items = await collect(packed);
  expect(items.map((item) => item.path)).toEqual(['a/one.txt', 'b/二.txt']);
  expect(await Promise.all(items.map(async (item) => new TextDecoder().decode(await item.read())))).toEqual([
    'one',
    'two',
  ]);
});

test('every hostile zip is refused by name', async () => {
  for (const { name, bytes, code } of await hostileZips()) {
    let seen: string | undefined;
    try {
      for (const item of await collect(bytes)) seen = item.problem?.code;
    } catch (thrown) {
      seen = (thrown as { code: string }).code;
    }
    expect(seen, name).toBe(code);
  }
});

test('one bad entry does not spoil the others', async () => {
  const items = await collect(
    await zipOf([
      { path: '../up.txt', bytes: text('bad') },
      { path: 'a/C:\\x.txt', bytes: text('bad') },
      { path: 'a/good.txt', bytes: text('good') },
    ]),
  );
  expect(items.map((item) => item.problem?.code)).toEqual(['zip-unsafe-path', 'zip-unsafe-path', undefined]);
  expect(new TextDecoder().decode(await items[2]!.read())).toBe('good');
});

test('what systems leave behind is not told', async () => {
  const paths = ['__MACOSX/a/._x.jpg', 'a/.DS_Store', 'a/Thumbs.db', 'a/._y.jpg', 'a/y.jpg'];
  const items = await collect(await zipOf(paths.map((path) => ({ path, bytes: text('x') }))));
  expect(items.map((item) => item.path)).toEqual(['a/y.jpg']);
});

test('a size that lies is caught while unpacking', async () => {
  const bytes = await bombZip(8 << 20);
  // The claimed size stands in the local and the central header; say 100 bytes in the central one.
  const view = new DataView(bytes.buffer);
  for (let i = 0; i + 46 < bytes.length; i++) {
    if (view.getUint32(i, true) === 0x02014b50) view.setUint32(i + 24, 100, true);
  }
  const [item] = await collect(bytes);
  await expect(item!.read()).rejects.toMatchObject({
    code: expect.stringMatching(/^zip-(bomb|damaged)$/) as string,
  });
});

test('flipped bytes are damage', async () => {
  const bytes = await zipOf([{ path: 'a.txt', bytes: text('hello hello hello hello') }]);
  // The local header has 30 bytes, then a name and an extra field of the lengths at 26 and 28.
  const view = new DataView(bytes.buffer);
  bytes[30 + view.getUint16(26, true) + view.getUint16(28, true) + 2]! ^= 0xff;
  const items = await collect(bytes);
  await expect(items[0]!.read()).rejects.toMatchObject({ code: 'zip-damaged' });
});

test('stops when told to', async () => {
  const controller = new AbortController();
  controller.abort();
  await expect(
    collect(await zipOf([{ path: 'a.txt', bytes: text('x') }]), controller.signal),
  ).rejects.toMatchObject({
    code: 'cancelled',
  });
});
