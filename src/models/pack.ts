/** @file Fetches a model pack as `npm run packs` writes it: a manifest and the files that it names. */
import { EngineError } from '../core/errors.ts';
import type { DownloadProgress } from '../core/model-card.ts';
import { readSafetensors } from '../graph/weights/safetensors.ts';
import type { TensorBag } from '../graph/weights/tensor-bag.ts';
import { download } from './download.ts';
import { packBytes, type PackManifest, parseManifest } from './pack-manifest.ts';

export interface Pack {
  readonly manifest: PackManifest;
  /** By name, checked against the manifest. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

export interface LoadOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/**
 * Fetches a pack and checks the hashes of its files.
 * @param folder Address of the pack's folder, with a slash at its end.
 * @throws {EngineError} `weights-hash`, `weights-fetch`, `offline`, `model-unsupported`, `cancelled`.
 */
export async function loadPack(folder: URL, { signal, onProgress }: LoadOptions): Promise<Pack> {
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
      ...(onProgress && {
        onProgress: ({ loadedBytes }) => onProgress({ loadedBytes: already + loadedBytes, totalBytes }),
      }),
    });
    files.set(name, file);
    doneBytes += bytes;
  }
  return { manifest, files };
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

/** The tensors of a pack that is a bag of them. @throws {EngineError} as {@link readSafetensors}. */
export function tensorsOf(pack: Pack): TensorBag {
  return readSafetensors(fileOf(pack, 'model.safetensors'));
}
