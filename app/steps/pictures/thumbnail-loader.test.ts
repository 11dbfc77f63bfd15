import { beforeEach, expect, it, vi } from 'vitest';
import { ThumbnailLoader } from './thumbnail-loader.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

function setUp(capacity = 3, batchSize = 4) {
  const asked: string[][] = [];
  const open = new Set<string>();
  let made = 0;
  const loader = new ThumbnailLoader({
    fetch: (ids) => {
      asked.push([...ids]);
      return Promise.resolve(ids.map((id) => (id.startsWith('gone') ? null : new Blob([id]))));
    },
    createUrl: () => {
      const url = `blob:${made++}`;
      open.add(url);
      return url;
    },
    revokeUrl: (url) => open.delete(url),
    capacity,
    batchSize,
  });
  return { loader, asked, open, settle: () => vi.runAllTimersAsync() };
}

const nothing = () => undefined;

it('asks for the cells of one scroll in one batch and tells each', async () => {
  const { loader, asked, settle } = setUp();
  const told: string[] = [];
  for (const id of ['a', 'b', 'c']) loader.show(id, () => told.push(id));
  await settle();
  expect(asked).toEqual([['a', 'b', 'c']]);
  expect(told).toEqual(['a', 'b', 'c']);
  expect(loader.get('a')).toEqual({ status: 'ready', url: 'blob:0' });
});

it('sends the latest first and leaves out what was given back', async () => {
  const { loader, asked, settle } = setUp(100, 2);
  const back = ['a', 'b', 'c', 'd', 'e'].map((id) => loader.show(id, nothing));
  back[0]!();
  await settle();
  expect(asked).toEqual([
    ['d', 'e'],
    ['b', 'c'],
  ]);
});

it('asks once for a picture that is shown twice', async () => {
  const { loader, asked, settle } = setUp();
  loader.show('a', nothing);
  loader.show('a', nothing);
  await settle();
  expect(asked).toEqual([['a']]);
});

it('revokes the longest unseen when there are too many, never one that is shown', async () => {
  const { loader, open, settle } = setUp(3, 10);
  loader.show('kept', nothing);
  const back = ['a', 'b', 'c', 'd'].map((id) => loader.show(id, nothing));
  await settle();
  expect(open.size).toBe(5);
  for (const giveBack of back) giveBack();
  expect(['a', 'b', 'c', 'd'].map((id) => loader.get(id) !== undefined)).toEqual([false, false, true, true]);
  expect(loader.get('kept')).toBeDefined();
  expect(open.size).toBe(3);
});

it('says so when a picture is gone', async () => {
  const { loader, settle } = setUp();
  loader.show('gone', nothing);
  await settle();
  expect(loader.get('gone')).toEqual({ status: 'gone' });
});

it('revokes everything at the end', async () => {
  const { loader, open, settle } = setUp();
  for (const id of ['a', 'b']) loader.show(id, nothing);
  await settle();
  loader.dispose();
  expect(open.size).toBe(0);
  expect(loader.get('a')).toBeUndefined();
});
