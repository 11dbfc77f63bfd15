/**
 * @file Inputs that travel with a model, so that whoever opens it can see that it answers as it did in the app. They are
 * patterns of whole numbers and not pictures: pictures of people have no business in a file that is passed on.
 */

/** Patterns in a bundle. */
export const PATTERNS = 16;

export interface TestVectors {
  /** Of {@link pattern}, from 0; the app's own probabilities for each. Shape: `[count][classes]`. */
  readonly probabilities: readonly (readonly number[])[];
}

/** How {@link pattern} is made, for other languages. */
export const PATTERN_RULE = '(x * (3 * k + 2) + y * (47 - 2 * k) + 85 * c + (x * y >> k % 5)) mod 256';

/** The pixels of the k-th pattern. Shape: `[side, side, 3]`, whole numbers 0..255. */
export function pattern(k: number, side: number): Float32Array<ArrayBuffer> {
  const pixels = new Float32Array(side * side * 3);
  let at = 0;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      for (let c = 0; c < 3; c++) {
        pixels[at++] = (x * (3 * k + 2) + y * (47 - 2 * k) + 85 * c + ((x * y) >> (k % 5))) % 256;
      }
    }
  }
  return pixels;
}
