/** @file The page as a fixture, watched for what no journey may cause: console errors and requests to elsewhere. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import type { SampleKind } from '../src/core/tasks.ts';
import { patternJpeg, PATTERNS } from '../src/testing/files/pictures.ts';
import { TUNES, tuneWav } from '../src/testing/files/sounds.ts';
import type { Language } from './pages/copy.ts';
import { GraftPage } from './pages/graft-page.ts';

interface Options {
  /** Language of the browser, and so of the page. */
  language: Language;
  /** What the project of the journey is about, and so the words of the page. */
  kind: SampleKind;
  /** Console errors that a journey provokes on purpose. */
  expectedErrors: readonly RegExp[];
}

interface Fixtures {
  graft: GraftPage;
  /** A folder of pictures that can be learned: `classes` subfolders of `perClass` JPEGs. Removed afterwards. */
  pictureFolder: (classes: number, perClass: number) => Promise<string>;
  /** The same of sounds, as WAV files; the classes are the first tunes of `src/testing/files/sounds.ts`. */
  soundFolder: (classes: number, perClass: number) => Promise<string>;
}

export const test = base.extend<Options & Fixtures>({
  language: ['en', { option: true }],
  kind: ['picture', { option: true }],
  expectedErrors: [[], { option: true }],
  locale: async ({ language }, use) => use(language === 'zh' ? 'zh-CN' : 'en-GB'),
  graft: async ({ page, language, kind, baseURL, expectedErrors }, use) => {
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(`console: ${message.text()}`);
    });
    page.on('request', (request) => {
      const url = new URL(request.url());
      const own = url.origin === new URL(baseURL ?? 'http://localhost').origin;
      if (!own && !['data:', 'blob:'].includes(url.protocol)) problems.push(`request: ${request.url()}`);
    });
    await use(new GraftPage(page, language, kind));
    const unexpected = problems.filter((problem) => !expectedErrors.some((pattern) => pattern.test(problem)));
    expect(unexpected, 'errors and foreign requests during the journey').toEqual([]);
  },
  pictureFolder: async ({ browserName }, use) => {
    await withFolders(browserName, use, (classIndex, index) => ({
      path: join(className(classIndex), `${index}.jpg`),
      bytes: patternJpeg(classIndex, index),
    }));
  },
  soundFolder: async ({ browserName }, use) => {
    await withFolders(browserName, use, (classIndex, index) => {
      const tune = TUNES[classIndex] ?? 'hiss';
      return { path: join(tune, `${index}.wav`), bytes: tuneWav(tune, index) };
    });
  },
});

/** Hands out a maker of folders, and removes them when the journey is over. */
async function withFolders(
  prefix: string,
  use: (make: (classes: number, perClass: number) => Promise<string>) => Promise<void>,
  fileOf: (classIndex: number, index: number) => { readonly path: string; readonly bytes: Uint8Array },
): Promise<void> {
  const folders: string[] = [];
  await use(async (classes, perClass) => {
    const root = await mkdtemp(join(tmpdir(), `graft-${prefix}-`));
    folders.push(root);
    for (let classIndex = 0; classIndex < classes; classIndex++) {
      for (let index = 0; index < perClass; index++) {
        const { path, bytes } = fileOf(classIndex, index);
        await mkdir(dirname(join(root, path)), { recursive: true });
        await writeFile(join(root, path), bytes);
      }
    }
    return root;
  });
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
}

/** Name of the n-th class of a picture folder. */
export function className(index: number): string {
  return index < PATTERNS.length ? (PATTERNS[index] ?? '') : `class ${String(index).padStart(3, '0')}`;
}

/** A file as Playwright's file fields take it. */
export function given(name: string, bytes: Uint8Array, mimeType = '') {
  return { name, mimeType, buffer: Buffer.from(bytes) };
}

export { expect } from '@playwright/test';
