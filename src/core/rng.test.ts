import { expect, test } from 'vitest';
import { createRng, shuffled } from './rng.ts';

test('a stream continues from its state', () => {
  const rng = createRng(7);
  rng.next();
  const copy = createRng(rng.state());
  expect([rng.next(), rng.next()]).toEqual([copy.next(), copy.next()]);
});

test('a shuffle is a permutation that the seed decides', () => {
  const items = Array.from({ length: 50 }, (_, i) => i);
  const order = shuffled(items, createRng(3));
  expect(order).toEqual(shuffled(items, createRng(3)));
  expect(order).not.toEqual(items);
  expect([...order].sort((a, b) => a - b)).toEqual(items);
});
