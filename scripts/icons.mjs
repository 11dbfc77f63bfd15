/** @file `npm run icons`: draws the PNG icons of the web app manifest from `public/icons/icon.svg`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { ensureChromium } from './chromium.mjs';
import { ROOT } from './npm.mjs';

const FOLDER = join(ROOT, 'public', 'icons');
const PAPER = '#fbfaf6';

const svg = await readFile(join(FOLDER, 'icon.svg'), 'utf8');
const browser = await chromium.launch({ executablePath: await ensureChromium(), args: ['--no-sandbox'] });
try {
  await draw('icon-192.png', 192, 192);
  await draw('icon-512.png', 512, 512);
  // A mask may cut away all but the middle 80 %; the paper goes on to the edge.
  await draw('icon-maskable-512.png', 512, 384, PAPER);
  await draw('apple-touch-icon.png', 180, 180, PAPER);
} finally {
  await browser.close();
}

/**
 * @param {string} name
 * @param {number} side Of the picture, px.
 * @param {number} mark Side of the drawing in its middle, px.
 * @param {string} [background]
 */
async function draw(name, side, mark, background = 'transparent') {
  const page = await browser.newPage({ viewport: { width: side, height: side } });
  await page.setContent(
    `<body style="margin:0;height:100vh;display:grid;place-items:center;background:${background}">` +
      `<div style="width:${mark}px;height:${mark}px">${svg}</div></body>`,
  );
  await page.screenshot({ path: join(FOLDER, name), omitBackground: background === 'transparent' });
  await page.close();
}
