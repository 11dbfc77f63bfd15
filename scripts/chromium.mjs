import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { npmCommand, ROOT } from './npm.mjs';

/** Flags for a quiet Chromium in a sandbox of somebody else's. */
export const PLAIN_FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** So that WebGPU and WebGL2 are there in software. */
const SOFTWARE_GPU = [
  '--use-webgpu-adapter=swiftshader',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

/** The machine's own GPU, by Vulkan: WebGL too, without a display. */
const REAL_GPU = ['--use-angle=vulkan', '--disable-vulkan-surface'];

/** Whether a real GPU was asked for (`CHROMIUM_GPU=1`): tests and benches then run the GPU's back-ends on it. */
export const ON_REAL_GPU = process.env.CHROMIUM_GPU === '1';

/** Flags under which headless Chromium offers WebGPU and WebGL2, so that all back-ends can be tested. */
export const CHROMIUM_FLAGS = [
  ...PLAIN_FLAGS,
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--ignore-gpu-blocklist',
  ...(ON_REAL_GPU ? REAL_GPU : SOFTWARE_GPU),
];

const WELL_KNOWN = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * Path of a Chromium: `CHROMIUM_PATH`, then well-known places.
 * @returns {string | undefined}
 */
export function findChromium() {
  return [process.env.CHROMIUM_PATH, ...WELL_KNOWN].find((path) => path && existsSync(path));
}

/**
 * Path of a Chromium, installed if there is none. Needs the project's dependencies.
 * @returns {Promise<string>}
 * @throws if none can be found or installed; the message says what to do.
 */
export async function ensureChromium() {
  const wanted = process.env.CHROMIUM_PATH;
  if (wanted && !existsSync(wanted))
    throw new Error(`CHROMIUM_PATH is ${wanted}, but there is no such file.`);
  const { chromium } = await import('@playwright/test');
  const find = () => findChromium() ?? [chromium.executablePath()].find((path) => existsSync(path));
  const found = find();
  if (found) return found;

  for (const [command, ...args] of installers()) {
    console.log(`No Chromium found. Trying: ${[command, ...args].join(' ')}`);
    const npx = command === 'npx' ? npmCommand(['exec', '--', ...args]) : { command, args, shell: false };
    const { status } = spawnSync(npx.command, npx.args, { cwd: ROOT, shell: npx.shell, stdio: 'inherit' });
    const installed = status === 0 && find();
    if (installed) return installed;
  }
  throw new Error('No Chromium could be found or installed. Install one and set CHROMIUM_PATH to its path.');
}

/**
 * Commands of which the last may bring a Chromium, best first.
 * @returns {[string, ...string[]][]}
 */
function installers() {
  const debianRoot = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  /** @type {[string, ...string[]]} */
  const playwright = ['npx', 'playwright', 'install', 'chromium'];
  return debianRoot
    ? [['apt-get', 'update'], ['apt-get', 'install', '-y', 'chromium', 'fonts-noto-color-emoji'], playwright]
    : [playwright];
}
