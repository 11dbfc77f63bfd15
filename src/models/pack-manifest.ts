/** @file What describes a model pack: a manifest in each pack's folder, and an index of the packs that are there. */
import { EngineError } from '../core/errors.ts';

/** The version of the layout of packs and index; `scripts/packs` writes it, the engine reads exactly this one. */
export const PACK_FORMAT = 2;

export type PackTask = 'image' | 'text' | 'sound';

/** Which reader and builder a pack needs, with what they must know beside the files. */
export type PackNetwork = TensorsNetwork | BertNetwork | GraphModelNetwork | OnnxNetwork;

/** A bag of tensors (`model.safetensors`, names and layout PyTorch's) for the builder of a trunk for pictures. */
export interface TensorsNetwork {
  readonly kind: 'mobilenet-v3-small' | 'efficientnet-lite0';
  /** Side of the square RGB input, px. */
  readonly inputSize: number;
  /** Per channel, of pixels scaled to 0..1. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  readonly batchNormEpsilon: number;
  readonly featureSize: number;
}

/** A bag of tensors with its `config.json` and `tokenizer.json`, as model hubs have them. */
export interface BertNetwork {
  readonly kind: 'bert';
}

/** A graph model of TensorFlow.js (`model.json`, `weights.bin`) with one output. */
export interface GraphModelNetwork {
  readonly kind: 'graph-model';
  /** How texts enter, with `vocab.json`; absent where the input is no text. */
  readonly text?: {
    /** Pieces of the longest text. */
    readonly length: number;
  };
  /** How pictures enter and features leave; absent where the input is no picture. */
  readonly image?: {
    readonly inputSize: number;
    /** Pixels 0..255 are scaled to this range. */
    readonly range: readonly [number, number];
    /** Axes of the output with the batch: four are pooled over space. */
    readonly featureAxes: number;
    readonly featureSize: number;
  };
}

/** An ONNX file (`model.onnx`). */
export interface OnnxNetwork {
  readonly kind: 'onnx';
  /** How sounds enter and features leave; absent where the input is no sound. */
  readonly sound?: {
    /** Frames of the mel spectrum, of 10 ms each. */
    readonly frames: number;
    /** The value that holds the features of each stretch. */
    readonly features: string;
  };
}

export interface PackFile {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

export interface PackManifest {
  readonly format: typeof PACK_FORMAT;
  readonly id: string;
  readonly name: string;
  readonly task: PackTask;
  /** SPDX identifier of the weights. */
  readonly licence: string;
  readonly copyright: string;
  readonly source: {
    readonly package: string;
    /** Subresource integrity of the package's archive. */
    readonly integrity: string;
    readonly files: readonly string[];
  };
  readonly network: PackNetwork;
  /** The files beside the manifest. */
  readonly files: Readonly<Record<string, PackFile>>;
}

/** `backbones/index.json`: the packs that are really there. */
export interface PackIndex {
  readonly format: typeof PACK_FORMAT;
  readonly packs: readonly {
    readonly id: string;
    readonly task: PackTask;
    /** Whether the service worker keeps it from the first visit on; others are kept once somebody chose them. */
    readonly bundled: boolean;
  }[];
}

/** Size of a pack as it is downloaded. */
export function packBytes({ files }: Pick<PackManifest, 'files'>): number {
  return Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * The site's own file: its version is checked, not each field.
 * @throws {EngineError} `weights-fetch` if this is no manifest, `model-unsupported` if its layout is another one.
 */
export function parseManifest(address: string, text: string): PackManifest {
  const manifest = parse(address, text);
  if (typeof manifest['files'] !== 'object') throw otherFormat(address, 'without files');
  return manifest as unknown as PackManifest;
}

/** @throws {EngineError} as {@link parseManifest}. */
export function parseIndex(address: string, text: string): PackIndex {
  const index = parse(address, text);
  if (!Array.isArray(index['packs'])) throw otherFormat(address, 'without packs');
  return index as unknown as PackIndex;
}

function parse(address: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    // Some static hosts answer a missing file with a page of their own.
    throw new EngineError('weights-fetch', `${address} holds no manifest.`, { url: address }, { cause });
  }
  const fields = value as Record<string, unknown> | null;
  if (fields?.['format'] === PACK_FORMAT) return fields;
  throw otherFormat(address, `of format ${String(fields?.['format'])}`);
}

function otherFormat(address: string, problem: string): EngineError {
  return new EngineError(
    'model-unsupported',
    `${address} is ${problem}, expected format ${PACK_FORMAT}. Run "npm run packs".`,
    { url: address },
  );
}
