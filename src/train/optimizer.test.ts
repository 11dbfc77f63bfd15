import { describe, expect, it } from 'vitest';
import { clipByGlobalNorm, createOptimizer } from './optimizer.ts';

/** Two groups, three steps; expected values: PyTorch 2.13.0 `AdamW` and `SGD` with the same groups. */
const groups = [
  { start: 0, end: 4, learningRate: 0.01, decay: true },
  { start: 4, end: 6, learningRate: 0.05, decay: false },
];

function threeSteps(optimizer: 'adamw' | 'sgd'): number[] {
  const parameters = Float32Array.from([1, -2, 0.5, 3, 0.1, -0.1]);
  const stepper = createOptimizer({ optimizer, weightDecay: 0.1, momentum: 0.9 }, groups);
  for (let t = 0; t < 3; t++) {
    const first = [0.5, -1, 2, 0].map((g) => g * (t + 1));
    const second = [-0.3, 0.2].map((g) => g * (1 - t));
    stepper.step(parameters, Float32Array.from([...first, ...second]), 1);
  }
  return [...parameters];
}

describe('createOptimizer', () => {
  it.each([
    [
      'adamw',
      [
        0.9678008556365967, -1.96480393409729, 0.4692993462085724, 2.991008996963501, 0.17920951545238495,
        -0.17920953035354614,
      ],
    ],
    [
      'sgd',
      [
        0.9468737840652466, -1.8937475681304932, 0.307113379240036, 2.983184337615967, 0.12565000355243683,
        -0.11710000038146973,
      ],
    ],
  ] as const)('takes the steps of PyTorch: %s', (name, expected) => {
    threeSteps(name).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
  });

  it('scales every learning rate by the factor of the schedule', () => {
    const parameters = Float32Array.from([1]);
    const sgd = createOptimizer({ optimizer: 'sgd', weightDecay: 0, momentum: 0 }, [
      { start: 0, end: 1, learningRate: 0.5, decay: false },
    ]);
    sgd.step(parameters, Float32Array.from([1]), 0.1);
    expect(parameters[0]).toBeCloseTo(0.95, 6);
  });
});

describe('clipByGlobalNorm', () => {
  it('keeps the direction and shortens to the limit', () => {
    const gradients = Float32Array.from([3, 4]);
    expect(clipByGlobalNorm(gradients, 1)).toBeCloseTo(5, 6);
    expect([...gradients].map((g) => Math.round(g * 1e6) / 1e6)).toEqual([0.6, 0.8]);
  });

  it('leaves short gradients and limit 0 alone, and reports what is not finite', () => {
    const gradients = Float32Array.from([3, 4]);
    clipByGlobalNorm(gradients, 0);
    clipByGlobalNorm(gradients, 6);
    expect([...gradients]).toEqual([3, 4]);
    expect(clipByGlobalNorm(Float32Array.from([NaN, 1]), 1)).toBeNaN();
  });
});
