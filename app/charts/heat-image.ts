/** Stops of a colour map from nothing to much: dark to light, so that it can be read without colour. RGB, 0..255. */
const STOPS: readonly (readonly [number, number, number])[] = [
  // "Inferno" of matplotlib (van der Walt and Smith, CC0) at 0, 1/4, 1/2, 3/4 and 1.
  [0, 0, 4],
  [87, 16, 110],
  [188, 55, 84],
  [249, 142, 9],
  [252, 255, 164],
];
/** How much of the picture is covered where nothing and where most spoke for the class. */
const COVER = [0.55, 0.62] as const;

/** A map of places. Shape of `values`: `[rows, columns]`, row-major, 0..1. */
export interface HeatGrid {
  readonly rows: number;
  readonly columns: number;
  readonly values: ArrayLike<number>;
}

/** Pixels that lie over a picture, RGBA, `side` squared: places are blended into each other (bilinear). */
export function heatImage(grid: HeatGrid, side: number): Uint8ClampedArray<ArrayBuffer> {
  const image = new Uint8ClampedArray(side * side * 4);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const value = valueAt(grid, (x + 0.5) / side, (y + 0.5) / side);
      image.set(colourOf(value), (y * side + x) * 4);
    }
  }
  return image;
}

/** Between the middles of places; beyond the outermost, theirs. `x` and `y`: shares of the sides. */
export function valueAt({ rows, columns, values }: HeatGrid, x: number, y: number): number {
  const [left, right, across] = between(x * columns - 0.5, columns);
  const [top, bottom, down] = between(y * rows - 0.5, rows);
  const at = (row: number, column: number) => values[row * columns + column] ?? 0;
  const upper = at(top, left) * (1 - across) + at(top, right) * across;
  const lower = at(bottom, left) * (1 - across) + at(bottom, right) * across;
  return upper * (1 - down) + lower * down;
}

function between(position: number, count: number): [low: number, high: number, share: number] {
  const held = Math.min(count - 1, Math.max(0, position));
  const low = Math.floor(held);
  return [low, Math.min(count - 1, low + 1), held - low];
}

function colourOf(value: number): [number, number, number, number] {
  const [low, high, share] = between(value * (STOPS.length - 1), STOPS.length);
  const mix = (channel: 0 | 1 | 2) =>
    (STOPS[low]?.[channel] ?? 0) * (1 - share) + (STOPS[high]?.[channel] ?? 0) * share;
  return [mix(0), mix(1), mix(2), 255 * (COVER[0] + (COVER[1] - COVER[0]) * value)];
}

/** Thirds of a picture, from the upper left, row by row. */
export const PLACES = [
  'topLeft',
  'top',
  'topRight',
  'left',
  'middle',
  'right',
  'bottomLeft',
  'bottom',
  'bottomRight',
] as const;
export type Place = (typeof PLACES)[number];

/** The ninth of the picture that holds most of a map, and its share of it; `null` for an empty map. */
export function mainPlace(grid: HeatGrid): { readonly place: Place; readonly share: number } | null {
  const sums = new Float64Array(PLACES.length);
  const steps = 30;
  for (let y = 0; y < steps; y++) {
    for (let x = 0; x < steps; x++) {
      const ninth = Math.floor((y * 3) / steps) * 3 + Math.floor((x * 3) / steps);
      sums[ninth] = (sums[ninth] ?? 0) + valueAt(grid, (x + 0.5) / steps, (y + 0.5) / steps);
    }
  }
  const all = sums.reduce((a, b) => a + b, 0);
  if (all <= 0) return null;
  const most = sums.indexOf(Math.max(...sums));
  return { place: PLACES[most] ?? 'middle', share: (sums[most] ?? 0) / all };
}

/** The quarter of a map's columns that holds most of it, in shares of its width; `null` for an empty map. */
export function mainStretch({ rows, columns, values }: HeatGrid): {
  readonly from: number;
  readonly to: number;
  readonly share: number;
} | null {
  const sums = Array.from({ length: columns }, (_, column) =>
    Array.from({ length: rows }, (__, row) => values[row * columns + column] ?? 0).reduce((a, b) => a + b, 0),
  );
  const all = sums.reduce((a, b) => a + b, 0);
  if (all <= 0) return null;
  const wide = Math.max(1, Math.round(columns / 4));
  const inside = (from: number) => sums.slice(from, from + wide).reduce((a, b) => a + b, 0);
  const starts = Array.from({ length: columns - wide + 1 }, (_, from) => from);
  const best = starts.reduce((a, b) => (inside(b) > inside(a) ? b : a), 0);
  return { from: best / columns, to: (best + wide) / columns, share: inside(best) / all };
}
