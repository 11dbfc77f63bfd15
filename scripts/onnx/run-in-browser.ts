/** @file Runs the node tests of ONNX in headless Chromium, many cases per page, each with a limit on its time. */
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from '@playwright/test';
import { createServer, type ViteDevServer } from 'vite';
import type { BackendName } from '../../src/core/device.ts';
import type { ConformanceResult } from '../../src/testing/onnx/conformance-case.ts';
import { CHROMIUM_FLAGS, ensureChromium } from '../chromium.mjs';
import { encodeCase } from './encoded-case.ts';
import { readCase } from './node-data.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Cases that travel into the page at once. */
const BATCH = 40;

/** For the page to open: the first time the server bundles tfjs. */
const OPENING_MS = 180_000;

/** What came of a back-end: results in the order of the names, or why it is not there. */
export type BackendRun =
  | { readonly status: 'ran'; readonly results: readonly ConformanceResult[] }
  | { readonly status: 'skipped'; readonly reason: string };

export interface ConformanceSite {
  run(backend: BackendName, names: readonly string[], limitMs: number): Promise<BackendRun>;
  close(): Promise<void>;
}

/** Serves the page of the tests and starts a browser. */
export async function openConformanceSite(): Promise<ConformanceSite> {
  const server = await createServer({
    root: ROOT,
    configFile: `${ROOT}vite.config.ts`,
    logLevel: 'warn',
    server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
  });
  await server.listen();
  const browser = await chromium.launch({ executablePath: await ensureChromium(), args: CHROMIUM_FLAGS });
  const address = `${addressOf(server)}/scripts/onnx/conformance.html`;
  return {
    run: (backend, names, limitMs) => runCases({ browser, address, backend, limitMs }, names),
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

function addressOf(server: ViteDevServer): string {
  const address = server.httpServer?.address();
  if (address === null || address === undefined || typeof address === 'string')
    throw new Error('The server of the tests has no port.');
  return `http://127.0.0.1:${address.port}`;
}

interface Where {
  readonly browser: Browser;
  readonly address: string;
  readonly backend: BackendName;
  readonly limitMs: number;
}

async function runCases(where: Where, names: readonly string[]): Promise<BackendRun> {
  const results: ConformanceResult[] = [];
  while (results.length < names.length) {
    const tab = await openTab(where, (result) => results.push(result));
    try {
      if (tab.refusal !== null) return { status: 'skipped', reason: tab.refusal };
      while (results.length < names.length) {
        const before = results.length;
        const batch = names.slice(before, before + BATCH);
        const problem = await tab.run(batch);
        if (problem === null) continue;
        const name = names[results.length];
        if (name === undefined) break;
        // The page is stuck or gone: this case is to blame, and the rest gets a fresh page.
        results.push({ name, ops: [], status: 'failed', reason: problem });
        break;
      }
    } finally {
      await tab.page.close();
    }
  }
  return { status: 'ran', results };
}

interface Tab {
  readonly page: Page;
  readonly refusal: string | null;
  /** Returns what stopped the page in the middle of the batch, else `null`. */
  run(names: readonly string[]): Promise<string | null>;
}

async function openTab(
  { browser, address, backend, limitMs }: Where,
  report: (result: ConformanceResult) => void,
) {
  const page = await browser.newPage();
  let progressed = (): void => undefined;
  await page.exposeFunction('graftReport', (result: ConformanceResult) => {
    report(result);
    progressed();
  });
  await page.goto(address, { timeout: OPENING_MS });
  await page.waitForFunction(() => 'graftConformance' in window, undefined, { timeout: OPENING_MS });
  const refusal = await page.evaluate((name) => window.graftConformance.open(name), backend);
  const tab: Tab = {
    page,
    refusal,
    run: async (names) => {
      const cases = names.map((name) => encodeCase(readCase(name)));
      const watch = watchdog(limitMs);
      progressed = watch.reset;
      const work = page
        .evaluate((batch) => window.graftConformance.run(batch), cases)
        .then(
          () => null,
          (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
        );
      try {
        return await Promise.race([work, watch.expired]);
      } finally {
        watch.stop();
      }
    },
  };
  return tab;
}

/** Resolves with a sentence if `reset` is not called for the given time. */
function watchdog(limitMs: number) {
  let resolve: (problem: string) => void = () => undefined;
  const expired = new Promise<string>((done) => {
    resolve = done;
  });
  const start = () => setTimeout(() => resolve(`took longer than ${limitMs / 1000} s`), limitMs);
  let timer = start();
  return {
    expired,
    reset: () => {
      clearTimeout(timer);
      timer = start();
    },
    stop: () => clearTimeout(timer),
  };
}
