/**
 * @file What this site keeps in the browser, as the page sees it: how much, whether the browser may clear it, and the
 * end of all of it. Only what is ours is touched: a host may serve other sites from the same origin.
 */
import { MODEL_CACHE, STORE_NAME } from '../../src/index.ts';

/** `null`: the browser does not tell. */
export interface SiteStorage {
  readonly usedBytes: number | null;
  readonly quotaBytes: number | null;
  /** The browser has promised not to clear it when the disk runs short. */
  readonly persisted: boolean | null;
}

const UNKNOWN: SiteStorage = { usedBytes: null, quotaBytes: null, persisted: null };
/** Between pages of this site. */
const CHANNEL = 'graft-erased';
/** Starts of the names under which the page keeps choices: our own, and the colour scheme's of the component library. */
const CHOICES = ['graft', 'mantine-color-scheme'] as const;
/** Files of a thread that has just been ended are let go of within moments, ms. */
const LET_GO_MS = 5_000;
const ASK_AGAIN_MS = 100;

export async function readSiteStorage(): Promise<SiteStorage> {
  if (!('storage' in navigator)) return UNKNOWN;
  try {
    const { usage, quota } = await navigator.storage.estimate();
    return {
      usedBytes: usage ?? null,
      quotaBytes: quota ?? null,
      persisted: await navigator.storage.persisted(),
    };
  } catch {
    return UNKNOWN;
  }
}

/** Asks the browser to keep it when the disk runs short. Some decide by themselves, some ask the person. */
export async function askToPersist(): Promise<boolean> {
  if (!('storage' in navigator)) return false;
  return navigator.storage.persist().catch(() => false);
}

/**
 * Erases everything: projects, pictures, runs, models, choices, and the copy of the site for offline use. The engine
 * must have been ended; other pages of the site are told to end theirs.
 * @throws {DOMException} if something is held by somebody else for good.
 */
export async function eraseSite(): Promise<void> {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage('erased');
  channel.close();
  // First, or it would fetch the site again as soon as its cache is gone.
  await forgetServiceWorker();
  await eraseFiles();
  await eraseDatabase();
  for (const storage of [localStorage, sessionStorage]) {
    for (const key of Object.keys(storage)) {
      if (CHOICES.some((start) => key.startsWith(start))) storage.removeItem(key);
    }
  }
}

/** Calls back when another page of this site erases everything. */
export function onErasedElsewhere(listener: () => void): void {
  if (typeof BroadcastChannel === 'undefined') return;
  new BroadcastChannel(CHANNEL).addEventListener('message', listener);
}

async function forgetServiceWorker(): Promise<void> {
  const registration =
    'serviceWorker' in navigator ? await navigator.serviceWorker.getRegistration() : undefined;
  await registration?.unregister();
  if (typeof caches === 'undefined') return;
  // A cache of the service worker has its scope in its name.
  const scope = new URL('.', document.baseURI).href;
  for (const name of await caches.keys()) {
    if (name === MODEL_CACHE || name.endsWith(scope)) await caches.delete(name);
  }
}

async function eraseFiles(): Promise<void> {
  if (!('storage' in navigator) || !('getDirectory' in navigator.storage)) return;
  const limitMs = performance.now() + LET_GO_MS;
  for (;;) {
    try {
      const root = await navigator.storage.getDirectory();
      await root.removeEntry(STORE_NAME, { recursive: true });
      return;
    } catch (thrown) {
      const { name } = thrown as DOMException;
      if (name === 'NotFoundError' || name === 'SecurityError') return;
      if (performance.now() > limitMs) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }
}

function eraseDatabase(): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(STORE_NAME);
    request.onsuccess = () => resolve();
    // A private window may have no databases at all: then there is nothing to erase.
    request.onerror = () => resolve();
    request.onblocked = () => setTimeout(() => reject(new DOMException('Another page holds it.')), LET_GO_MS);
  });
}
