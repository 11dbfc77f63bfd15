import type { BlobStore } from './blob-store.ts';

/** Records that live as long as the thread: the last resort, and the store of unit tests. */
export function createMemoryStore(): BlobStore {
  const records = new Map<string, Blob>();
  const below = (folder: string) => [...records.keys()].filter((path) => path.startsWith(`${folder}/`));
  return {
    kind: 'memory',
    read: (path) => Promise.resolve(records.get(path) ?? null),
    write: (path, bytes) => {
      records.set(path, bytes instanceof Blob ? bytes : new Blob([bytes]));
      return Promise.resolve();
    },
    delete: (path) => {
      records.delete(path);
      return Promise.resolve();
    },
    list: (folder) => Promise.resolve(below(folder)),
    deleteAll: (folder) => {
      for (const path of below(folder)) records.delete(path);
      return Promise.resolve();
    },
  };
}
