import { expect, test } from 'vitest';
import { massInside, placeGrid, relativeToLargest } from './heat-grid.ts';
import { angleSpace, nearestRows } from './neighbours.ts';
import { coveredScores, OCCLUSION_CELLS } from './occlusion.ts';

test('places are found whichever axis has the channels, with or without a class token', () => {
  expect(placeGrid([7, 7, 96])).toMatchObject({ rows: 7, channels: 96, channelAxis: 2 });
  expect(placeGrid([512, 14, 14])).toMatchObject({ rows: 14, channels: 512, channelAxis: 0 });
  expect(placeGrid([197, 768])).toMatchObject({ rows: 14, channels: 768, leading: 1 });
  expect(placeGrid([49, 768])).toMatchObject({ rows: 7, leading: 0 });
  expect([[576], [1, 1, 576], [50, 50, 50, 3], [198, 8]].map(placeGrid)).toEqual([null, null, null, null]);
});

test('a map is its positive part, relative to the largest', () => {
  expect([...relativeToLargest([-1, 0, 2, 4])]).toEqual([0, 0, 0.5, 1]);
  expect([...relativeToLargest([-1, 0])]).toEqual([0, 0]);
});

test('mass counts places by the share of them that is inside', () => {
  const map = { rows: 2, columns: 2, values: [3, 1, 0, 0] };
  expect(massInside(map, { left: 0, top: 0, right: 0.5, bottom: 0.5 })).toBeCloseTo(0.75);
  expect(massInside(map, { left: 0, top: 0, right: 0.25, bottom: 1 })).toBeCloseTo(0.375);
  expect(massInside({ ...map, values: [0, 0, 0, 0] }, { left: 0, top: 0, right: 1, bottom: 1 })).toBe(0);
});

test('the nearest rows are those of scikit-learn', () => {
  // NearestNeighbors(metric='cosine').fit(X - X.mean(0)).kneighbors(q - X.mean(0)), scikit-learn 1.9.1; similarity = 1 - distance.
  const rows = Float32Array.from([1, 0, 2, 3, 1, 0, 0, 4, 1, 2, 2, 2, 5, 1, 1]);
  const found = nearestRows(angleSpace(rows, 3), Float32Array.from([2, 1, 3]), 3);
  expect(found.map(({ row }) => row)).toEqual(EXPECTED.map(({ row }) => row));
  found.forEach(({ similarity }, at) => expect(similarity).toBeCloseTo(EXPECTED[at]?.similarity ?? NaN, 5));
});

const EXPECTED = [
  { row: 3, similarity: 0.70913897 },
  { row: 0, similarity: 0.6423833 },
  { row: 4, similarity: -0.10225245 },
];

test('covering the only part that counts takes the answer away', async () => {
  const size = 16;
  const pixels = new Uint8Array(size * size * 3).fill(60);
  // One bright place, in the third column of the sixth row.
  const at = (y: number, x: number) => (y * size + x) * 3;
  for (const [y, x] of [
    [10, 4],
    [10, 5],
    [11, 4],
    [11, 5],
  ] as const)
    pixels[at(y, x)] = 255;
  const score = (pictures: Float32Array, count: number) =>
    Promise.resolve(
      Array.from({ length: count }, (_, one) => (pictures[one * pixels.length + at(10, 4)] ?? 0) / 255),
    );
  const { signal } = new AbortController();
  const told: number[] = [];
  const covered = await coveredScores({
    pixels,
    size,
    score,
    signal,
    onProgress: (done) => told.push(done),
  });
  const lost = covered.map((one) => 1 - one);
  expect(lost[5 * OCCLUSION_CELLS + 2]).toBeGreaterThan(0.5);
  expect(lost.filter((one) => one > 0.5)).toHaveLength(4);
  expect(told.at(-1)).toBe(OCCLUSION_CELLS ** 2);
  const aborted = AbortSignal.abort();
  await expect(coveredScores({ pixels, size, score, signal: aborted })).rejects.toMatchObject({
    code: 'cancelled',
  });
});
