import { existsSync, readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';
import { CHROMIUM_FLAGS, findChromium, ON_REAL_GPU } from './scripts/chromium.mjs';
import { kernelsPlugin } from './scripts/kernels.mjs';
import { playerPlugin } from './scripts/player.mjs';
import { policyPlugin } from './scripts/policy.mjs';
import type { PackIndex } from './src/models/pack-manifest.ts';

/** Cross-origin isolation: without these two headers WASM has one thread. The service worker adds them elsewhere. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Set by `scripts/test-packs.mjs`. */
const WITH_ALL_PACKS = process.env['GRAFT_ALL_PACKS'] === '1';

const chromium = findChromium();

/** Packs that are large or for few: the service worker keeps them only once somebody chose them. */
const optionalPacks = readIndex().packs.filter(({ bundled }) => !bundled);

function readIndex(): Pick<PackIndex, 'packs'> {
  const path = new URL('public/backbones/index.json', import.meta.url);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as PackIndex) : { packs: [] };
}

/** Installable and offline: the service worker keeps every file of the built site. */
const pwa = VitePWA({
  strategies: 'injectManifest',
  srcDir: 'src/service-worker',
  filename: 'service-worker.ts',
  injectRegister: false,
  // The globs below find the icons anyway.
  includeManifestIcons: false,
  manifest: {
    id: 'graft',
    name: 'Graft',
    short_name: 'Graft',
    description: 'Graft a new skill onto a pre-trained model, in the page you are looking at.',
    lang: 'en',
    start_url: './',
    scope: './',
    display: 'standalone',
    background_color: '#FBFAF6',
    theme_color: '#2F7D4F',
    categories: ['education', 'productivity', 'utilities'],
    icons: [
      { src: 'icons/icon.svg', sizes: 'any', type: 'image/svg+xml' },
      { src: 'icons/icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: 'icons/icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: 'icons/icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
  },
  injectManifest: {
    globPatterns: ['**/*'],
    globIgnores: [
      '**/*.map',
      'service-worker.js',
      ...optionalPacks.map(({ id }) => `backbones/${id}/!(manifest.json)`),
    ],
    maximumFileSizeToCacheInBytes: 40_000_000,
    // Names with a hash need no second revision.
    dontCacheBustURLsMatching: /^assets\//,
  },
});

export default defineConfig({
  // Relative: `dist/` works from any path of any static host.
  base: './',
  // A missing file is a 404, as on a static host, and not the page: a test that asked for one had the whole app built.
  appType: 'mpa',
  plugins: [kernelsPlugin(), playerPlugin(), policyPlugin(), react(), pwa],
  // Workers are built by themselves, with plugins of their own.
  worker: { format: 'es', plugins: () => [playerPlugin()] },
  // Found only when they are imported dynamically, and then the dev server and the tests would load a second tfjs-core.
  optimizeDeps: {
    include: [
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-core/dist/register_all_gradients.js',
      '@tensorflow/tfjs-backend-cpu',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js',
      '@tensorflow/tfjs-backend-webgl',
      '@tensorflow/tfjs-backend-webgpu',
    ],
  },
  build: { target: 'es2023', chunkSizeWarningLimit: 2000 },
  server: { headers: ISOLATION },
  preview: { headers: ISOLATION },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['{src,app,scripts,bench}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.browser.test.{ts,tsx}', '**/*.oracle.test.ts'],
        },
      },
      {
        // Against other runtimes on whole models, which are fetched first: `npm run test:packs`.
        extends: true,
        test: {
          name: 'packs',
          environment: 'node',
          include: ['scripts/packs/*.oracle.test.ts'],
          testTimeout: 300_000,
        },
      },
      {
        // What was exported, in Python, which is installed first: `npm run test:exports`.
        extends: true,
        test: {
          name: 'exports',
          environment: 'node',
          include: ['scripts/exports/*.oracle.test.ts'],
          testTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['{src,app}/**/*.browser.test.{ts,tsx}'],
          // A step of each whole trunk on each back-end takes minutes in software: `npm run test:packs`, with all packs.
          exclude: WITH_ALL_PACKS ? [] : ['src/models/training-step.browser.test.ts'],
          testTimeout: 60_000,
          // The tests do more where the back-ends of the GPU are not computed in software.
          env: { VITE_REAL_GPU: ON_REAL_GPU ? '1' : '' },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { ...(chromium && { executablePath: chromium }), args: CHROMIUM_FLAGS },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
