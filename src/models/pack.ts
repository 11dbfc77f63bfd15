/** @file Fetches a model pack as `npm run packs` writes it: a manifest and the files that it names. */
import { EngineError } from '../core/errors.ts';
import type { DownloadProgress } from '../core/model-card.ts';
import { download } from './download.ts';
import { packBytes, type PackManifest, parseIndex, parseManifest } from './pack-manifest.ts';
import type { PartStore } from './part-store.ts';

export interface Pack {
  readonly manifest: PackManifest;
  /** By name, checked against the manifest. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

export interface LoadOptions {
  readonly signal: AbortSignal;
  /** Keeps the files, for packs that the service worker does not keep. */
  readonly store?: PartStore;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/**
 * Fetches a pack and checks the hashes of its files.
 * @param folder Address of the pack's folder, with a slash at its end.
 * @throws {EngineError} `weights-hash`, `weights-fetch`, `offline`, `model-unsupported`, `cancelled`.
 */
export async function loadPack(folder: URL, { signal, store, onProgress }: LoadOptions): Promise<Pack> {
  const manifest = await loadManifest(folder, signal);
  const totalBytes = packBytes(manifest);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  let doneBytes = 0;
  for (const [name, { bytes, sha256 }] of Object.entries(manifest.files)) {
    const already = doneBytes;
    const file = await download(new URL(name, folder).href, {
      signal,
      sha256,
      sizeBytes: bytes,
      ...(store && { store }),
      ...(onProgress && {
        onProgress: ({ loadedBytes }) => onProgress({ loadedBytes: already + loadedBytes, totalBytes }),
      }),
    });
    files.set(name, file);
    doneBytes += bytes;
  }
  return { manifest, files };
}

/** Whether all files of a pack are kept, so that it loads without a network. */
export async function isPackKept(folder: URL, store: PartStore): Promise<boolean> {
  try {
    const { files } = await loadManifest(folder, new AbortController().signal);
    for (const [name, { sha256 }] of Object.entries(files)) {
      const meta = await store.meta(new URL(name, folder).href);
      if (meta?.sha256 !== sha256) return false;
    }
    return true;
  } catch {
    // No manifest, no pack.
    return false;
  }
}

/** Ids of the packs that are on this site; none if nobody can say. */
export async function presentPacks(root: URL): Promise<ReadonlySet<string>> {
  const address = new URL('index.json', root).href;
  try {
    const bytes = await download(address, { signal: new AbortController().signal });
    return new Set(parseIndex(address, new TextDecoder().decode(bytes)).packs.map(({ id }) => id));
  } catch {
    return new Set();
  }
}

/** The manifest alone. @throws {EngineError} as {@link loadPack}. */
async function loadManifest(folder: URL, signal: AbortSignal): Promise<PackManifest> {
  const address = new URL('manifest.json', folder).href;
  return parseManifest(address, new TextDecoder().decode(await download(address, { signal })));
}

/** @throws {EngineError} `weights-fetch` if the pack has no such file. */
export function fileOf({ manifest, files }: Pack, name: string): Uint8Array<ArrayBuffer> {
  const file = files.get(name);
  if (file === undefined) {
    throw new EngineError('weights-fetch', `The pack ${manifest.id} has no file ${name}.`, { file: name });
  }
  return file;
}
