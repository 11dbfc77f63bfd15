/**
 * @file Occlusion: how much less sure a model is with one part of the picture covered. Asks nothing of the network but
 * answers. Source: Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, 2014, section 4.2.
 */
import { assertNotAborted } from '../core/errors.ts';

/** Places per side of the map. */
export const OCCLUSION_CELLS = 8;
/** Side of the cover, in places: wider than one, so that neighbours overlap and the map is smooth. */
const COVER = 2;
/** Covered inputs per pass. */
const BATCH = 8;

/** What is asked of a model, again and again. */
interface ScoringTask {
  /** How much speaks for the class in some inputs, one number each. Shape of `values`: `[count, ...one input]`. */
  readonly score: (values: Float32Array<ArrayBuffer>, count: number) => Promise<ArrayLike<number>>;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface OcclusionTask extends ScoringTask {
  /** Shape: `[size, size, 3]`, 0..255. */
  readonly pixels: ArrayLike<number>;
  readonly size: number;
}

/**
 * The score with each part covered by the mean colour of the picture.
 * Shape: `[OCCLUSION_CELLS, OCCLUSION_CELLS]`, row-major.
 * @throws {EngineError} `cancelled`.
 */
export function coveredScores({ pixels, size, ...task }: OcclusionTask): Promise<Float32Array<ArrayBuffer>> {
  const colour = meanColour(pixels);
  return scoresInBatches({
    ...task,
    count: OCCLUSION_CELLS ** 2,
    make(cell) {
      const picture = Float32Array.from(pixels);
      cover(picture, size, cell, colour);
      return picture;
    },
  });
}

/**
 * The scores of inputs that are made one after the other, all of one length.
 * @throws {EngineError} `cancelled`.
 */
export async function scoresInBatches({
  count: total,
  make,
  score,
  signal,
  onProgress,
}: ScoringTask & {
  readonly count: number;
  readonly make: (at: number) => ArrayLike<number>;
}): Promise<Float32Array<ArrayBuffer>> {
  const found = new Float32Array(total);
  for (let start = 0; start < total; start += BATCH) {
    const count = Math.min(BATCH, total - start);
    const inputs = Array.from({ length: count }, (_, at) => make(start + at));
    const [{ length } = []] = inputs;
    const values = new Float32Array(count * length);
    for (const [at, input] of inputs.entries()) values.set(input, at * length);
    found.set(Float32Array.from(await score(values, count)), start);
    assertNotAborted(signal);
    onProgress?.(start + count, total);
  }
  return found;
}

function cover(picture: Float32Array, size: number, cell: number, colour: readonly number[]): void {
  const row = Math.floor(cell / OCCLUSION_CELLS);
  const column = cell % OCCLUSION_CELLS;
  const step = size / OCCLUSION_CELLS;
  const range = (at: number): [number, number] => [
    Math.max(0, Math.round((at + 0.5 - COVER / 2) * step)),
    Math.min(size, Math.round((at + 0.5 + COVER / 2) * step)),
  ];
  const [top, bottom] = range(row);
  const [left, right] = range(column);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) picture.set(colour, (y * size + x) * 3);
  }
}

/** Mean of the pixels, RGB, 0..255. */
export function meanColour(pixels: ArrayLike<number>): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  for (let at = 0; at < pixels.length; at += 3) {
    sums[0] += pixels[at] ?? 0;
    sums[1] += pixels[at + 1] ?? 0;
    sums[2] += pixels[at + 2] ?? 0;
  }
  const count = Math.max(1, pixels.length / 3);
  return [sums[0] / count, sums[1] / count, sums[2] / count];
}
