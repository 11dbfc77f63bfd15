import type { BlobStore } from './blob-store.ts';
import { openIndexedDbStore } from './indexeddb-store.ts';
import { createMemoryStore } from './memory-store.ts';
import { openOpfsStore } from './opfs-store.ts';

/**
 * The best store this browser grants: OPFS, then IndexedDB, then memory (`kind` tells; the page warns of the last).
 */
export async function openStore(name: string): Promise<BlobStore> {
  for (const open of [openOpfsStore, openIndexedDbStore]) {
    try {
      return await open(name);
    } catch {
      // Refused here (private window, old browser): the next kind is tried, and `kind` says what was found.
    }
  }
  return createMemoryStore();
}
