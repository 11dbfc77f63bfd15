import { describe, expect, it } from 'vitest';
import { gridColumns, gridStep } from './grid-layout.ts';

it('fits as many cells as the width allows and shares the rest', () => {
  expect(gridColumns(260, 60, 4)).toEqual({ columns: 4, cell: 62 });
  expect(gridColumns(40, 60, 4)).toEqual({ columns: 1, cell: 40 });
  expect(gridColumns(0, 60, 4)).toEqual({ columns: 1, cell: 0 });
});

describe('gridStep', () => {
  // 0 1 2 3
  // 4 5 6 7
  // 8 9
  const grid = { columns: 4, count: 10, pageRows: 2 };
  it.each([
    ['ArrowRight', 3, 4],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 5, 9],
    ['ArrowDown', 6, 6],
    ['ArrowUp', 2, 2],
    ['ArrowUp', 6, 2],
    ['Home', 6, 0],
    ['End', 1, 9],
    ['PageDown', 3, 9],
    ['PageDown', 1, 9],
    ['PageUp', 9, 1],
    ['PageUp', 3, 0],
  ] as const)('%s from %i leads to %i', (key, from, to) => {
    expect(gridStep(key, from, grid)).toBe(to);
  });
});
