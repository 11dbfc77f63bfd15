/** A straight scale from a domain of values to a range of pixels. */
export function linearScale(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): (value: number) => number {
  const span = to - from;
  return (value) => (span === 0 ? (start + end) / 2 : start + ((value - from) / span) * (end - start));
}

/** About `count` round values that cover a domain: steps of 1, 2 or 5 times a power of ten. */
export function niceTicks([from, to]: readonly [number, number], count: number): readonly number[] {
  const span = to - from;
  if (!(span > 0) || !Number.isFinite(span)) return [from];
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Moves values apart that are nearer than `gap`, keeping their order and staying within `[low, high]`. */
export function spreadApart(
  values: readonly number[],
  gap: number,
  [low, high]: readonly [number, number],
): readonly number[] {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  let edge = low - gap;
  for (const item of order) edge = item.value = Math.max(item.value, edge + gap);
  edge = high + gap;
  for (const item of order.reverse()) edge = item.value = Math.min(item.value, edge - gap);
  const result: number[] = [];
  for (const { value, index } of order) result[index] = value;
  return result;
}
