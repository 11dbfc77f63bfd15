import type { PixelVariant } from '../../core/pixel-source.ts';
import { drawVariant, squarePixels } from './augment.ts';
import { readRgb } from './canvas.ts';

/**
 * Uses a stored picture, and closes it. It is sRGB already: no conversion, so that every machine reads the same numbers.
 */
export async function withStored<T>(picture: Blob, use: (bitmap: ImageBitmap) => T | Promise<T>): Promise<T> {
  const bitmap = await createImageBitmap(picture, { colorSpaceConversion: 'none' });
  try {
    return await use(bitmap);
  } finally {
    bitmap.close();
  }
}

/** The pixels of a stored picture or of a variant of it. Shape: `size * size * 3`, HWC, RGB, 0..255. */
export function storedPixels(
  picture: Blob,
  size: number,
  variant?: PixelVariant,
): Promise<Uint8Array<ArrayBuffer>> {
  return withStored(picture, (bitmap) =>
    variant === undefined
      ? squarePixels(bitmap, size)
      : readRgb(drawVariant(bitmap, size, variant.augmentation, variant.seed)),
  );
}
