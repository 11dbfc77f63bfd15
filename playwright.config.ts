import { defineConfig, devices } from '@playwright/test';
import { CHROMIUM_FLAGS, findChromium, PLAIN_FLAGS } from './scripts/chromium.mjs';

/** One port per run, the same in every process of it: the workers inherit the variable. */
const port = (process.env['GRAFT_E2E_PORT'] ??= String(20_000 + (process.pid % 20_000)));
const executablePath = findChromium();

const launchOptions = (flags: readonly string[]) => ({
  args: [
    ...flags,
    // Chromium's own fake camera; tests of the camera journey give it a video.
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
  ],
  ...(executablePath !== undefined && { executablePath }),
});

/** As on a computer without a GPU: there, measuring the GPU back-ends in software takes most of a journey's time. */
const WITHOUT_GPU = [...PLAIN_FLAGS, '--disable-3d-apis'];

export default defineConfig({
  testDir: 'e2e/journeys',
  // Each journey really trains on all cores; two at once would only wait for each other.
  workers: 1,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  outputDir: 'test-results',
  use: {
    baseURL: `http://localhost:${port}/`,
    launchOptions: launchOptions(WITHOUT_GPU),
    locale: 'en-GB',
    // A trace of each step makes the journeys a third longer: `npm run e2e -- --trace retain-on-failure` when one fails.
    trace: 'off',
    screenshot: 'only-on-failure',
    contextOptions: { reducedMotion: 'reduce' },
  },
  projects: [
    {
      name: 'desktop',
      testIgnore: /phone\..*/,
      use: { viewport: { width: 1280, height: 800 } },
    },
    {
      name: 'phone',
      testMatch: /phone\..*\.spec\.ts|first-model\.spec\.ts/,
      use: { ...devices['Pixel 7'] },
    },
    {
      name: 'every back-end',
      testMatch: /first-model\.spec\.ts/,
      use: { viewport: { width: 1280, height: 800 }, launchOptions: launchOptions(CHROMIUM_FLAGS) },
    },
  ],
  webServer: {
    command: 'node scripts/serve.mjs',
    env: { PORT: port },
    url: `http://localhost:${port}/`,
    reuseExistingServer: false,
  },
});
