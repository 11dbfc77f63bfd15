/**
 * @file Where downloads are kept: the parts of an unfinished one, so that it can go on where it stopped, and the
 * whole of a finished one, so that it works offline. A record is described by its `meta`, written after the bytes:
 * whatever interrupts us, what `meta` counts is there.
 */
import { MODEL_CACHE } from '../core/site-names.ts';

/** What is known of a kept download. */
export interface KeptMeta {
  /** `ETag` or `Last-Modified` of the version that the bytes belong to. */
  readonly validator: string | null;
  readonly parts: number;
  readonly bytes: number;
  /** Present once the download is whole and checked. */
  readonly sha256?: string;
}

export interface PartStore {
  meta(url: string): Promise<KeptMeta | null>;
  /** The first `meta.parts` parts, in order; `null` if one of them is gone. */
  parts(url: string, meta: KeptMeta): Promise<Uint8Array<ArrayBuffer>[] | null>;
  /** Adds part number `meta.parts - 1` and then the new `meta`. @throws `QuotaExceededError`. */
  append(url: string, part: Uint8Array<ArrayBuffer>, meta: KeptMeta): Promise<void>;
  /** Replaces `meta`. */
  seal(url: string, meta: KeptMeta): Promise<void>;
  delete(url: string): Promise<void>;
  /** The hash that whatever comes from an address must have; it outlives {@link delete}. */
  pinned(url: string): Promise<string | null>;
  pin(url: string, sha256: string): Promise<void>;
}

/** The Cache API where there is one (secure contexts), else memory, which lasts as long as the page. */
export async function openPartStore(): Promise<PartStore> {
  if (typeof caches === 'undefined') return new MemoryPartStore();
  try {
    return new CachePartStore(await caches.open(MODEL_CACHE));
  } catch {
    // Storage is switched off in this browser: downloads still work, but are not kept.
    return new MemoryPartStore();
  }
}

/** Each part is a response under an address of its own. */
class CachePartStore implements PartStore {
  readonly #cache: Cache;

  constructor(cache: Cache) {
    this.#cache = cache;
  }

  async meta(url: string): Promise<KeptMeta | null> {
    const response = await this.#cache.match(keyOf(url, 'meta'));
    return response === undefined ? null : ((await response.json()) as KeptMeta);
  }

  async parts(url: string, meta: KeptMeta): Promise<Uint8Array<ArrayBuffer>[] | null> {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (let i = 0; i < meta.parts; i++) {
      const response = await this.#cache.match(keyOf(url, i));
      if (response === undefined) return null;
      parts.push(new Uint8Array(await response.arrayBuffer()));
    }
    return parts;
  }

  async append(url: string, part: Uint8Array<ArrayBuffer>, meta: KeptMeta): Promise<void> {
    await this.#cache.put(keyOf(url, meta.parts - 1), new Response(part));
    await this.seal(url, meta);
  }

  async seal(url: string, meta: KeptMeta): Promise<void> {
    await this.#cache.put(keyOf(url, 'meta'), Response.json(meta));
  }

  async delete(url: string): Promise<void> {
    const meta = await this.meta(url);
    await this.#cache.delete(keyOf(url, 'meta'));
    // One more than counted: a part may have been written whose meta was not.
    for (let i = 0; i <= (meta?.parts ?? 0); i++) await this.#cache.delete(keyOf(url, i));
  }

  async pinned(url: string): Promise<string | null> {
    return (await (await this.#cache.match(keyOf(url, 'pin')))?.text()) ?? null;
  }

  async pin(url: string, sha256: string): Promise<void> {
    await this.#cache.put(keyOf(url, 'pin'), new Response(sha256));
  }
}

/** The reserved domain `.invalid` never answers, so nothing of ours can be mistaken for a real response. */
function keyOf(url: string, part: number | 'meta' | 'pin'): string {
  return `https://models.invalid/${part}?url=${encodeURIComponent(url)}`;
}

/** Also what tests use outside a browser. */
export class MemoryPartStore implements PartStore {
  readonly #records = new Map<string, { meta: KeptMeta; parts: Uint8Array<ArrayBuffer>[] }>();
  readonly #pins = new Map<string, string>();

  meta(url: string): Promise<KeptMeta | null> {
    return Promise.resolve(this.#records.get(url)?.meta ?? null);
  }

  parts(url: string, meta: KeptMeta): Promise<Uint8Array<ArrayBuffer>[] | null> {
    return Promise.resolve(this.#records.get(url)?.parts.slice(0, meta.parts) ?? null);
  }

  append(url: string, part: Uint8Array<ArrayBuffer>, meta: KeptMeta): Promise<void> {
    const parts = this.#records.get(url)?.parts.slice(0, meta.parts - 1) ?? [];
    this.#records.set(url, { meta, parts: [...parts, part] });
    return Promise.resolve();
  }

  seal(url: string, meta: KeptMeta): Promise<void> {
    this.#records.set(url, { meta, parts: this.#records.get(url)?.parts ?? [] });
    return Promise.resolve();
  }

  delete(url: string): Promise<void> {
    this.#records.delete(url);
    return Promise.resolve();
  }

  pinned(url: string): Promise<string | null> {
    return Promise.resolve(this.#pins.get(url) ?? null);
  }

  pin(url: string, sha256: string): Promise<void> {
    this.#pins.set(url, sha256);
    return Promise.resolve();
  }
}
