/** @file A host that sends no headers of its own, and then no host at all: the service worker makes up for both. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createStaticServer, listen } from '../../scripts/static-server.mjs';
import { expect, test } from '../fixtures.ts';

let site: string;
let server: Server;
let address: string;

test.beforeEach(async () => {
  site = await mkdtemp(join(tmpdir(), 'graft-site-'));
  await cp(fileURLToPath(new URL('../../dist', import.meta.url)), site, { recursive: true });
  server = createStaticServer({ root: site, isolated: false });
  address = `http://localhost:${String(await listen(server, 0))}/`;
});
test.afterEach(async () => {
  await stop();
  await rm(site, { recursive: true });
});

async function stop(): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

test('a plain host: the page isolates itself with one reload, then works with the host gone', async ({
  page,
}) => {
  let loads = 0;
  page.on('load', () => loads++);
  await page.goto(address);
  await expect.poll(() => loads, { timeout: 60_000 }).toBe(2);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);

  await stop();
  await page.reload();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const offline = await page.evaluate(async () => {
    const model = await fetch('backbones/mobilenet-v3-small/model.safetensors');
    return { status: model.status, bytes: (await model.arrayBuffer()).byteLength };
  });
  expect(offline).toEqual({ status: 200, bytes: 1_897_384 });
  await expect(page.getByText(/MobileNetV3/).first()).toBeVisible();
  expect(loads).toBe(3);
});

test('a page in which somebody has begun is not reloaded', async ({ page }) => {
  let loads = 0;
  page.on('load', () => loads++);
  // The service worker is held back until the person has done something.
  await page.addInitScript(() => {
    const register = navigator.serviceWorker.register.bind(navigator.serviceWorker);
    navigator.serviceWorker.register = async (...args) => {
      await new Promise((resolve) => addEventListener('keydown', resolve, { once: true }));
      return register(...args);
    };
  });
  await page.goto(address);
  await page.keyboard.press('Tab');
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, null, { timeout: 60_000 });
  await page.evaluate(() => new Promise(requestAnimationFrame));
  expect(loads).toBe(1);
  await page.reload();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});

test('a new version is announced, waits, and is used when the page is opened next', async ({ page }) => {
  let loads = 0;
  page.on('load', () => loads++);
  await page.goto(address);
  await expect.poll(() => loads, { timeout: 60_000 }).toBe(2);

  await change('index.html', '<title>Graft</title>', '<title>Graft, renewed</title>');
  await change('service-worker.js', /[0-9a-f]{32}(?="[^}]*"index\.html")/, '0'.repeat(32));
  await page.reload();
  await expect(page.getByText('A new version of Graft is ready')).toBeVisible({ timeout: 30_000 });
  await expect(page).toHaveTitle('Graft');

  await page.getByRole('button', { name: 'Reload the page' }).click();
  await expect(page).toHaveTitle('Graft, renewed');
  await page.reload();
  await expect(page).toHaveTitle('Graft, renewed');
});

/** Puts another version of a file on the host. */
async function change(name: string, from: string | RegExp, to: string): Promise<void> {
  const path = join(site, name);
  const before = await readFile(path, 'utf8');
  const after = before.replace(from, to);
  expect(after === before, `${name} holds ${String(from)}`).toBe(false);
  await writeFile(path, after);
}

test('the page can be installed', async ({ page }) => {
  await page.goto(address);
  const href = await page.locator('link[rel=manifest]').getAttribute('href');
  const response = await page.request.get(new URL(href ?? '', address).href);
  expect(response.headers()['content-type']).toContain('application/manifest+json');
  const manifest = (await response.json()) as {
    icons: { src: string }[];
    start_url: string;
    display: string;
  };
  expect([manifest.start_url, manifest.display]).toEqual(['./', 'standalone']);
  for (const { src } of manifest.icons) {
    expect((await page.request.get(new URL(src, address).href)).status(), src).toBe(200);
  }
});
