/** @file What was asked of other sites, for the page's list of requests: a browser tells no sizes of those. */
import type { NetworkRequest } from '../core/network.ts';

const LIMIT = 1_000;
const log: NetworkRequest[] = [];

/** Writes down one request that has ended, well or not. The oldest leave first. */
export function logRequest(url: string, startedAtMs: number, bytes: number): void {
  log.push({ url, startedAtMs, bytes, kept: false });
  if (log.length > LIMIT) log.shift();
}

/** Requests of this thread to sites other than `origin`. */
export function requestsElsewhere(origin: string): readonly NetworkRequest[] {
  return log.filter(({ url }) => new URL(url).origin !== origin);
}
