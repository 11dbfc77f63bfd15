/** @file Points on a plane, `[count, 2]`: laid over other ones, and into a square. */

/**
 * The points shifted, turned and, where that fits better, mirrored, so that they lie as near as can be to others in the
 * same order (orthogonal Procrustes: Schönemann, 1966). Sizes and mutual distances stay.
 */
export function laidOver(points: Float32Array, others: Float32Array): Float32Array<ArrayBuffer> {
  const [from, to] = [middleOf(points), middleOf(others)];
  const turn = (mirror: 1 | -1) => {
    let along = 0;
    let across = 0;
    for (let at = 0; at < points.length; at += 2) {
      const x = mirror * ((points[at] ?? 0) - from[0]);
      const y = (points[at + 1] ?? 0) - from[1];
      const u = (others[at] ?? 0) - to[0];
      const v = (others[at + 1] ?? 0) - to[1];
      along += x * u + y * v;
      across += x * v - y * u;
    }
    return { mirror, along, across, fit: Math.hypot(along, across) };
  };
  const [plain, mirrored] = [turn(1), turn(-1)];
  const { mirror, along, across, fit } = mirrored.fit > plain.fit ? mirrored : plain;
  const [cos, sin] = fit > 0 ? [along / fit, across / fit] : [1, 0];
  const result = new Float32Array(points.length);
  for (let at = 0; at < points.length; at += 2) {
    const x = mirror * ((points[at] ?? 0) - from[0]);
    const y = (points[at + 1] ?? 0) - from[1];
    result[at] = x * cos - y * sin + to[0];
    result[at + 1] = x * sin + y * cos + to[1];
  }
  return result;
}

function middleOf(points: Float32Array): [number, number] {
  const count = Math.max(1, points.length / 2);
  let [x, y] = [0, 0];
  for (let at = 0; at < points.length; at += 2) {
    x += (points[at] ?? 0) / count;
    y += (points[at + 1] ?? 0) / count;
  }
  return [x, y];
}

/** The points at the same typical distance (root mean square) from their middle as others are from theirs. */
export function sizedAs(points: Float32Array, others: Float32Array): Float32Array<ArrayBuffer> {
  const factor = radiusOf(others) / radiusOf(points);
  return Float32Array.from(points, (value) => value * (Number.isFinite(factor) ? factor : 1));
}

function radiusOf(points: Float32Array): number {
  const [x, y] = middleOf(points);
  let sum = 0;
  for (let at = 0; at < points.length; at += 2)
    sum += ((points[at] ?? 0) - x) ** 2 + ((points[at + 1] ?? 0) - y) ** 2;
  return Math.sqrt(sum / Math.max(1, points.length / 2));
}

/** Sets of points scaled and shifted together into the square 0..1, without distortion, each middle on the next. */
export function intoSquare(sets: readonly Float32Array[]): Float32Array<ArrayBuffer>[] {
  const all = sets.flatMap((points) =>
    Array.from({ length: points.length / 2 }, (_, at) => at * 2).map(
      (at) => [points[at] ?? 0, points[at + 1] ?? 0] as const,
    ),
  );
  const bound = (axis: 0 | 1, pick: (a: number, b: number) => number, start: number) =>
    all.reduce((found, point) => pick(found, point[axis]), start);
  const low = [bound(0, Math.min, Infinity), bound(1, Math.min, Infinity)] as const;
  const high = [bound(0, Math.max, -Infinity), bound(1, Math.max, -Infinity)] as const;
  const side = Math.max(high[0] - low[0], high[1] - low[1]);
  const centre = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2] as const;
  return sets.map((points) =>
    Float32Array.from(points, (value, at) => (side > 0 ? 0.5 + (value - (centre[at % 2] ?? 0)) / side : 0.5)),
  );
}
