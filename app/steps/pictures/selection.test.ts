import { describe, expect, it } from 'vitest';
import { choose, chooseAll, NOTHING_SELECTED, prune } from './selection.ts';

const order = ['a', 'b', 'c', 'd', 'e'];
const ids = (selection: { ids: ReadonlySet<string> }) => [...selection.ids].sort();

describe('choose', () => {
  it('keeps only the chosen one', () => {
    const two = choose(choose(NOTHING_SELECTED, order, 'a', 'only'), order, 'd', 'only');
    expect(ids(two)).toEqual(['d']);
  });

  it('adds and takes away', () => {
    const one = choose(NOTHING_SELECTED, order, 'a', 'toggle');
    const two = choose(one, order, 'c', 'toggle');
    expect(ids(two)).toEqual(['a', 'c']);
    expect(ids(choose(two, order, 'a', 'toggle'))).toEqual(['c']);
  });

  it('extends from the anchor both ways and keeps the anchor', () => {
    const start = choose(NOTHING_SELECTED, order, 'c', 'only');
    const right = choose(start, order, 'e', 'extend');
    expect(ids(right)).toEqual(['c', 'd', 'e']);
    expect(ids(choose(right, order, 'a', 'extend'))).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('adds just one when the anchor is in another class', () => {
    const elsewhere = choose(NOTHING_SELECTED, ['x', 'y'], 'x', 'only');
    expect(ids(choose(elsewhere, order, 'c', 'extend'))).toEqual(['c', 'x']);
  });
});

it('selects all of a class, then none of it', () => {
  const other = choose(NOTHING_SELECTED, ['x'], 'x', 'only');
  const all = chooseAll(other, order);
  expect(ids(all)).toEqual(['a', 'b', 'c', 'd', 'e', 'x']);
  expect(ids(chooseAll(all, order))).toEqual(['x']);
});

it('forgets what is gone, and only then makes a new object', () => {
  const two = choose(choose(NOTHING_SELECTED, order, 'a', 'toggle'), order, 'b', 'toggle');
  expect(prune(two, () => true)).toBe(two);
  const one = prune(two, (id) => id === 'a');
  expect(ids(one)).toEqual(['a']);
  expect(one.anchor).toBeNull();
});
