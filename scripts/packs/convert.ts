/** @file From a weight file of a package to a model pack: a manifest and one file of tensors. */
import { createHash } from 'node:crypto';
import { readGguf } from './gguf.ts';
import { PackError } from './pack-error.ts';
import type { PackRecord } from './records.ts';

/** The version of the pack's own layout. `src/models/pack.ts` reads exactly this one. */
export const PACK_FORMAT = 1;
export const WEIGHTS_FILE = 'weights.bin';

export interface PackTensor {
  readonly name: string;
  /** As PyTorch has it: convolution filters are out, in, height, width. */
  readonly shape: readonly number[];
  /** Byte offset in the weights file, a multiple of 4. */
  readonly offset: number;
  readonly dtype: 'float32' | 'float16';
}

export interface Pack {
  readonly tensors: readonly PackTensor[];
  readonly weights: Uint8Array;
  readonly sha256: string;
}

/**
 * Keeps the record's tensors of a weight file, element types as they are.
 * @throws {PackError} if the file cannot be read, or nothing in it matches.
 */
export function convert(record: PackRecord, file: Uint8Array): Pack {
  const { keep, drop } = record.tensors;
  const kept = readGguf(file).tensors.filter(({ name }) => keep.test(name) && !drop.test(name));
  if (kept.length === 0)
    throw new PackError(`${record.source.file} holds no tensor named like ${String(keep)}.`);

  let bytes = 0;
  const tensors = kept.map((tensor) => {
    const offset = bytes;
    bytes = Math.ceil((offset + tensor.bytes.byteLength) / 4) * 4;
    return { name: tensor.name, shape: tensor.shape, offset, dtype: tensor.dtype };
  });
  const weights = new Uint8Array(bytes);
  kept.forEach((tensor, i) => weights.set(tensor.bytes, tensors[i]?.offset));
  return { tensors, weights, sha256: createHash('sha256').update(weights).digest('hex') };
}

/** The manifest that lies beside the weights: all that a reader of the pack needs to know. */
export function manifestOf(record: PackRecord, pack: Pack): object {
  const { id, name, licence, copyright, source, network } = record;
  return {
    format: PACK_FORMAT,
    id,
    name,
    licence,
    copyright,
    source: { package: source.package, integrity: source.integrity, file: source.file },
    ...network,
    weights: WEIGHTS_FILE,
    bytes: pack.weights.byteLength,
    sha256: pack.sha256,
    tensors: pack.tensors,
  };
}
