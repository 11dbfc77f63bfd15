import { describe, expect, it } from 'vitest';
import { DEFAULT_TRAIN_SETTINGS, TRAIN_PRESETS } from '../../../src/index.ts';
import { openBlocks, planFor, withPlan } from './graft.ts';

describe('planFor and openBlocks', () => {
  it.each([
    [0, { kind: 'head' }],
    [1, { kind: 'last', blocks: 1 }],
    [12, { kind: 'last', blocks: 12 }],
    [13, { kind: 'all' }],
  ] as const)('%d open blocks of 13', (count, plan) => {
    expect(planFor(count, 13)).toEqual(plan);
    expect(openBlocks(plan, 13)).toBe(count);
  });
});

describe('withPlan', () => {
  it('brings the tuned rates of the new plan along', () => {
    const deep = withPlan(TRAIN_PRESETS.quick, { kind: 'last', blocks: 3 });
    expect(deep).toEqual(TRAIN_PRESETS.deep);
  });

  it('takes the project’s first settings as untouched', () => {
    expect(withPlan(DEFAULT_TRAIN_SETTINGS, { kind: 'all' })).toEqual(TRAIN_PRESETS.all);
  });

  it('keeps what the person has set', () => {
    const mine = { ...TRAIN_PRESETS.quick, epochs: 77 };
    expect(withPlan(mine, { kind: 'all' })).toEqual({ ...mine, open: { kind: 'all' } });
    expect(withPlan(DEFAULT_TRAIN_SETTINGS, { kind: 'head' })).toEqual(DEFAULT_TRAIN_SETTINGS);
  });
});
