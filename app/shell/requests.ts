import type { NetworkRequest } from '../../src/index.ts';

/** What a request was for. To other sites only models are asked for. */
export type Purpose = 'page' | 'model' | 'elsewhere';

/** @param site Address of the page. */
export function purposeOf(url: string, site: string): Purpose {
  const { origin, pathname } = new URL(url);
  if (origin !== new URL(site).origin) return 'elsewhere';
  return pathname.startsWith(new URL('backbones/', site).pathname) ? 'model' : 'page';
}

/** The records of both threads as one, newest first; where both are one thread, each request once. */
export function mergeRequests(
  page: readonly NetworkRequest[],
  engine: readonly NetworkRequest[],
): readonly NetworkRequest[] {
  const byStart = new Map([...page, ...engine].map((one) => [`${one.startedAtMs} ${one.url}`, one]));
  return [...byStart.values()].sort((a, b) => b.startedAtMs - a.startedAtMs);
}
