/** One request that the page or the engine has made. */
export interface NetworkRequest {
  readonly url: string;
  /** Moment of the start, ms since 1970. */
  readonly startedAtMs: number;
  /** Bytes of the body that came, as they travelled. */
  readonly bytes: number;
  /** Answered from what the browser keeps of this site, without a network. */
  readonly kept: boolean;
}

/** What a thread has on its own record of its requests. */
const RECORD_SIZE = 2_000;

/** Asks the browser to keep a longer record of this thread's requests than its usual 250. Call early. */
export function keepRequestRecord(): void {
  performance.setResourceTimingBufferSize(RECORD_SIZE);
}

/** Requests of this thread to its own site. Other sites hide sizes from this record: the one who asks has to count. */
export function requestsToOwnSite(): NetworkRequest[] {
  return performance.getEntriesByType('resource').flatMap((entry) => {
    const { name, startTime, transferSize, encodedBodySize } = entry as PerformanceResourceTiming;
    if (!isOwn(name)) return [];
    return {
      url: name,
      startedAtMs: performance.timeOrigin + startTime,
      bytes: encodedBodySize,
      kept: transferSize === 0 && encodedBodySize > 0,
    };
  });
}

function isOwn(url: string): boolean {
  return /^https?:/.test(url) && new URL(url).origin === globalThis.location.origin;
}
