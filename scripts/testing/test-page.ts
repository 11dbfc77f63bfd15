/** @file A page of the sources, served by Vite and opened in headless Chromium, for tests that run outside of Vitest. */
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from '@playwright/test';
import { createServer, type ViteDevServer } from 'vite';
import { CHROMIUM_FLAGS, ensureChromium } from '../chromium.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The first visit bundles the dependencies. */
const OPEN_LIMIT_MS = 180_000;

export interface TestPage {
  readonly page: Page;
  /** The address that the project's root is served at, without a slash at the end. */
  readonly address: string;
  close(): Promise<void>;
}

/** @param path From the root, with a slash in front. What the page complains about is shown. */
export async function openTestPage(path: string): Promise<TestPage> {
  const server = await createServer({
    root: ROOT,
    configFile: `${ROOT}vite.config.ts`,
    logLevel: 'warn',
    optimizeDeps: { entries: [path.slice(1)] },
    server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
  });
  await server.listen();
  const browser = await chromium.launch({ executablePath: await ensureChromium(), args: CHROMIUM_FLAGS });
  const address = addressOf(server);
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`page: ${error.message}`));
  await page.goto(`${address}${path}`, { timeout: OPEN_LIMIT_MS });
  return {
    page,
    address,
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

function addressOf(server: ViteDevServer): string {
  const address = server.httpServer?.address();
  if (address === null || address === undefined || typeof address === 'string') {
    throw new Error('The server of the test page has no port.');
  }
  return `http://127.0.0.1:${address.port}`;
}
