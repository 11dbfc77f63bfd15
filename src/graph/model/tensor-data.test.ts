import { expect, test } from 'vitest';
import { fromNumbers, toNumbers } from './tensor-data.ts';

test('the limits of int64, which are no doubles, stay limits', () => {
  const ends = fromNumbers([2 ** 63, -(2 ** 63), -1], 'int64');
  expect([...(ends as BigInt64Array)]).toEqual([2n ** 63n - 1n, -(2n ** 63n), -1n]);
});

test.each(['float32', 'float16', 'bfloat16', 'int8', 'int64'] as const)('%s there and back', (dtype) => {
  const data = fromNumbers([1, -2, 0, 96], dtype);
  expect([...toNumbers({ dtype, shape: [4], data })]).toEqual([1, -2, 0, 96]);
});
