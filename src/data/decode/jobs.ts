/** @file The contract of the decode pool: one table of jobs, as the table of calls is for the engine. */
import type { PixelVariant } from '../../core/pixel-source.ts';
import type { SampleKind } from '../../core/tasks.ts';
import type { Augmentation } from '../../core/train-settings.ts';
import type { InputValues, TrunkInput } from '../../core/trunk-input.ts';
import type { PictureLook } from './look.ts';
import type { Metadata } from './metadata.ts';

/** A sample as it is stored; a picture: bounded size, upright, sRGB, no metadata. */
export interface StoredPicture {
  /** A picture is a JPEG, a sound a WAV. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of a sound: of its small spectrogram. */
  readonly width: number;
  readonly height: number;
  /** SHA-256 of `bytes`. */
  readonly contentHash: string;
  /** SHA-256 of the bytes as they came. */
  readonly sourceHash: string;
  /** JPEG, longest side {@link THUMBNAIL_SIDE}. */
  readonly thumbnail: Blob;
  readonly look: PictureLook;
  /** The source was animated. */
  readonly firstFrameOnly: boolean;
  /** What the source said of the camera or the person (EXIF, XMP): `place` where it was taken too. Never kept. */
  readonly metadata: Metadata;
  /** What the job `pixels` would give for `bytes`; see {@link DecodeJobs.ingest}. */
  readonly square?: Square;
}

/** A picture as a trunk takes it. */
export interface Square {
  readonly size: number;
  /** Shape: `size * size * 3`, HWC, RGB, 0..255. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** Every job: kind -> parameters and result. Bitmaps and buffers are transferred. */
export interface DecodeJobs {
  /**
   * A file from outside, checked. With `squareSize` the pixels come along where that saves decoding the same bytes
   * again: for a file that is kept as it is.
   * @throws {EngineError} the `file-...` codes.
   */
  readonly ingest: {
    readonly params: { readonly file: Blob; readonly kind?: SampleKind; readonly squareSize?: number };
    readonly result: StoredPicture;
  };
  /** A camera frame or a drawn picture. The bitmap is closed. */
  readonly frame: { readonly params: { readonly bitmap: ImageBitmap }; readonly result: StoredPicture };
  readonly thumbnail: {
    readonly params: { readonly picture: Blob; readonly kind?: SampleKind };
    readonly result: Blob;
  };
  readonly look: {
    readonly params: { readonly picture: Blob; readonly kind?: SampleKind };
    readonly result: PictureLook;
  };
  /** What a trunk takes of a stored sample. Shape of the result: `inputShape(input)`. */
  readonly input: {
    readonly params: {
      readonly stored: Blob;
      readonly kind: SampleKind;
      readonly input: TrunkInput;
      readonly variant?: PixelVariant;
    };
    readonly result: InputValues;
  };
  /** The same of a file from outside, with the checks of `ingest`. */
  readonly 'open-input': {
    readonly params: { readonly file: Blob; readonly kind: SampleKind; readonly input: TrunkInput };
    readonly result: InputValues;
  };
  /** Shape of the result: `size * size * 3`, HWC, RGB, 0..255. */
  readonly pixels: {
    readonly params: {
      readonly picture: Blob;
      readonly size: number;
      readonly variant?: { readonly augmentation: Augmentation; readonly seed: number };
    };
    readonly result: Uint8Array<ArrayBuffer>;
  };
  readonly variant: {
    readonly params: {
      readonly picture: Blob;
      readonly size: number;
      readonly augmentation: Augmentation;
      readonly seed: number;
    };
    readonly result: ImageBitmap;
  };
}

export type DecodeKind = keyof DecodeJobs;
export type DecodeParams<K extends DecodeKind> = DecodeJobs[K]['params'];
export type DecodeResult<K extends DecodeKind> = DecodeJobs[K]['result'];

/** Longest side of a stored picture, px: twice what the largest trunk sees, so that crops lose nothing. */
export const STORED_SIDE = 640;
export const THUMBNAIL_SIDE = 128;
/** Pixels above which a source is refused: decoding takes 4 bytes each. */
export const MAX_SOURCE_PIXELS = 100_000_000;
/** Bytes above which a source is refused. */
export const MAX_SOURCE_BYTES = 200_000_000;
