/** @file Pictures made worse. All are `[size, size, 3]`, 0..255, and every function gives a new one. */
import type { Rng } from '../core/rng.ts';
import { meanColour } from './occlusion.ts';

/** A square picture as the network takes it. */
export interface SquarePicture {
  /** Shape: `[size, size, 3]`, 0..255. */
  readonly pixels: Uint8Array;
  readonly size: number;
}

/** Lighter or darker: all values times `1 + by`. */
export function brightened({ pixels }: SquarePicture, by: number): Uint8Array {
  return clamped(pixels.length, (at) => (pixels[at] ?? 0) * (1 + by));
}

/** More or less contrast: distances from the mean of the picture times `1 + by`. */
export function contrasted({ pixels }: SquarePicture, by: number): Uint8Array {
  const mean = pixels.reduce((sum, one) => sum + one, 0) / Math.max(1, pixels.length);
  return clamped(pixels.length, (at) => mean + ((pixels[at] ?? 0) - mean) * (1 + by));
}

/** Gaussian blur with a standard deviation of `part` of the side; edges are held. Cut off at 4 deviations, as SciPy does. */
export function blurred({ pixels, size }: SquarePicture, part: number): Uint8Array {
  const sigma = part * size;
  const radius = Math.floor(4 * sigma + 0.5);
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  const across = blurredAlong(pixels, size, weights, sum, { step: 3, line: size * 3 });
  const both = blurredAlong(across, size, weights, sum, { step: size * 3, line: 3 });
  return clamped(pixels.length, (at) => both[at] ?? 0);
}

/** Lines blurred along themselves: `step` values from one pixel of a line to the next, `line` from one line to the next. */
function blurredAlong(
  from: ArrayLike<number>,
  size: number,
  weights: Float64Array,
  sum: number,
  { step, line }: { readonly step: number; readonly line: number },
): Float32Array {
  const radius = (weights.length - 1) / 2;
  const to = new Float32Array(size * size * 3);
  const padded = new Float32Array(size + 2 * radius);
  for (let start = 0; start < size; start++) {
    for (let channel = 0; channel < 3; channel++) {
      const first = start * line + channel;
      for (let i = 0; i < padded.length; i++) {
        padded[i] = from[first + Math.min(size - 1, Math.max(0, i - radius)) * step] ?? 0;
      }
      for (let i = 0; i < size; i++) {
        let value = 0;
        for (let k = 0; k < weights.length; k++) value += (weights[k] ?? 0) * (padded[i + k] ?? 0);
        to[first + i * step] = value / sum;
      }
    }
  }
  return to;
}

/** Gaussian noise on every value, with a standard deviation of `part` of the range. */
export function noisy({ pixels }: SquarePicture, part: number, rng: Rng): Uint8Array {
  return clamped(pixels.length, (at) => (pixels[at] ?? 0) + 255 * part * rng.normal());
}

/** The middle of the picture, enlarged: `part` of each side is cut away. */
export function croppedIn(picture: SquarePicture, part: number): Uint8Array {
  const { size } = picture;
  const kept = 1 - part;
  const centre = (size - 1) / 2;
  return resampled(picture, (x, y) => [centre + (x - centre) * kept, centre + (y - centre) * kept]);
}

/** Turned about the middle, counter-clockwise; edges are held beyond the picture. */
export function turned(picture: SquarePicture, degrees: number): Uint8Array {
  const { size } = picture;
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const centre = (size - 1) / 2;
  return resampled(picture, (x, y) => [
    centre + (x - centre) * cos - (y - centre) * sin,
    centre + (x - centre) * sin + (y - centre) * cos,
  ]);
}

/** Left and right exchanged. */
export function mirrored({ pixels, size }: SquarePicture): Uint8Array {
  const result = new Uint8Array(pixels.length);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const from = (y * size + size - 1 - x) * 3;
      result.set(pixels.subarray(from, from + 3), (y * size + x) * 3);
    }
  }
  return result;
}

/** A rectangle in pixels: left and top inclusive, right and bottom exclusive. */
export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The middle covered, `part` of each side: what is left is mostly background. */
export function middleBox(size: number, part: number): PixelBox {
  const left = Math.round((size * (1 - part)) / 2);
  return { left, top: left, right: size - left, bottom: size - left };
}

/** A part covered by the mean colour of the picture. */
export function covered({ pixels, size }: SquarePicture, box: PixelBox): Uint8Array {
  const result = pixels.slice();
  const colour = meanColour(pixels);
  for (let y = box.top; y < box.bottom; y++) {
    for (let x = box.left; x < box.right; x++) result.set(colour, (y * size + x) * 3);
  }
  return result;
}

/** A part copied from another picture of the same size, to the same place. */
export function transplanted({ pixels, size }: SquarePicture, donor: Uint8Array, box: PixelBox): Uint8Array {
  const result = pixels.slice();
  for (let y = box.top; y < box.bottom; y++) {
    const from = (y * size + box.left) * 3;
    result.set(donor.subarray(from, (y * size + box.right) * 3), from);
  }
  return result;
}

/** Bilinear, with the edges held. `source` says where a pixel of the result comes from. */
function resampled(
  { pixels, size }: SquarePicture,
  source: (x: number, y: number) => readonly [x: number, y: number],
): Uint8Array {
  const result = new Uint8Array(pixels.length);
  const held = (value: number) => Math.min(size - 1, Math.max(0, value));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [fromX, fromY] = source(x, y).map(held) as [number, number];
      const [left, top] = [Math.floor(fromX), Math.floor(fromY)];
      const [right, bottom] = [held(left + 1), held(top + 1)];
      const [across, down] = [fromX - left, fromY - top];
      for (let channel = 0; channel < 3; channel++) {
        const at = (row: number, column: number) => pixels[(row * size + column) * 3 + channel] ?? 0;
        const upper = at(top, left) * (1 - across) + at(top, right) * across;
        const lower = at(bottom, left) * (1 - across) + at(bottom, right) * across;
        result[(y * size + x) * 3 + channel] = Math.round(upper * (1 - down) + lower * down);
      }
    }
  }
  return result;
}

function clamped(length: number, value: (at: number) => number): Uint8Array {
  const result = new Uint8ClampedArray(length);
  for (let at = 0; at < length; at++) result[at] = value(at);
  return new Uint8Array(result.buffer);
}
