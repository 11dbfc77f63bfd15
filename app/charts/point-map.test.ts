import { expect, test } from 'vitest';
import { nextPoint, type MapPoint } from './PointMap.tsx';

const at = (id: string, x: number, y: number): MapPoint => ({
  id,
  x,
  y,
  colour: '',
  strong: false,
  marked: false,
  label: id,
});
const POINTS = [at('middle', 0.5, 0.5), at('right', 0.7, 0.52), at('far', 0.9, 0.5), at('up', 0.48, 0.2)];

test('arrow keys go to the next point that way', () => {
  const [middle = null] = POINTS;
  expect(nextPoint(POINTS, null, [1, 0])?.id).toBe('middle');
  expect(nextPoint(POINTS, middle, [1, 0])?.id).toBe('right');
  expect(nextPoint(POINTS, middle, [0, -1])?.id).toBe('up');
  expect(nextPoint(POINTS, middle, [-1, 0])).toBeNull();
});
