import { expect, test } from 'vitest';
import { heatImage, mainPlace, mainStretch, valueAt } from './heat-image.ts';

const GRID = { rows: 2, columns: 2, values: [1, 0, 0, 0] };

test('places are blended between their middles and held beyond', () => {
  expect(valueAt(GRID, 0.25, 0.25)).toBe(1);
  expect(valueAt(GRID, 0, 0)).toBe(1);
  expect(valueAt(GRID, 0.5, 0.25)).toBeCloseTo(0.5);
  expect(valueAt(GRID, 0.5, 0.5)).toBeCloseTo(0.25);
  expect(valueAt(GRID, 1, 1)).toBe(0);
});

test('more is lighter', () => {
  const image = heatImage(GRID, 4);
  const light = (pixel: number) => [0, 1, 2].reduce((sum, one) => sum + (image[pixel * 4 + one] ?? 0), 0);
  expect(light(0)).toBeGreaterThan(light(1));
  expect(light(1)).toBeGreaterThan(light(3));
  expect(image[15 * 4 + 3]).toBeGreaterThan(100);
});

test('the place of a map is said in words', () => {
  const values = new Float32Array(49);
  values[6] = 1;
  expect(mainPlace({ rows: 7, columns: 7, values })).toMatchObject({ place: 'topRight' });
  expect(mainPlace({ rows: 7, columns: 7, values: new Float32Array(49) })).toBeNull();
});

test('the time of a map is the quarter that holds most of it', () => {
  const values = [0, 0, 0, 0, 1, 3, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0];
  expect(mainStretch({ rows: 2, columns: 8, values })).toEqual({ from: 0.5, to: 0.75, share: 1 });
  expect(mainStretch({ rows: 1, columns: 3, values: [1, 2, 1] })).toMatchObject({ from: 1 / 3, share: 0.5 });
  expect(mainStretch({ rows: 1, columns: 4, values: [0, 0, 0, 0] })).toBeNull();
});
