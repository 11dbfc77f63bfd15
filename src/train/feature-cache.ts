/**
 * @file Features at a cut, kept so that they are computed once per picture and variant. In memory up to a budget;
 * beyond it, whole segments of entries go to the store (thousands of tiny files would be slow) and are read back by
 * slices. Entries never change, so a segment is written at most once.
 */

/** The part of a blob store that the cache needs. */
export interface SpillStore {
  read(path: string): Promise<Blob | null>;
  write(path: string, bytes: Uint8Array<ArrayBuffer> | Blob): Promise<void>;
  deleteAll(folder: string): Promise<void>;
}

export interface FeatureCache {
  has(key: string): boolean;
  /** A copy, or `null` if the entry is unknown or its segment is gone. */
  get(key: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Keeps a copy. A key that is known already is left as it is. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Bytes held in memory. */
  memoryBytes(): number;
  clear(): Promise<void>;
}

export interface FeatureCacheOptions {
  /** Bytes to hold in memory before segments go to the store. */
  readonly budgetBytes: number;
  /** Bytes of one segment. */
  readonly segmentBytes?: number;
  /** Absent: over budget, the oldest segments are forgotten. */
  readonly store?: SpillStore;
}

interface Segment {
  readonly index: number;
  /** `null` once it lives in the store only. */
  bytes: Uint8Array<ArrayBuffer> | null;
  used: number;
  /** Opened blob of a spilled segment. */
  blob: Blob | null;
}

interface Entry {
  readonly segment: Segment;
  readonly offset: number;
  readonly length: number;
}

const FOLDER = 'cache/features';
const SEGMENT_BYTES = 4 * 2 ** 20;

export function createFeatureCache(options: FeatureCacheOptions): FeatureCache {
  const { budgetBytes, segmentBytes = SEGMENT_BYTES, store } = options;
  const entries = new Map<string, Entry>();
  let resident: Segment[] = [];
  let open: Segment | null = null;
  let nextIndex = 0;
  let memoryBytes = 0;
  // Records of an earlier visit are useless without their index.
  let ready: Promise<void> | null = null;

  const forget = (segment: Segment): void => {
    for (const [key, entry] of entries) if (entry.segment === segment) entries.delete(key);
  };

  async function shrink(): Promise<void> {
    while (memoryBytes > budgetBytes && resident.length > 1) {
      const oldest = resident.shift();
      const bytes = oldest?.bytes ?? null;
      if (oldest === undefined || bytes === null) continue;
      memoryBytes -= bytes.length;
      if (store === undefined) {
        oldest.bytes = null;
        forget(oldest);
        continue;
      }
      try {
        ready ??= store.deleteAll(FOLDER);
        await ready;
        await store.write(`${FOLDER}/${oldest.index}`, bytes.slice(0, oldest.used));
      } catch {
        // No room in the store: the entries are computed again when they are needed.
        forget(oldest);
      }
      oldest.bytes = null;
    }
  }

  function segmentFor(length: number): Segment {
    if (open?.bytes && open.used + length <= open.bytes.length) return open;
    const bytes = new Uint8Array(Math.max(length, segmentBytes));
    open = { index: nextIndex++, bytes, used: 0, blob: null };
    resident.push(open);
    memoryBytes += bytes.length;
    return open;
  }

  return {
    has: (key) => entries.has(key),
    memoryBytes: () => memoryBytes,
    async get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return null;
      const { segment, offset, length } = entry;
      if (segment.bytes !== null) return segment.bytes.slice(offset, offset + length);
      segment.blob ??= (await store?.read(`${FOLDER}/${segment.index}`)) ?? null;
      if (segment.blob === null) {
        forget(segment);
        return null;
      }
      return new Uint8Array(await segment.blob.slice(offset, offset + length).arrayBuffer());
    },
    async put(key, bytes) {
      if (entries.has(key)) return;
      const segment = segmentFor(bytes.length);
      segment.bytes?.set(bytes, segment.used);
      entries.set(key, { segment, offset: segment.used, length: bytes.length });
      segment.used += bytes.length;
      if (memoryBytes > budgetBytes) await shrink();
    },
    async clear() {
      entries.clear();
      resident = [];
      open = null;
      memoryBytes = 0;
      await store?.deleteAll(FOLDER);
    },
  };
}
