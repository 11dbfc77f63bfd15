import type { SampleId } from '../../../src/index.ts';

/** `gone`: the project has no such picture any more, or it cannot be read. */
export type Thumbnail =
  | { readonly status: 'ready'; readonly url: string }
  /** The beginning of a text. */
  | { readonly status: 'words'; readonly words: string }
  | { readonly status: 'gone' };

interface ThumbnailLoaderOptions {
  readonly fetch: (ids: readonly SampleId[]) => Promise<readonly (Blob | null)[]>;
  readonly createUrl?: (blob: Blob) => string;
  readonly revokeUrl?: (url: string) => void;
  /** Thumbnails kept although nobody shows them. About 4 kB each. */
  readonly capacity?: number;
  readonly batchSize?: number;
}

/** Batches unanswered at once: one is being decoded while the next is on its way. */
const BATCHES_AT_ONCE = 2;

/**
 * Thumbnails by the id of their picture. Cells that are on screen ask and give back; requests travel in batches, the
 * latest first, and those given back before they were sent are not sent at all. What nobody shows stays until there
 * are more than `capacity`, then the longest unseen is revoked.
 */
export class ThumbnailLoader {
  readonly #options: Required<ThumbnailLoaderOptions>;
  readonly #shown = new Map<SampleId, Set<() => void>>();
  /** Oldest use first: a `Map` keeps the order of insertion. */
  readonly #loaded = new Map<SampleId, Thumbnail>();
  #wanted: SampleId[] = [];
  readonly #asked = new Set<SampleId>();
  #batches = 0;
  #scheduled = false;

  constructor(options: ThumbnailLoaderOptions) {
    this.#options = {
      capacity: 1500,
      batchSize: 24,
      createUrl: (blob) => URL.createObjectURL(blob),
      revokeUrl: (url) => URL.revokeObjectURL(url),
      ...options,
    };
  }

  /** The thumbnail if it is here; `undefined` while it is not. */
  get(id: SampleId): Thumbnail | undefined {
    return this.#loaded.get(id);
  }

  /** A cell shows this picture from now on; `onLoad` tells it when there is something new. Returns the giving back. */
  show(id: SampleId, onLoad: () => void): () => void {
    const listeners = this.#shown.get(id) ?? new Set();
    listeners.add(onLoad);
    this.#shown.set(id, listeners);
    const known = this.#loaded.get(id);
    if (known !== undefined) this.#touch(id, known);
    else if (!this.#asked.has(id)) {
      this.#asked.add(id);
      this.#wanted.push(id);
      this.#schedule();
    }
    return () => {
      listeners.delete(onLoad);
      if (listeners.size > 0) return;
      this.#shown.delete(id);
      this.#evict();
    };
  }

  /** Revokes everything. */
  dispose(): void {
    for (const thumbnail of this.#loaded.values()) this.#revoke(thumbnail);
    this.#loaded.clear();
    this.#wanted = [];
    this.#asked.clear();
  }

  /** One task later, so that all cells of a scroll are in one batch. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(() => {
      this.#scheduled = false;
      while (this.#batches < BATCHES_AT_ONCE && this.#wanted.length > 0) this.#send();
    });
  }

  #send(): void {
    const wanted = this.#wanted.filter((id) => this.#shown.has(id));
    for (const id of this.#wanted) if (!this.#shown.has(id)) this.#asked.delete(id);
    const batch = wanted.splice(-this.#options.batchSize);
    this.#wanted = wanted;
    if (batch.length === 0) return;
    this.#batches += 1;
    void this.#load(batch).finally(() => {
      this.#batches -= 1;
      if (this.#wanted.length > 0) this.#schedule();
    });
  }

  async #load(batch: readonly SampleId[]): Promise<void> {
    let blobs: readonly (Blob | string | null)[] = [];
    try {
      blobs = await Promise.all((await this.#options.fetch(batch)).map(wordsIn));
    } catch {
      // The engine is gone or the project was replaced: cells that are still shown say that there is no picture.
    }
    for (const [index, id] of batch.entries()) {
      if (!this.#asked.delete(id)) continue;
      const blob = blobs[index] ?? null;
      const thumbnail = this.#thumbnailOf(blob);
      this.#touch(id, thumbnail);
      for (const listener of this.#shown.get(id) ?? []) listener();
    }
    this.#evict();
  }

  #thumbnailOf(blob: Blob | string | null): Thumbnail {
    if (blob === null) return { status: 'gone' };
    if (typeof blob === 'string') return { status: 'words', words: blob };
    return { status: 'ready', url: this.#options.createUrl(blob) };
  }

  #touch(id: SampleId, thumbnail: Thumbnail): void {
    this.#loaded.delete(id);
    this.#loaded.set(id, thumbnail);
  }

  #evict(): void {
    let excess = this.#loaded.size - this.#options.capacity;
    for (const [id, thumbnail] of this.#loaded) {
      if (excess <= 0) return;
      if (this.#shown.has(id)) continue;
      this.#loaded.delete(id);
      this.#revoke(thumbnail);
      excess -= 1;
    }
  }

  #revoke(thumbnail: Thumbnail): void {
    if (thumbnail.status === 'ready') this.#options.revokeUrl(thumbnail.url);
  }
}

/** What is no picture but a text, as that. */
function wordsIn(blob: Blob | null): Promise<Blob | string | null> {
  return blob !== null && blob.type.startsWith('text/') ? blob.text() : Promise.resolve(blob);
}
