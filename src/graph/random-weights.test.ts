import { expect, test } from 'vitest';
import { toyMobileNet } from '../testing/toy-model.ts';
import { randomWeights } from './random-weights.ts';

const graph = toyMobileNet(8, [2, 1, 1, 1, 1, 1]);

const moments = (values: ArrayLike<number>) => {
  const all = Array.from(values);
  const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
  return { mean, variance: all.reduce((sum, one) => sum + (one - mean) ** 2, 0) / all.length };
};

test('nothing of the pre-trained values is left but what never learns', () => {
  const drawn = randomWeights(graph, 3);
  for (const [name, { role, shape, data }] of graph.parameters) {
    const now = drawn.get(name);
    if (role === 'constant') expect(now, name).toBeUndefined();
    if (now === undefined) continue;
    expect(now.shape).toEqual(shape);
    if (role === 'weight') expect([...now.data], name).not.toEqual([...(data as Float32Array)]);
    if (role === 'gamma' || role === 'running-variance') expect(new Set(now.data)).toEqual(new Set([1]));
    if (role === 'beta' || role === 'bias' || role === 'running-mean')
      expect(new Set(now.data)).toEqual(new Set([0]));
  }
  const roles = new Set([...drawn.keys()].map((name) => graph.parameters.get(name)?.role));
  expect(roles).toContain('weight');
  expect(roles).toContain('running-variance');
});

test('weights have the variance of He: two over what one output is the sum of', () => {
  const kernel = (shape: readonly number[], op: string, attributes = {}) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const parameter = {
      name: 'w',
      shape,
      data: new Float32Array(size),
      dtype: 'float32',
      role: 'weight',
    } as const;
    const node = { name: op, op, inputs: ['x', 'w'], outputs: ['y'], attributes };
    const parameters = new Map([['w', parameter]]);
    return randomWeights({ inputs: [], outputs: [], nodes: [node], parameters }, 1).get('w')?.data ?? [];
  };
  const cases = [
    [kernel([3, 3, 16, 64], 'Conv'), 9 * 16],
    [kernel([5, 5, 1, 400], 'Conv'), 25],
    [kernel([30, 300], 'MatMul'), 30],
    [kernel([300, 30], 'Gemm', { transB: 1 }), 30],
  ] as const;
  for (const [values, fanIn] of cases) {
    const { mean, variance } = moments(values);
    expect(variance * fanIn).toBeGreaterThan(1.85);
    expect(variance * fanIn).toBeLessThan(2.15);
    expect(Math.abs(mean)).toBeLessThan(0.02);
  }
});

test('a seed gives the same values again, another one others', () => {
  const [a, b, c] = [randomWeights(graph, 3), randomWeights(graph, 3), randomWeights(graph, 4)];
  expect(a).toEqual(b);
  expect(a).not.toEqual(c);
});
