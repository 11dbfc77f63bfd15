/**
 * @file The only place of the engine that talks to the network. A download survives a cut line (it goes on where it
 * stopped, by HTTP ranges), a server that falls silent, and a reload (parts are kept); what it returns is checked.
 */
import { EngineError, isAbortError } from '../core/errors.ts';
import { sha256 } from '../core/hash.ts';
import type { DownloadProgress } from '../core/model-card.ts';
import type { KeptMeta, PartStore } from './part-store.ts';
import { logRequest } from './request-log.ts';
import { delay, StallTimer } from './timers.ts';

export interface DownloadOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Keeps the parts and the result. Absent for files that the service worker keeps anyway. */
  readonly store?: PartStore;
  /** Expected hash, lower-case hexadecimal. Without it, a kept file is still checked against its own first hash. */
  readonly sha256?: string;
  readonly sizeBytes?: number;
  /** More than this is not taken: `model-too-large`. */
  readonly limitBytes?: number;
  /** Tries in a row without one new byte before giving up. Default 4. */
  readonly attempts?: number;
  /** Wait before the second try, ms; doubled each time. Default 500. */
  readonly retryDelayMs?: number;
  /** A server silent for this long counts as a cut line, ms. Default 20 000. */
  readonly stallMs?: number;
}

/** Kept parts are of this size: what a reload or a crash can lose, at most. */
const PART_BYTES = 1 << 20;

/**
 * The bytes at an address.
 * @throws {EngineError} `offline` nothing answers; `weights-fetch` the server refuses or keeps cutting; `weights-hash`
 * the bytes are not the expected ones (and none of them is kept); `quota` no room to keep them; `model-too-large`;
 * `cancelled`.
 */
export async function download(url: string, options: DownloadOptions): Promise<Uint8Array<ArrayBuffer>> {
  const kept = await readKept(url, options);
  if (kept !== null) return kept;
  const transfer = new Transfer(url, options);
  try {
    await transfer.resume();
    for (;;) {
      const bytes = await transfer.receiveAll();
      const problem = await transfer.check(bytes);
      if (problem === null) return await transfer.seal(bytes);
      // Parts of an earlier visit may be of another version: one clean try decides.
      const decided = transfer.startedClean;
      await transfer.forget();
      if (decided) throw problem;
    }
  } catch (error) {
    throw await transfer.explain(error);
  }
}

/** The whole, checked file if it was downloaded before; a damaged one is deleted. */
export async function readKept(
  url: string,
  options: Pick<DownloadOptions, 'store' | 'sha256'>,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const { store } = options;
  const meta = await store?.meta(url);
  if (store === undefined || meta?.sha256 === undefined) return null;
  const parts = await store.parts(url, meta);
  const bytes = parts === null ? null : join(parts);
  if (bytes !== null && (await sha256(bytes)) === (options.sha256 ?? meta.sha256)) return bytes;
  await store.delete(url);
  return null;
}

/** Why one try ended early; the next one goes on from there. */
class Interruption extends Error {
  readonly status: number | null;

