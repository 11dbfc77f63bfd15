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
