/**
 * @file How a page learns that a thread is gone without a word: closed by itself, or ended by the browser. Neither
 * fires an `error` event. But a Web Lock is released with the thread that holds it, whatever ended it.
 */
import type { Endpoint } from './endpoint.ts';

/**
 * The served side: takes a lock for as long as this thread lives and tells its name. Does nothing where there are no
 * locks (a page without https); then only the thread's own `error` events tell.
 */
export function holdLifeline(endpoint: Endpoint): void {
  if (!('locks' in navigator)) return;
  const lifeline = `graft-lifeline-${crypto.randomUUID()}`;
  const forEver = new Promise<never>(() => undefined);
  navigator.locks
    .request(lifeline, () => {
      endpoint.postMessage({ lifeline }, []);
      return forEver;
    })
    .catch(() => undefined);
}

/**
 * The other side: calls back once when the lock has been let go. Owns: a waiting request, until the thread is gone or
 * `stop` is aborted.
 */
export function watchLifeline(lifeline: string, stop: AbortSignal, onGone: () => void): void {
  if (!('locks' in navigator)) return;
  // Rejects when it is stopped: then nobody wants to know any more.
  navigator.locks.request(lifeline, { signal: stop }, onGone).catch(() => undefined);
}
