import { expect, it } from 'vitest';
import {
  foundInList,
  isSystemFile,
  walkDrop,
  type DropEntry,
  type DropFileEntry,
  type DropFolderEntry,
} from './walk-drop.ts';

const file = (name: string): DropFileEntry => ({
  isFile: true,
  isDirectory: false,
  name,
  file: (done) => setTimeout(() => done(new File(['x'], name))),
});

const locked = (name: string): DropFileEntry => ({
  ...file(name),
  file: (_, failed) => setTimeout(() => failed(new DOMException('', 'NotReadableError'))),
});

/** Hands out its content two at a time, as browsers do a hundred at a time. */
const folder = (name: string, inside: DropEntry[]): DropFolderEntry => ({
  isFile: false,
  isDirectory: true,
  name,
  createReader: () => {
    const rest = [...inside];
    return { readEntries: (done) => setTimeout(() => done(rest.splice(0, 2))) };
  },
});

const never = new AbortController().signal;

it('finds every file with its folders, across portions', async () => {
  const cats = folder('cats', [file('1.jpg'), file('2.jpg'), file('3.jpg'), folder('old', [file('4.jpg')])]);
  const { files, unreadable } = await walkDrop(
    { entries: [folder('pets', [cats]), file('loose.png')], files: [] },
    never,
  );
  expect(files.map(({ path }) => path)).toEqual([
    'loose.png',
    'pets/cats/1.jpg',
    'pets/cats/2.jpg',
    'pets/cats/3.jpg',
    'pets/cats/old/4.jpg',
  ]);
  expect(unreadable).toEqual([]);
});

it('leaves out what a system writes beside pictures', async () => {
  const entries = [
    folder('a', [file('.DS_Store'), file('Thumbs.db'), file('._1.jpg'), file('1.jpg')]),
    folder('__MACOSX', [file('2.jpg')]),
  ];
  const { files } = await walkDrop({ entries, files: [] }, never);
  expect(files.map(({ path }) => path)).toEqual(['a/1.jpg']);
});

it('names what could not be read and goes on', async () => {
  const entries = [folder('a', [locked('secret.jpg'), file('1.jpg')])];
  const { files, unreadable } = await walkDrop({ entries, files: [] }, never);
  expect(files.map(({ path }) => path)).toEqual(['a/1.jpg']);
  expect(unreadable).toEqual(['a/secret.jpg']);
});

it('takes files without an entry, and counts as it goes', async () => {
  const counts: number[] = [];
  const { files } = await walkDrop(
    { entries: [folder('a', [file('1.jpg')])], files: [new File([''], 'pasted.png')] },
    never,
    (count) => counts.push(count),
  );
  expect(files.map(({ path }) => path)).toEqual(['pasted.png', 'a/1.jpg']);
  expect(counts).toEqual([1, 2]);
});

it('stops when it is cancelled', async () => {
  const controller = new AbortController();
  const inside = Array.from({ length: 200 }, (_, index) => file(`${index}.jpg`));
  const walk = walkDrop({ entries: [folder('a', inside)], files: [] }, controller.signal, (count) => {
    if (count > 0) controller.abort();
  });
  await expect(walk).rejects.toMatchObject({ name: 'AbortError' });
});

it('keeps 5 000 files of one folder', async () => {
  const inside = Array.from({ length: 5000 }, (_, index) => file(`${index}.jpg`));
  const big: DropFolderEntry = {
    ...folder('big', []),
    createReader: () => {
      const rest = [...inside];
      return { readEntries: (done) => queueMicrotask(() => done(rest.splice(0, 100))) };
    },
  };
  const { files } = await walkDrop({ entries: [big], files: [] }, never);
  expect(files).toHaveLength(5000);
});

it('keeps the folders of a folder picker', async () => {
  const picked = new File([''], '1.jpg');
  Object.defineProperty(picked, 'webkitRelativePath', { value: 'pets/cats/1.jpg' });
  const plain = new File([''], '2.jpg');
  Object.defineProperty(plain, 'webkitRelativePath', { value: '' });
  const found = await foundInList([picked, plain]);
  expect(found.map(({ path }) => path)).toEqual(['pets/cats/1.jpg', '2.jpg']);
  expect(isSystemFile('desktop.ini')).toBe(true);
  expect(isSystemFile('desktop.jpg')).toBe(false);
});

it('looks at the files of a long list in slices and stops when it is cancelled', async () => {
  const slow = Array.from({ length: 50 }, (_, index) => {
    const one = new File([''], `${index}.jpg`);
    Object.defineProperty(one, 'webkitRelativePath', { value: '' });
    // As a browser that looks the file up.
    Object.defineProperty(one, 'size', {
      get() {
        const until = performance.now() + 2;
        while (performance.now() < until);
        return 1;
      },
    });
    return one;
  });
  const counts: number[] = [];
  expect(await foundInList(slow, never, (count) => counts.push(count))).toHaveLength(50);
  expect(counts.length).toBeGreaterThan(2);
  const controller = new AbortController();
  const cancelled = foundInList(slow, controller.signal, () => controller.abort());
  await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
});
