/** @file Grids of places: how an activation lies over the picture, and how much of a map is where. */

/** How the activation at a cut lies over the picture. */
export interface PlaceGrid {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  /** Axis of the channels in the activation without its batch. */
  readonly channelAxis: 0 | 1 | 2;
  /** Tokens before the first place: the class token of a vision transformer. */
  readonly leading: number;
}

/**
 * The grid of an activation's shape without the batch; `null` where it has no places any more. Pictures are square, so
 * the two equal axes of three are the places (`[H, W, C]`, or `[C, H, W]` of an ONNX file); of two, the first counts
 * places row by row, with or without a class token (`[tokens, C]`).
 */
export function placeGrid(shape: readonly number[]): PlaceGrid | null {
  if (shape.length === 3) {
    const [a, b, c] = shape as [number, number, number];
    if (a === b && a > 1) return { rows: a, columns: b, channels: c, channelAxis: 2, leading: 0 };
    if (b === c && b > 1) return { rows: b, columns: c, channels: a, channelAxis: 0, leading: 0 };
    return null;
  }
  if (shape.length !== 2) return null;
  const [tokens, channels] = shape as [number, number];
  for (const leading of [0, 1]) {
    const side = Math.sqrt(tokens - leading);
    if (Number.isInteger(side) && side > 1)
      return { rows: side, columns: side, channels, channelAxis: 1, leading };
  }
  return null;
}

/** The grid of an activation of a spectrum, `[time, bands, C]`; `null` where no time is left. */
export function stretchGrid(shape: readonly number[]): PlaceGrid | null {
  const [rows = 0, columns = 0, channels = 0] = shape;
  return shape.length === 3 && rows > 1 ? { rows, columns, channels, channelAxis: 2, leading: 0 } : null;
}

/** The positive part of values, relative to the largest; zeros where none is positive. */
export function relativeToLargest(values: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const positive = Float32Array.from(values, (value) => (value > 0 ? value : 0));
  const largest = positive.reduce((a, b) => Math.max(a, b), 0);
  return largest > 0 ? positive.map((value) => value / largest) : positive;
}

/** A part of a picture, in shares of its sides. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * The share of a map's sum that lies in a region, each place counting by the share of its area inside. 0 for an empty
 * map.
 */
export function massInside(
  {
    rows,
    columns,
    values,
  }: { readonly rows: number; readonly columns: number; readonly values: ArrayLike<number> },
  { left, top, right, bottom }: Region,
): number {
  let inside = 0;
  let all = 0;
  for (let row = 0; row < rows; row++) {
    const high = overlap(row / rows, (row + 1) / rows, top, bottom) * rows;
    for (let column = 0; column < columns; column++) {
      const wide = overlap(column / columns, (column + 1) / columns, left, right) * columns;
      const value = values[row * columns + column] ?? 0;
      all += value;
      inside += value * high * wide;
    }
  }
  return all > 0 ? inside / all : 0;
}

const overlap = (from: number, to: number, low: number, high: number): number =>
  Math.max(0, Math.min(to, high) - Math.max(from, low));
