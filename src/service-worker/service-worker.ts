/**
 * @file Keeps the whole site for offline use, and isolates it from other origins where the host sends no headers for
 * that (without isolation WASM has one thread). A new version waits until a page that has just been opened asks for it.
 */
import { addPlugins, cleanupOutdatedCaches, precacheAndRoute } from 'workbox-precaching';
import type { PrecacheEntry } from 'workbox-precaching';
import { isolated } from './isolated.ts';

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: (PrecacheEntry | string)[] };

addPlugins([{ handlerWillRespond: ({ response }) => Promise.resolve(isolated(response)) }]);
precacheAndRoute(self.__WB_MANIFEST, {
  // The page's settings travel in the query; the file is the same.
  ignoreURLParametersMatching: [/.*/],
});
cleanupOutdatedCaches();

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener('message', (event) => {
  if (event.data !== 'activate-if-alone') return;
  event.waitUntil(activateIfAlone());
});

/** Other open pages still need the files of their version. */
async function activateIfAlone(): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (pages.length <= 1) await self.skipWaiting();
}
