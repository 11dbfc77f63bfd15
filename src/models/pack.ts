/** @file Reads a model pack as `npm run packs` writes it: a manifest and one file of tensors. */
import { EngineError } from '../core/errors.ts';
import { decodeFloat16 } from '../core/float16.ts';
import type { DownloadProgress } from '../core/model-card.ts';
import type { WeightMap } from '../graph/trunk-network.ts';
import { download } from './download.ts';

/** The version of the layout that this module reads; `scripts/packs/convert.ts` writes it. */
const PACK_FORMAT = 1;

export interface PackManifest {
  readonly format: typeof PACK_FORMAT;
  readonly id: string;
  readonly architecture: 'mobilenet-v3-small';
  /** Side of the square RGB input, px. */
  readonly inputSize: number;
  /** Per channel, of pixels scaled to 0..1. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  readonly batchNormEpsilon: number;
  readonly featureSize: number;
  /** File name of the weights, beside the manifest. */
  readonly weights: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly tensors: readonly PackTensor[];
}

interface PackTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly dtype: 'float32' | 'float16';
}

export interface Pack {
  readonly manifest: PackManifest;
  /** Tensor name -> values; names and layout are PyTorch's (convolutions: out, in, height, width). */
  readonly weights: WeightMap;
}

export interface LoadOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/**
 * Fetches a pack, checks its hash and widens it to float32.
 * @param folder Address of the pack's folder, with a slash at its end.
 * @throws {EngineError} `weights-hash`, `weights-fetch`, `offline`, `model-unsupported`, `cancelled`.
 */
export async function loadPack(folder: URL, { signal, onProgress }: LoadOptions): Promise<Pack> {
  const address = new URL('manifest.json', folder).href;
  const manifest = parseManifest(address, new TextDecoder().decode(await download(address, { signal })));
  const bytes = await download(new URL(manifest.weights, folder).href, {
    signal,
    sha256: manifest.sha256,
    sizeBytes: manifest.bytes,
    ...(onProgress && { onProgress }),
  });
  return { manifest, weights: readWeights(manifest, bytes) };
}

/** @throws {EngineError} `weights-fetch` if this is no manifest, `model-unsupported` if its layout is another one. */
export function parseManifest(address: string, text: string): PackManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    // Some static hosts answer a missing file with a page of their own.
    throw new EngineError('weights-fetch', `${address} holds no manifest.`, { url: address }, { cause });
  }
  const manifest = value as Partial<PackManifest> | null;
  if (manifest?.format !== PACK_FORMAT || !Array.isArray(manifest.tensors)) {
    throw new EngineError(
      'model-unsupported',
      `${address} has pack format ${String(manifest?.format)}, expected ${PACK_FORMAT}. Run "npm run packs".`,
      { url: address },
    );
  }
  return manifest as PackManifest;
}

/** @throws {EngineError} `weights-hash` if a tensor lies outside the file. */
export function readWeights(manifest: PackManifest, bytes: Uint8Array<ArrayBuffer>): WeightMap {
  return new Map(
    manifest.tensors.map(({ name, shape, offset, dtype }) => {
      const length = shape.reduce((product, size) => product * size, 1);
      const end = offset + length * (dtype === 'float16' ? 2 : 4);
      if (end > bytes.byteLength) {
        throw new EngineError(
          'weights-hash',
          `Tensor ${name} ends at byte ${end}, the file has ${bytes.byteLength}.`,
          { tensor: name },
        );
      }
      // A copy, since float32 needs an aligned start of its own.
      const values = bytes.slice(offset, end);
      const data = dtype === 'float16' ? decodeFloat16(values) : new Float32Array(values.buffer);
      return [name, { shape, data }];
    }),
  );
}