  /** @param status The server's answer, `null` if there was none. */
  constructor(status: number | null, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

class Transfer {
  readonly #url: string;
  readonly #options: DownloadOptions;
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #loaded = 0;
  /** Bytes of the request that is on. */
  #received = 0;
  #storedParts = 0;
  #storedBytes = 0;
  #validator: string | null = null;
  #total: number | undefined;
  /** False while the bytes in hand include some of an earlier visit. */
  startedClean = true;

  constructor(url: string, options: DownloadOptions) {
    this.#url = url;
    this.#options = options;
    this.#total = options.sizeBytes;
  }

  /** Takes up the parts of an earlier visit. */
  async resume(): Promise<void> {
    const { store } = this.#options;
    const meta = await store?.meta(this.#url);
    if (store === undefined || !meta) return;
    const parts = await store.parts(this.#url, meta);
    if (parts === null) return this.forget();
    this.#parts = parts;
    this.#loaded = this.#storedBytes = meta.bytes;
    this.#storedParts = meta.parts;
    this.#validator = meta.validator;
    this.startedClean = false;
  }

  /** Tries until all bytes are here, or nothing new came `attempts` times in a row. */
  async receiveAll(): Promise<Uint8Array<ArrayBuffer>> {
    const { signal, attempts = 4, retryDelayMs = 500 } = this.#options;
    for (let failures = 0; ;) {
      const before = this.#loaded;
      try {
        if (this.#loaded === 0 || this.#loaded !== this.#total) await this.#receive();
        return join(this.#parts);
      } catch (error) {
        if (!(error instanceof Interruption)) throw error;
        await this.#flush();
        failures = this.#loaded > before ? 1 : failures + 1;
        if (failures >= attempts || isFinal(error)) throw error;
        await delay(retryDelayMs * 2 ** (failures - 1), signal);
      }
    }
  }

  /** `null` if the bytes are the expected ones. */
  async check(bytes: Uint8Array<ArrayBuffer>): Promise<EngineError | null> {
    const { sizeBytes, sha256: expected } = this.#options;
    if (sizeBytes !== undefined && bytes.byteLength !== sizeBytes) {
      return damaged(this.#url, `${sizeBytes} bytes`, `${bytes.byteLength} bytes`);
    }
    if (expected === undefined) return null;
    const actual = await sha256(bytes);
    return actual === expected ? null : damaged(this.#url, expected, actual);
  }

  /** Marks the kept bytes as whole. */
  async seal(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    await this.#flush();
    const hash = this.#options.sha256 ?? (await sha256(bytes));
    await this.#options.store?.seal(this.#url, { ...this.#meta(), sha256: hash });
    return bytes;
  }

  async forget(): Promise<void> {
    this.#parts = [];
    this.#loaded = this.#storedBytes = this.#storedParts = 0;
    this.#validator = null;
    this.#total = this.#options.sizeBytes;
    this.startedClean = true;
    await this.#options.store?.delete(this.#url);
  }

  /** The error to show for whatever ended the download. */
  async explain(error: unknown): Promise<unknown> {
    const detail = { url: this.#url, loadedBytes: this.#loaded };
    if (error instanceof EngineError) return error;
    if (this.#options.signal.aborted || isAbortError(error)) {
      return new EngineError('cancelled', 'The download was cancelled.');
    }
    if (error instanceof Error && error.name === 'QuotaExceededError') {
      await this.forget();
      return new EngineError('quota', `No room to keep ${this.#url}.`, detail, { cause: error });
    }
    if (!(error instanceof Interruption)) return error;
    return error.status === null && this.#loaded === 0
      ? new EngineError('offline', `Nothing answers at ${this.#url}.`, detail, { cause: error })
      : new EngineError(
          'weights-fetch',
          `${this.#url}: ${error.message}`,
          error.status === null ? detail : { ...detail, status: error.status },
          { cause: error },
        );
  }

  /** One request, from where we are to the end. */
  async #receive(): Promise<void> {
    const { signal, stallMs = 20_000 } = this.#options;
    const stall = new StallTimer(stallMs);
    const startedAtMs = performance.timeOrigin + performance.now();
    this.#received = 0;
    try {
      const response = await this.#request(AbortSignal.any([signal, stall.signal]));
      stall.tick();
      await this.#begin(response);
      await this.#readBody(response, stall);
    } catch (error) {
      if (signal.aborted) await this.#flush();
      if (signal.aborted || !isNetworkFailure(error)) {
        // Nobody reads on: the answer must not go on arriving.
        stall.abort();
        throw error;
      }
      const stalled = stall.signal.aborted;
      throw new Interruption(
        null,
        stalled ? `The server was silent for ${stallMs} ms.` : 'The connection was cut.',
        { cause: error },
      );
    } finally {
      stall.stop();
      logRequest(this.#url, startedAtMs, this.#received);
    }
    if (this.#total !== undefined && this.#loaded < this.#total) {
      throw new Interruption(200, `${this.#loaded} of ${this.#total} bytes came.`);
    }
  }

  #request(signal: AbortSignal): Promise<Response> {
    // A plain open range needs no permission from another origin; `If-Range` would, so `#begin` compares instead.
    const headers = this.#loaded > 0 ? { Range: `bytes=${this.#loaded}-` } : undefined;
    // The HTTP cache would answer a range of a damaged entry with the same damage.
    return fetch(this.#url, { signal, cache: 'no-store', ...(headers && { headers }) });
  }

  /** Reads the head of an answer: does it go on where we are, or start anew? */
  async #begin(response: Response): Promise<void> {
    const { status, headers } = response;
    if (status === 416) {
      await this.forget();
      throw new Interruption(status, 'The server has less than we kept.');
    }
    if (!response.ok) throw new Interruption(status, `The server answered ${status}.`);

    const validator = headers.get('ETag') ?? headers.get('Last-Modified');
    const length = contentLength(headers);
    const continues = status === 206 && this.#loaded > 0;
    const sameVersion = validator === null || this.#validator === null || validator === this.#validator;
    if (continues && !(sameVersion && startsAt(headers, this.#loaded))) {
      await this.forget();
      throw new Interruption(status, 'The file on the server has changed.');
    }
    if (!continues && this.#loaded > 0) await this.forget();
    this.#validator = validator;
    this.#total = this.#options.sizeBytes ?? (length === undefined ? undefined : this.#loaded + length);
    this.#assertWithin(this.#total ?? 0);
    this.#report();
  }

  async #readBody(response: Response, stall: StallTimer): Promise<void> {
    const reader = response.body?.getReader();
    if (reader === undefined) return;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      stall.tick();
      this.#parts.push(value);
      this.#loaded += value.byteLength;
      this.#received += value.byteLength;
      this.#assertWithin(this.#loaded);
      this.#report();
      if (this.#loaded - this.#storedBytes >= PART_BYTES) await this.#flush();
    }
  }

  #assertWithin(bytes: number): void {
    const { limitBytes = Infinity } = this.#options;
    if (bytes <= limitBytes) return;
    const message = `${this.#url} has ${bytes} bytes; the limit is ${limitBytes}.`;
    throw new EngineError('model-too-large', message, { name: this.#url, bytes });
  }

  /** Keeps what is not kept yet, as one more part. */
  async #flush(): Promise<void> {
    const { store } = this.#options;
    if (store === undefined || this.#loaded === this.#storedBytes) return;
    const fresh = this.#parts.splice(this.#storedParts);
    const part = join(fresh);
    this.#parts.push(part);
    this.#storedParts = this.#parts.length;
    this.#storedBytes = this.#loaded;
    await store.append(this.#url, part, this.#meta());
  }

  #meta(): KeptMeta {
    return { validator: this.#validator, parts: this.#storedParts, bytes: this.#storedBytes };
  }

  #report(): void {
    const loadedBytes = this.#loaded;
    const total = this.#total;
    this.#options.onProgress?.(
      total === undefined ? { loadedBytes } : { loadedBytes, totalBytes: Math.max(total, loadedBytes) },
    );
  }
}

/** `fetch` and body readers reject with a `TypeError` when the line fails, with the abort's reason when it stalls. */
function isNetworkFailure(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof Error && error.name === 'AbortError');
}

/** Whether the browser says that there is no network. */
export function isKnownOffline(): boolean {
  return typeof navigator !== 'undefined' && 'onLine' in navigator && !navigator.onLine;
}

/** Another try would be answered the same way: a refusal, or a browser that knows that it is offline. */
function isFinal({ status }: Interruption): boolean {
  if (status === null) return isKnownOffline();
  return status >= 400 && status < 500 && ![408, 416, 425, 429].includes(status);
}

/** Whether a partial answer starts at `offset`. Another origin may hide the header: then it is taken at its word. */
function startsAt(headers: Headers, offset: number): boolean {
  const range = headers.get('Content-Range');
  return range === null || Number(/^bytes (\d+)-/.exec(range)?.[1]) === offset;
}

/** `undefined` where it is absent, or counts compressed bytes. */
function contentLength(headers: Headers): number | undefined {
  const length = headers.get('Content-Length');
  return length === null || headers.has('Content-Encoding') ? undefined : Number(length);
}

function damaged(url: string, expected: string, actual: string): EngineError {
  return new EngineError('weights-hash', `${url}: expected ${expected}, received ${actual}.`, {
    url,
    expected,
    actual,
  });
}

function join(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  return bytes;
}
