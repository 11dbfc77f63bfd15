import { describe, expect, it } from 'vitest';
import { linearScale, niceTicks, spreadApart } from './scale.ts';

describe('linearScale', () => {
  it('maps the ends and the middle, downwards too', () => {
    const scale = linearScale([0, 4], [100, 0]);
    expect([scale(0), scale(1), scale(4)]).toEqual([100, 75, 0]);
  });

  it('puts everything in the middle of an empty domain', () => {
    expect(linearScale([3, 3], [0, 10])(3)).toBe(5);
  });
});

describe('niceTicks', () => {
  it.each([
    [[0, 1], 4, [0, 0.5, 1]],
    [[0, 1], 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [[0, 30], 4, [0, 10, 20, 30]],
    [[0.13, 2.4], 3, [1, 2]],
    [[0, 7], 7, [0, 1, 2, 3, 4, 5, 6, 7]],
  ] as const)('covers %j with about %d round values', (domain, count, expected) => {
    expect(niceTicks(domain, count)).toEqual(expected);
  });

  it('gives the one value of an empty domain', () => {
    expect(niceTicks([2, 2], 4)).toEqual([2]);
  });
});

describe('spreadApart', () => {
  it('leaves alone what is far enough apart', () => {
    expect(spreadApart([10, 60], 14, [0, 100])).toEqual([10, 60]);
  });

  it('moves close values apart in their order and keeps them inside', () => {
    expect(spreadApart([50, 48], 14, [0, 100])).toEqual([62, 48]);
    expect(spreadApart([99, 98], 14, [0, 100])).toEqual([100, 86]);
  });
});
