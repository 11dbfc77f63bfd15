import { EngineError } from '../core/errors.ts';
import type { BlobStore } from './blob-store.ts';
import { nameOf, toStorageError } from './storage-error.ts';

/** `move` is in every engine that has OPFS, but not in TypeScript's library. */
interface MovableHandle extends Omit<FileSystemFileHandle, 'createSyncAccessHandle'> {
  move?(directory: FileSystemDirectoryHandle, name: string): Promise<void>;
  createSyncAccessHandle?(): Promise<SyncAccess>;
}

/** The part of a worker's synchronous handle that is used: TypeScript's library for pages does not know it. */
interface SyncAccess {
  write(bytes: Uint8Array<ArrayBuffer>): number;
  flush(): void;
  close(): void;
}

/** Records being written; whatever is in here at opening is what a closed tab left half-written. */
const PENDING = '.pending';

/**
 * Records as files of the origin private file system. A record is written beside its place and moved there, or
 * written through a swap file where handles cannot move, so that a reader never sees half of one.
 * @throws {EngineError} `storage-unavailable` if the browser has no usable OPFS.
 */
export async function openOpfsStore(name: string): Promise<BlobStore> {
  try {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
    await removeEntry(root, PENDING);
    const store = createOpfsStore(root);
    await probe(store);
    return store;
  } catch (thrown) {
    throw toStorageError(thrown, name);
  }
}

/** Some browsers hand out the directory and refuse the first write (private windows). A full disk still holds what it has. */
async function probe(store: BlobStore): Promise<void> {
  try {
    await store.write('.probe', new Uint8Array(1));
    await store.delete('.probe');
  } catch (thrown) {
    if (!(thrown instanceof EngineError && thrown.code === 'quota')) throw thrown;
  }
}

function createOpfsStore(root: FileSystemDirectoryHandle): BlobStore {
  const folders = new Map<string, Promise<FileSystemDirectoryHandle>>();
  const folder = (path: string): Promise<FileSystemDirectoryHandle> => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const opened = openFolder(root, path, true);
    folders.set(path, opened);
    opened.catch(() => folders.delete(path));
    return opened;
  };
  const split = (path: string): [string, string] => {
    const slash = path.lastIndexOf('/');
    return [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
  };
  return {
    kind: 'opfs',
    async read(path) {
      const [parent, name] = split(path);
      try {
        const directory = await openFolder(root, parent, false);
        return await (await directory.getFileHandle(name)).getFile();
      } catch (thrown) {
        if (isMissing(thrown)) return null;
        throw toStorageError(thrown, path);
      }
    },
    async write(path, bytes, { flush = true } = {}) {
      const [parent, name] = split(path);
      try {
        await writeWhole(await folder(parent), name, await folder(PENDING), bytes, flush);
      } catch (thrown) {
        throw toStorageError(thrown, path);
      }
    },
    async delete(path) {
      const [parent, name] = split(path);
      try {
        await removeEntry(await openFolder(root, parent, false), name);
      } catch (thrown) {
        if (!isMissing(thrown)) throw toStorageError(thrown, path);
      }
    },
    async list(path) {
      try {
        return await listFiles(await openFolder(root, path, false), path);
      } catch (thrown) {
        if (isMissing(thrown)) return [];
        throw toStorageError(thrown, path);
      }
    },
    async deleteAll(path) {
      const [parent, name] = split(path);
      for (const known of folders.keys()) {
        if (known === path || known.startsWith(`${path}/`)) folders.delete(known);
      }
      try {
        await removeEntry(await openFolder(root, parent, false), name);
      } catch (thrown) {
        if (!isMissing(thrown)) throw toStorageError(thrown, path);
      }
    },
  };
}

async function openFolder(
  root: FileSystemDirectoryHandle,
  path: string,
  create: boolean,
): Promise<FileSystemDirectoryHandle> {
  let directory = root;
  for (const part of path.split('/').filter((name) => name !== '')) {
    directory = await directory.getDirectoryHandle(part, { create });
  }
  return directory;
}

async function writeWhole(
  directory: FileSystemDirectoryHandle,
  name: string,
  pending: FileSystemDirectoryHandle,
  bytes: Uint8Array<ArrayBuffer> | Blob,
  flush: boolean,
): Promise<void> {
  const temporary = crypto.randomUUID();
  const handle: MovableHandle = await pending.getFileHandle(temporary, { create: true });
  if (handle.createSyncAccessHandle && handle.move) {
    try {
      const whole = bytes instanceof Blob ? new Uint8Array(await bytes.arrayBuffer()) : bytes;
      writeSync(await handle.createSyncAccessHandle(), whole, flush);
      await handle.move(directory, name);
    } catch (thrown) {
      await removeEntry(pending, temporary);
      throw thrown;
    }
    return;
  }
  await removeEntry(pending, temporary);
  // Outside a worker: the stream writes to a swap file of the browser's, which takes the place when it is closed.
  const target = await directory.getFileHandle(name, { create: true });
  const stream = await target.createWritable();
  try {
    await stream.write(bytes);
    await stream.close();
  } catch (thrown) {
    await stream.abort().catch(() => undefined);
    throw thrown;
  }
}

function writeSync(access: SyncAccess, bytes: Uint8Array<ArrayBuffer>, flush: boolean): void {
  try {
    const written = access.write(bytes);
    if (written !== bytes.byteLength) {
      throw new EngineError('quota', `Only ${written} of ${bytes.byteLength} bytes could be written.`);
    }
    if (flush) access.flush();
  } finally {
    access.close();
  }
}

async function listFiles(directory: FileSystemDirectoryHandle, path: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const [name, handle] of directory.entries()) {
    const below = `${path}/${name}`;
    if (handle instanceof FileSystemDirectoryHandle) paths.push(...(await listFiles(handle, below)));
    else paths.push(below);
  }
  return paths;
}

async function removeEntry(directory: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await directory.removeEntry(name, { recursive: true });
  } catch (thrown) {
    if (!isMissing(thrown)) throw thrown;
  }
}

function isMissing(thrown: unknown): boolean {
  return nameOf(thrown) === 'NotFoundError';
}
