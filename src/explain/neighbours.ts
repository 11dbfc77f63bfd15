/** Rows of features with a centre, ready to be compared by angle. */
export interface AngleSpace {
  readonly size: number;
  readonly centre: Float32Array<ArrayBuffer>;
  /** Centred rows of length 1. Shape: `[count, size]`. */
  readonly rows: Float32Array<ArrayBuffer>;
}

/**
 * Features around their mean: pooled activations are all positive, so that without it every picture is like every other.
 * Shape of `features`: `[count, size]`.
 */
export function angleSpace(features: Float32Array, size: number): AngleSpace {
  const count = features.length / size;
  const sums = new Float64Array(size);
  for (let at = 0; at < features.length; at++) sums[at % size] = (sums[at % size] ?? 0) + (features[at] ?? 0);
  const centre = Float32Array.from(sums, (sum) => sum / Math.max(1, count));
  const rows = new Float32Array(features.length);
  for (let row = 0; row < count; row++) {
    rows.set(direction(features.subarray(row * size, (row + 1) * size), centre), row * size);
  }
  return { size, centre, rows };
}

/** The rows that point most nearly the same way as a row of features, best first, with the cosine of the angle. */
export function nearestRows(
  { size, centre, rows }: AngleSpace,
  features: Float32Array,
  count: number,
): { readonly row: number; readonly similarity: number }[] {
  const own = direction(features, centre);
  const all = Array.from({ length: rows.length / size }, (_, row) => {
    let similarity = 0;
    for (let i = 0, at = row * size; i < size; i++, at++) similarity += (own[i] ?? 0) * (rows[at] ?? 0);
    return { row, similarity };
  });
  return all.sort((a, b) => b.similarity - a.similarity).slice(0, count);
}

function direction(features: Float32Array, centre: Float32Array): Float32Array {
  const offset = features.map((value, i) => value - (centre[i] ?? 0));
  let square = 0;
  for (const value of offset) square += value * value;
  const length = Math.sqrt(square);
  return length > 0 ? offset.map((value) => value / length) : offset;
}
