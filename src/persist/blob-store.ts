/** Named byte records, written whole or not at all. Paths use `/`. OPFS, IndexedDB and memory implement it. */
export interface BlobStore {
  readonly kind: 'opfs' | 'indexeddb' | 'memory';
  /** `null` if there is no such record. */
  read(path: string): Promise<Blob | null>;
  /** Replaces atomically: a reader sees the old record or the new one. @throws {EngineError} `quota`. */
  write(path: string, bytes: Uint8Array<ArrayBuffer> | Blob, options?: WriteOptions): Promise<void>;
  delete(path: string): Promise<void>;
  /** Paths below a folder. */
  list(folder: string): Promise<string[]>;
  deleteAll(folder: string): Promise<void>;
}

export interface WriteOptions {
  /**
   * Wait until the disk has it (default), so that it outlives a power cut; it outlives a crash of the browser either way.
   * Worth its milliseconds for what is small and names other records, not for a thousand pictures.
   */
  readonly flush?: boolean;
}
