import { expect, it } from 'vitest';
import { DEFAULT_TRAIN_SETTINGS } from '../../../src/index.ts';
import { comparisonPlans } from './comparison-plans.ts';

const trunk = { blocks: 14, canOpen: true };
const base = { ...DEFAULT_TRAIN_SETTINGS, seed: 42 };

it('compares depths with one seed, each with the rates that suit it', () => {
  const plans = comparisonPlans('depth', base, trunk);
  expect(plans.map(({ open }) => open.kind)).toEqual(['head', 'last', 'all']);
  expect(plans.every(({ seed }) => seed === 42)).toBe(true);
  expect(plans[1]!.trunkLearningRate).not.toBe(plans[2]!.trunkLearningRate);
  expect(comparisonPlans('depth', base, { ...trunk, canOpen: false })).toEqual([]);
});

it('compares the pre-trained weights with random ones, all of them open', () => {
  const [known, blank] = comparisonPlans('begin', base, trunk);
  expect([known!.open.kind, blank!.open.kind]).toEqual(['all', 'all']);
  expect([known!.begin, blank!.begin]).toEqual([undefined, 'random']);
  expect(blank!.epochs).toBeGreaterThan(known!.epochs);
  expect(comparisonPlans('begin', base, { ...trunk, canOpen: false })).toEqual([]);
});

it('compares the same plan with and without changed copies', () => {
  const [without, changed] = comparisonPlans('augment', base, trunk);
  expect(without!.augmentation.variants).toBe(0);
  expect(changed!.augmentation.variants).toBeGreaterThan(0);
  expect({ ...changed!, augmentation: null }).toEqual({ ...without!, augmentation: null });
  const mine = { ...base, augmentation: { ...base.augmentation, flip: true, variants: 1 } };
  expect(comparisonPlans('augment', mine, trunk)[1]).toEqual(mine);
});
