import {
  ALL_WEIGHTS,
  DEEP_BLOCKS,
  fromScratch,
  NO_AUGMENTATION,
  tunedFor,
  type Augmentation,
  type OpenPlan,
  type TrainSettings,
} from '../../../src/index.ts';

/** Comparisons of one thing while everything else stays. */
export const COMPARISONS = ['depth', 'begin', 'augment'] as const;
export type ComparisonKind = (typeof COMPARISONS)[number];

/** Changes that leave most pictures what they are; for the run with augmentation if the person has set none. */
const GENTLE: Augmentation = { flip: true, crop: 0.15, rotateDegrees: 10, colour: 0.15, variants: 3 };

/**
 * The settings of each run of a comparison: the person's own but for what is compared, with one seed. A trunk that cannot
 * be opened has no depths to compare.
 */
export function comparisonPlans(
  kind: ComparisonKind,
  base: TrainSettings,
  trunk: { readonly blocks: number; readonly canOpen: boolean },
): readonly TrainSettings[] {
  if (kind === 'augment') {
    const augmentation = base.augmentation.variants > 0 ? base.augmentation : GENTLE;
    return [
      { ...base, augmentation: NO_AUGMENTATION },
      { ...base, augmentation },
    ];
  }
  if (!trunk.canOpen) return [];
  if (kind === 'begin') {
    // Each with the rates that suit it: with those of fine-tuning nothing is learned from nothing.
    const all: OpenPlan = { kind: 'all' };
    return [{ ...base, ...tunedFor(all), open: all, tuning: ALL_WEIGHTS }, fromScratch(base)];
  }
  const opens: readonly OpenPlan[] = [
    { kind: 'head' },
    { kind: 'last', blocks: Math.min(DEEP_BLOCKS, trunk.blocks) },
    { kind: 'all' },
  ];
  return opens.map((open) => ({ ...base, ...tunedFor(open, base.tuning.kind), open }));
}
