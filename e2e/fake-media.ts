/** @file What Chromium's fake camera and microphone give, and browsers in which they are refused or absent. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type LaunchOptions, type Page } from '@playwright/test';
import { CHROMIUM_FLAGS, findChromium } from '../scripts/chromium.mjs';

/** Flags of a browser whose camera and microphone cannot be had, by the problem that the page names. */
export const CAPTURE_PROBLEMS = [
  ['refused', ['--use-fake-device-for-media-stream', '--deny-permission-prompts']],
  ['absent', ['--use-fake-ui-for-media-stream']],
] as const;

/** For `test.use`: the fake device plays this file, over and over. */
export function playing(device: 'video' | 'audio', ending: string, bytes: () => Uint8Array) {
  return [
    async (
      { launchOptions }: { launchOptions: LaunchOptions },
      use: (options: LaunchOptions) => Promise<void>,
    ) => {
      const folder = await mkdtemp(join(tmpdir(), 'graft-capture-'));
      const file = join(folder, `${device}.${ending}`);
      await writeFile(file, bytes());
      const args = [...(launchOptions.args ?? []), `--use-file-for-fake-${device}-capture=${file}`];
      await use({ ...launchOptions, args });
      await rm(folder, { recursive: true });
    },
    { scope: 'worker' },
  ] as const;
}

/** Runs in a browser of its own, in English. */
export async function inBrowserWith(
  flags: readonly string[],
  act: (page: Page) => Promise<void>,
): Promise<void> {
  const executablePath = findChromium();
  const browser = await chromium.launch({
    args: [...CHROMIUM_FLAGS, ...flags],
    ...(executablePath !== undefined && { executablePath }),
  });
  try {
    await act(await browser.newPage({ locale: 'en-GB' }));
  } finally {
    await browser.close();
  }
}
