import {
  DEFAULT_TRAIN_SETTINGS,
  tunedFor,
  type OpenPlan,
  type TrainSettings,
  type Tuning,
} from '../../../src/index.ts';

/** How many blocks below the head learn. */
export function openBlocks(open: OpenPlan, blocks: number): number {
  switch (open.kind) {
    case 'head':
      return 0;
    case 'last':
      return Math.min(open.blocks, blocks);
    case 'all':
      return blocks;
  }
}

/** The plan that opens the last `count` of `blocks` blocks. */
export function planFor(count: number, blocks: number): OpenPlan {
  if (count <= 0) return { kind: 'head' };
  return count >= blocks ? { kind: 'all' } : { kind: 'last', blocks: count };
}

/**
 * The settings with another plan. Rates and lengths that belong to the kind of plan come along, unless the person has
 * changed one of them.
 */
export function withPlan(settings: TrainSettings, open: OpenPlan): TrainSettings {
  return retuned(settings, { ...settings, open });
}

/** The settings with another way of tuning; rates and lengths come along as in {@link withPlan}. */
export function withTuning(settings: TrainSettings, tuning: Tuning): TrainSettings {
  return retuned(settings, { ...settings, tuning });
}

function retuned(before: TrainSettings, after: TrainSettings): TrainSettings {
  const sameKind = before.open.kind === after.open.kind && before.tuning.kind === after.tuning.kind;
  const untouched =
    isTuned(before, tunedFor(before.open, before.tuning.kind)) || isTuned(before, DEFAULT_TRAIN_SETTINGS);
  return sameKind || !untouched ? after : { ...after, ...tunedFor(after.open, after.tuning.kind) };
}

function isTuned(settings: TrainSettings, tuned: ReturnType<typeof tunedFor>): boolean {
  return (
    settings.epochs === tuned.epochs &&
    settings.headLearningRate === tuned.headLearningRate &&
    settings.trunkLearningRate === tuned.trunkLearningRate &&
    settings.patience === tuned.patience &&
    settings.weightDecay === tuned.weightDecay
  );
}
