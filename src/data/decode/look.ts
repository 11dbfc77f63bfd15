/** @file What a picture looks like in a few numbers, for telling copies, blur and darkness without decoding it again. */

/** Side of {@link PictureLook.tiny}. */
export const LOOK_SIDE = 32;

export interface PictureLook {
  /** The whole picture in grey, stretched to a square. Shape: `[LOOK_SIDE, LOOK_SIDE]`, 0..255. */
  readonly tiny: Uint8Array<ArrayBuffer>;
  /** Mean luma, 0..1. */
  readonly brightness: number;
  /** Variance of the Laplacian of the luma (0..255) at the size of a thumbnail: low where nothing is sharp. */
  readonly sharpness: number;
}

/**
 * The look of a picture at the size of a thumbnail.
 * Source: luma of ITU-R BT.601; Pech-Pacheco et al. 2000, "Diatom autofocusing" (variance of the Laplacian).
 */
export function lookOf({ data, width, height }: ImageData): PictureLook {
  const luma = new Float32Array(width * height);
  let sum = 0;
  for (let i = 0, at = 0; i < luma.length; i++, at += 4) {
    const value = 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
    luma[i] = value;
    sum += value;
  }
  return {
    tiny: shrunk(luma, width, height),
    brightness: sum / luma.length / 255,
    sharpness: laplacianVariance(luma, width, height),
  };
}

/** Area averages; where the picture is smaller, its pixels are repeated. */
function shrunk(luma: Float32Array, width: number, height: number): Uint8Array<ArrayBuffer> {
  const tiny = new Uint8Array(LOOK_SIDE * LOOK_SIDE);
  const span = (i: number, length: number): [number, number] => {
    const from = Math.floor((i * length) / LOOK_SIDE);
    return [from, Math.max(from + 1, Math.floor(((i + 1) * length) / LOOK_SIDE))];
  };
  for (let row = 0; row < LOOK_SIDE; row++) {
    const [top, bottom] = span(row, height);
    for (let column = 0; column < LOOK_SIDE; column++) {
      const [left, right] = span(column, width);
      let sum = 0;
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += luma[y * width + x] ?? 0;
      tiny[row * LOOK_SIDE + column] = Math.round(sum / ((bottom - top) * (right - left)));
    }
  }
  return tiny;
}

function laplacianVariance(luma: Float32Array, width: number, height: number): number {
  let sum = 0;
  let squares = 0;
  let count = 0;
  const at = (i: number) => luma[i] ?? 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const value = at(i - 1) + at(i + 1) + at(i - width) + at(i + width) - 4 * at(i);
      sum += value;
      squares += value * value;
      count++;
    }
  }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}
