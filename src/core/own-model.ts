/** @file A model that a person brings: what is found out about it, what must be known of it, and how it is kept. */
import type { BackendName } from './device.ts';
import type { ErrorData } from './errors.ts';
import type { BlockInfo } from './model-card.ts';
import type { ImportFile } from './project.ts';

/** Where a model comes from: files (the model and what lies beside it, or a zip), or an address on the web. */
export type ModelSource = { readonly files: readonly ImportFile[] } | { readonly url: string };

export const MODEL_FORMATS = ['onnx', 'tfjs-graph', 'tfjs-layers', 'teachable-machine'] as const;
export type ModelFormat = (typeof MODEL_FORMATS)[number];

/**
 * What pixels 0..255 become before the network sees them: 0..1, -1..1, 0..1 less the mean of ImageNet and divided by its
 * standard deviation, or left as they are.
 */
export const PIXEL_RANGES = ['unit', 'signed', 'imagenet', 'bytes'] as const;
export type PixelRange = (typeof PIXEL_RANGES)[number];

/** What must be known of a network to show it pictures. */
export interface PictureSettings {
  /** Side of the square input, px. */
  readonly inputSize: number;
  readonly range: PixelRange;
  readonly channelOrder: 'rgb' | 'bgr';
  /** Name of the value that is the feature vector. */
  readonly features: string;
}

/** Least and greatest side of an input, px. */
export const INPUT_SIDES = { min: 8, max: 1024 } as const;

/** An input as the file describes it, or an output as it came; a size of `null` or a name is left open. */
export interface ValueFact {
  readonly name: string;
  /** Empty if it is not known. */
  readonly type: string;
  readonly shape: readonly (number | string | null)[] | null;
}

/** A value that everything onward depends on alone, so that it can serve as features. */
export interface FeatureChoice {
  readonly value: string;
  /** Of one picture. */
  readonly shape: readonly number[];
  /** Numbers after pooling over space or tokens. */
  readonly size: number;
}

/** What is being done with a model that was brought. */
export type InspectStage = 'reading' | 'running' | 'measuring';

/** Why parameters do not learn. */
export type KeptReason = 'old-head' | 'quantised' | 'statistics' | 'settings' | 'no-gradient';

export interface KeptParameters {
  readonly reason: KeptReason;
  /** Numbers in them. */
  readonly count: number;
}

/** What a person should know before they take the model. */
export type ModelWarning =
  | { readonly kind: 'nothing-to-train' }
  /** Learning was tried and failed. */
  | { readonly kind: 'cannot-train'; readonly op: string; readonly node: string }
  | { readonly kind: 'range-guessed' }
  | { readonly kind: 'few-features'; readonly size: number }
  | { readonly kind: 'slow'; readonly forwardMs: number }
  | { readonly kind: 'much-memory'; readonly bytes: number };

/** Pictures of a batch for which memory is estimated. */
export const MEMORY_BATCH = 16;

/** The outcome of trying the network with some settings: it was really run, and really taught one step. */
export type ModelCheck =
  | {
      readonly ok: true;
      readonly blocks: readonly BlockInfo[];
      readonly featureSize: number;
      /** Numbers that can learn. */
      readonly trainable: number;
      readonly kept: readonly KeptParameters[];
      /** Only a new head can learn. */
      readonly headOnly: boolean;
      /** Estimates for {@link MEMORY_BATCH} pictures, bytes. */
      readonly memory: { readonly forward: number; readonly training: number };
      /** Measured here, ms per picture. */
      readonly forwardMs: number;
      readonly backend: BackendName;
      readonly warnings: readonly ModelWarning[];
    }
  | { readonly ok: false; readonly error: ErrorData };

/** Why a pixel range is proposed. */
export type RangeClue =
  'teachable-machine' | 'hub' | 'torchvision' | 'keras' | 'inside' | 'integers' | 'none';

/** Everything about a model that was brought. Nothing of it is kept yet. */
export interface ModelReport {
  /** Names the open inspection in later calls. */
  readonly inspectionId: string;
  /** Proposed name. */
  readonly name: string;
  readonly format: ModelFormat;
  /** What wrote the file, as far as it says. */
  readonly producer: string;
  readonly sizeBytes: number;
  readonly parameters: number;
  readonly inputs: readonly ValueFact[];
  readonly outputs: readonly ValueFact[];
  /** Operations, the most frequent first. */
  readonly ops: readonly { readonly op: string; readonly count: number }[];
  /** Names of the classes that it was taught, where they came along. */
  readonly labels: readonly string[];
  /** The network takes this size only, px; `null`: any. */
  readonly fixedSize: number | null;
  readonly features: readonly FeatureChoice[];
  /** Proposed settings, and what the pixel range was taken from. */
  readonly guess: PictureSettings;
  readonly clue: RangeClue;
  /** With the proposed settings. */
  readonly check: ModelCheck;
}

/** A file of a kept model. */
export interface OwnModelFile {
  /** Path relative to the model, as the model names it. */
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** How an own model is kept: its card, and where its bytes are. */
export interface OwnModelRecord {
  /** {@link ownModelId} of what follows. */
  readonly id: string;
  readonly name: string;
  readonly format: ModelFormat;
  readonly settings: PictureSettings;
  /** The model itself first. */
  readonly files: readonly OwnModelFile[];
  readonly labels: readonly string[];
  readonly megaMacs: number;
  readonly featureSize: number;
  readonly headOnly: boolean;
  readonly addedAtMs: number;
}

const PREFIX = 'own-';

/** Whether a model id is that of a model that a person brought. */
export function isOwnModel(modelId: string): boolean {
  return modelId.startsWith(PREFIX);
}

/** What an own model's id is the hash of: the same bytes with the same settings are the same model. */
export function ownModelKey({
  format,
  settings,
  files,
}: Pick<OwnModelRecord, 'format' | 'settings' | 'files'>): string {
  const { inputSize, range, channelOrder, features } = settings;
  const named = files.map(({ name, sha256 }) => [name, sha256]);
  return JSON.stringify([format, inputSize, range, channelOrder, features, named]);
}

/** The id of a hash of {@link ownModelKey}. */
export function ownModelId(hash: string): string {
  return `${PREFIX}${hash.slice(0, 32)}`;
}
