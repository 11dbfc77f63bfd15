import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forgetBuild, isBuilt, stampBuild } from './build-stamp.mjs';
import { matchesLock } from './setup.mjs';

let root: string;
const put = async (path: string, text: string) => {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), text);
};
const putLock = (path: string, packages: object) => put(path, JSON.stringify({ packages }));

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'setup-'));
});
afterEach(() => rm(root, { recursive: true }));

test('dependencies match when each locked package is there in its version, or is for another system', async () => {
  const a = { 'node_modules/a': { version: '1.0.0' } };
  await putLock('package-lock.json', {
    '': {},
    ...a,
    'node_modules/other-system': { version: '2.0.0', optional: true },
  });
  expect(await matchesLock(root)).toBe(false);
  await putLock('node_modules/.package-lock.json', a);
  expect(await matchesLock(root), 'the package is not on the disk').toBe(false);
  await put('node_modules/a/package.json', '{}');
  expect(await matchesLock(root)).toBe(true);
  await putLock('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.1' } });
  expect(await matchesLock(root)).toBe(false);
  await putLock('node_modules/.package-lock.json', {});
  expect(await matchesLock(root)).toBe(false);
});

test('a build is up to date until a source changes, comes or goes; tests are no sources', async () => {
  await put('app/main.tsx', 'one');
  await put('index.html', '<html>');
  expect(await isBuilt(root)).toBe(false);
  await put('dist/index.html', '<html>');
  expect(await isBuilt(root)).toBe(false);
  await stampBuild(root);
  expect(await isBuilt(root)).toBe(true);
  await put('app/main.test.tsx', 'a test');
  expect(await isBuilt(root)).toBe(true);
  await put('public/new.svg', '<svg>');
  expect(await isBuilt(root)).toBe(false);
  await stampBuild(root);
  await put('app/main.tsx', 'two');
  expect(await isBuilt(root)).toBe(false);
  await stampBuild(root);
  await forgetBuild(root);
  expect(await isBuilt(root)).toBe(false);
});
