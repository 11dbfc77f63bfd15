import type { SampleId } from './dataset.ts';
import type { Augmentation } from './train-settings.ts';
import type { InputValues, TrunkInput } from './trunk-input.ts';

/** A random variant of a picture: the same seed gives the same pixels. */
export interface PixelVariant {
  readonly augmentation: Augmentation;
  readonly seed: number;
}

/** What a trunk takes of stored samples, whatever they are. Many calls may be in flight; a pool queues them. */
export interface InputSource {
  /**
   * One sample as the trunk takes it. Shape: `inputShape(input)`. The caller owns the array.
   * @throws {EngineError} `not-found`, `cancelled`; `model-unsupported` if the sample is of another kind.
   */
  input(
    id: SampleId,
    input: TrunkInput,
    options?: { variant?: PixelVariant; signal?: AbortSignal },
  ): Promise<InputValues>;
  /** Samples that are worth asking for at once. */
  readonly concurrency: number;
}

/** Decoded pictures for the trainer, whoever decodes them. Many calls may be in flight; a pool queues them. */
export interface PixelSource {
  /**
   * One stored picture, centre-cropped to a square and resized.
   * Shape: `size * size * 3`, height-width-RGB, 0..255. The caller owns the array.
   * @throws {EngineError} `not-found`, `cancelled`.
   */
  pixels(
    id: SampleId,
    size: number,
    options?: { variant?: PixelVariant; signal?: AbortSignal },
  ): Promise<Uint8Array<ArrayBuffer>>;
  /** Pictures that are worth asking for at once. */
  readonly concurrency: number;
}

/** Pixels of a bitmap that is no sample (live camera, a file to predict). The bitmap is closed. */
export interface BitmapReader {
  bitmapPixels(bitmap: ImageBitmap, size: number): Promise<Uint8Array<ArrayBuffer>>;
}
