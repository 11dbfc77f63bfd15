import { openDB } from 'idb';
import type { DBSchema } from 'idb';
import type { BlobStore } from './blob-store.ts';
import { toStorageError } from './storage-error.ts';

interface Schema extends DBSchema {
  records: { key: string; value: ArrayBuffer };
}

/**
 * Records in one object store, keyed by path. Bytes are kept as buffers: WebKit has lost blobs kept in IndexedDB.
 * @throws {EngineError} `storage-unavailable` if the browser refuses a database.
 */
export async function openIndexedDbStore(name: string): Promise<BlobStore> {
  const db = await openDB<Schema>(name, 1, {
    upgrade: (created) => void created.createObjectStore('records'),
  }).catch((thrown: unknown) => {
    throw toStorageError(thrown, name);
  });
  const guarded = async <T>(path: string, action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (thrown) {
      throw toStorageError(thrown, path);
    }
  };
  return {
    kind: 'indexeddb',
    read: (path) =>
      guarded(path, async () => {
        const bytes = await db.get('records', path);
        return bytes === undefined ? null : new Blob([bytes]);
      }),
    write: (path, bytes) =>
      guarded(path, async () => {
        const whole = bytes instanceof Blob ? await bytes.arrayBuffer() : bytes.slice().buffer;
        await db.put('records', whole, path);
      }),
    delete: (path) => guarded(path, () => db.delete('records', path)),
    list: (folder) => guarded(folder, () => db.getAllKeys('records', below(folder))),
    deleteAll: (folder) => guarded(folder, () => db.delete('records', below(folder))),
  };
}

/** Every key that starts with `folder/`: `0` is the character after `/`. */
function below(folder: string): IDBKeyRange {
  return IDBKeyRange.bound(`${folder}/`, `${folder}0`, false, true);
}
