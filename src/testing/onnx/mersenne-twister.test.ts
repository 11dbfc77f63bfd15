import { expect, test } from 'vitest';
import { mersenneTwister } from './mersenne-twister.ts';

// Printed by numpy 2.4: `numpy.random.seed(0); numpy.random.uniform(size=4)`.
test('draws what numpy draws', () => {
  const draw = mersenneTwister(0);
  const drawn = [draw(), draw(), draw(), draw()];
  const expected = [0.5488135039273248, 0.7151893663724195, 0.6027633760716439, 0.5448831829968969];
  drawn.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 15));
});
