/** @file `npm run screenshot`: docs/screenshot.png, from the built site after a real training. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { CHROMIUM_FLAGS, findChromium } from '../scripts/chromium.mjs';
import { ROOT } from '../scripts/npm.mjs';
import { createStaticServer, listen } from '../scripts/static-server.mjs';
import { GraftPage } from './pages/graft-page.ts';

const server = createStaticServer({ root: join(ROOT, 'dist') });
const port = await listen(server, undefined);
const executablePath = findChromium();
const browser = await chromium.launch({
  args: CHROMIUM_FLAGS,
  ...(executablePath !== undefined && { executablePath }),
});
const page = await browser.newPage({
  viewport: { width: 1440, height: 1320 },
  locale: 'en-GB',
  reducedMotion: 'reduce',
  colorScheme: 'light',
});
const graft = new GraftPage(page);
// The first load measures every back-end.
await graft.open(`http://localhost:${port}/`, { timeout: 120_000 });
await graft.prepare.open();
await graft.prepare.takeSampleSet();
const picture = page.getByRole('main').locator('img').nth(3);
await picture.waitFor();
const thumbnail = await picture.screenshot();
await graft.fineTune.open();
await graft.fineTune.choosePreset('deep');
await graft.fineTune.teach(300_000);
await graft.live.chooseFile({ name: 'picture.png', mimeType: 'image/png', buffer: thumbnail });
await graft.live.answers();
await mkdir(join(ROOT, 'docs'), { recursive: true });
await page.screenshot({ path: join(ROOT, 'docs', 'screenshot.png') });
await browser.close();
server.close();
