import { createSheet, readRgb, scratchSheet } from './canvas.ts';

/**
 * A square picture as a JPEG of this browser shows it. Shape: `[size, size, 3]`, 0..255.
 * @param quality 1..100.
 */
export async function asJpeg(
  { pixels, size }: { readonly pixels: ArrayLike<number>; readonly size: number },
  quality: number,
): Promise<Uint8Array> {
  const rgba = new Uint8ClampedArray(size * size * 4).fill(255);
  for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
    for (let channel = 0; channel < 3; channel++) rgba[to + channel] = pixels[from + channel] ?? 0;
  }
  const context = createSheet(size, size);
  context.putImageData(new ImageData(rgba, size, size), 0, 0);
  const bitmap = await createImageBitmap(
    await context.canvas.convertToBlob({ type: 'image/jpeg', quality: quality / 100 }),
  );
  const back = scratchSheet(size, size);
  back.drawImage(bitmap, 0, 0);
  bitmap.close();
  return readRgb(back);
}
