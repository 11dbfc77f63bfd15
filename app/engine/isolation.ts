/**
 * @file The service worker as the page sees it: it makes the page work offline, isolates it where the host sends no
 * headers (WASM threads need that), and takes a new version when the page is opened next.
 */

export interface ServiceWorkerOptions {
  /** Settles when the page has loaded what it needs itself. */
  readonly started: Promise<unknown>;
  /** A new version is ready; it is used when the page is opened next. */
  readonly onUpdateReady?: () => void;
}

/** Set before the one reload, so that a browser that gives no isolation is not reloaded for ever. */
const RELOADED_KEY = 'graft.reloaded-for-isolation';
/** What somebody does who has begun: from then on the page is not reloaded under their hands. */
const BEGINNINGS = ['pointerdown', 'keydown', 'dragenter', 'paste'] as const;
/** How long a page that has just been opened waits for a waiting version to take over, ms. */
const TAKEOVER_LIMIT_MS = 3_000;
const TAKEOVER_ASK_MS = 200;
/** At most this long a first visit waits before everything is fetched for offline use, ms. */
const STARTED_LIMIT_MS = 30_000;

/**
 * Registers the service worker of the built site; a development server has none. Never rejects: without a service
 * worker the page works, online and with one WASM thread.
 */
export async function startServiceWorker({ started, onUpdateReady }: ServiceWorkerOptions): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const hasBegun = watchBeginning();
  try {
    await firstThingsFirst(started);
    const registration = await navigator.serviceWorker.register(
      new URL('service-worker.js', document.baseURI),
    );
    if (registration.waiting !== null && (await takeOver(registration.waiting)) && !hasBegun()) {
      location.reload();
      return;
    }
    watchUpdates(registration, onUpdateReady);
    await isolate(hasBegun);
  } catch (error) {
    console.warn('No service worker: the page will not work offline.', error);
  }
}

/** Keeping everything for offline use would compete with the page's own first start. Where it must isolate, it is first. */
async function firstThingsFirst(started: Promise<unknown>): Promise<void> {
  if (!crossOriginIsolated || navigator.serviceWorker.controller !== null) return;
  const limit = new Promise((resolve) => setTimeout(resolve, STARTED_LIMIT_MS));
  await Promise.race([started.catch(() => undefined), limit]);
}

/**
 * Reloads, into the version that waits if there is one and no other page needs the present one. Taking over comes
 * first: during a reload the browser may change versions at any moment, and would show the old page once more.
 */
export async function reloadPage(): Promise<void> {
  const registration = await ('serviceWorker' in navigator && navigator.serviceWorker.getRegistration());
  if (registration && registration.waiting) await takeOver(registration.waiting);
  location.reload();
}

/** Answers whether somebody has touched the page since now. */
function watchBeginning(): () => boolean {
  let begun = false;
  const listener = () => {
    begun = true;
  };
  for (const type of BEGINNINGS) {
    addEventListener(type, listener, { capture: true, once: true, passive: true });
  }
  return () => begun;
}

/**
 * Lets a waiting version take over, unless other pages are open. Resolves to whether it did. It is asked again and
 * again: just after a reload the page that went away may still count as open.
 */
function takeOver(waiting: ServiceWorker): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = setInterval(() => waiting.postMessage('activate-if-alone'), TAKEOVER_ASK_MS);
    const end = (taken: boolean) => {
      clearInterval(asking);
      resolve(taken);
    };
    navigator.serviceWorker.addEventListener('controllerchange', () => end(true), { once: true });
    setTimeout(() => end(false), TAKEOVER_LIMIT_MS);
    waiting.postMessage('activate-if-alone');
  });
}

function watchUpdates(
  registration: ServiceWorkerRegistration,
  onUpdateReady: (() => void) | undefined,
): void {
  registration.addEventListener('updatefound', () => {
    const { installing } = registration;
    installing?.addEventListener('statechange', () => {
      // The very first version has nobody to replace.
      if (installing.state === 'installed' && registration.active !== null) onUpdateReady?.();
    });
  });
}

/** Headers that isolate come with the page itself, so a page that lacks them must be loaded once more. */
async function isolate(hasBegun: () => boolean): Promise<void> {
  if (crossOriginIsolated || sessionStorage.getItem(RELOADED_KEY) !== null) return;
  await controlled();
  if (hasBegun()) return;
  sessionStorage.setItem(RELOADED_KEY, 'yes');
  location.reload();
}

function controlled(): Promise<void> {
  if (navigator.serviceWorker.controller !== null) return Promise.resolve();
  return new Promise((resolve) => {
    navigator.serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
  });
}
