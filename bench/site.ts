/** @file Builds the bench's site (the page and the bench's door), serves it and opens it in headless Chromium. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { build, preview, type PreviewServer } from 'vite';
import { CHROMIUM_FLAGS, findChromium, ON_REAL_GPU, PLAIN_FLAGS } from '../scripts/chromium.mjs';
import type { CallKind, CallParams, CallResult } from '../src/index.ts';
import type { BenchAnswer } from './bench-page.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT_DIR = `${ROOT}.cache/bench-site`;

export interface BenchSite {
  readonly address: string;
  readonly outDir: string;
  /** With WebGPU and WebGL2 in software, so that every back-end can be timed. */
  readonly browser: Browser;
  close(): Promise<void>;
}

/** Without `rebuild` an earlier build is used if there is one. */
export async function openSite(rebuild: boolean): Promise<BenchSite> {
  if (rebuild || !existsSync(`${OUT_DIR}/bench/bench.html`)) {
    await build({
      root: ROOT,
      configFile: `${ROOT}vite.config.ts`,
      logLevel: 'warn',
      build: {
        outDir: OUT_DIR,
        emptyOutDir: true,
        rolldownOptions: { input: { index: `${ROOT}index.html`, bench: `${ROOT}bench/bench.html` } },
      },
    });
  }
  const server = await preview({
    root: ROOT,
    configFile: `${ROOT}vite.config.ts`,
    logLevel: 'warn',
    build: { outDir: OUT_DIR },
    preview: { port: 0, host: '127.0.0.1' },
  });
  const browser = await chromium.launch({
    ...executable(),
    args: [...CHROMIUM_FLAGS, '--enable-blink-features=ForceEagerMeasureMemory'],
  });
  return {
    address: addressOf(server),
    outDir: OUT_DIR,
    browser,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

function executable(): { executablePath?: string } {
  const executablePath = findChromium();
  return executablePath === undefined ? {} : { executablePath };
}

function addressOf(server: PreviewServer): string {
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The bench server has no port.');
  return `http://127.0.0.1:${address.port}/`;
}

/**
 * A fresh profile in a browser as a person has it: no GPU in software, which would draw the page with the cores that
 * the engine computes on, and no private window, whose storage is a detour through another process.
 */
export function openProfile(): Promise<BrowserContext> {
  return chromium.launchPersistentContext('', {
    ...executable(),
    args: ON_REAL_GPU ? CHROMIUM_FLAGS : PLAIN_FLAGS,
    viewport: { width: 1280, height: 800 },
    locale: 'en',
  });
}

/** A fresh profile with the bench's door open. */
export async function openDoor(site: BenchSite): Promise<Page> {
  const context = await site.browser.newContext();
  const page = await context.newPage();
  page.on('pageerror', (error) => {
    console.error(`page: ${error.message}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') console.error(`page: ${message.text()}`);
  });
  await page.goto(`${site.address}bench/bench.html`);
  await page.waitForFunction(() => 'graftBench' in window);
  return page;
}

/**
 * One row of the engine's call table, called in the page.
 * @throws {Error} if the engine refused it.
 */
export async function callEngine<K extends CallKind>(
  page: Page,
  kind: K,
  params: CallParams<K>,
): Promise<{ readonly result: CallResult<K>; readonly elapsedMs: number }> {
  const { result, error, elapsedMs } = await askEngine(page, kind, params);
  if (error !== null) throw new Error(`${kind} failed: ${error}`);
  return { result: result as CallResult<K>, elapsedMs };
}

/** The same, with the failure as data; aborts the call at its first event of a kind. */
export async function askEngine<K extends CallKind>(
  page: Page,
  kind: K,
  params: CallParams<K>,
  options: { readonly abortAt?: string } = {},
): Promise<BenchAnswer<K>> {
  const request = [kind, params as unknown, options] as const;
  const answer: unknown = await page.evaluate(
    ([name, values, choices]) => window.graftBench.call(name, values as never, choices),
    request,
  );
  return answer as BenchAnswer<K>;
}
