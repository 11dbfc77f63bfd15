/** @file Settings that work, one per depth: what a person gets who never opens the advanced drawer. */
import type { OpenPlan, TrainSettings, TuningKind } from '../core/train-settings.ts';
import { ALL_WEIGHTS, DEFAULT_TRAIN_SETTINGS } from '../core/train-settings.ts';

/** Quick: the head alone. Deep: the last blocks too. All: everything. */
export type PresetName = 'quick' | 'deep' | 'all';

/** How many blocks *deep* opens: in MobileNetV3-Small the last convolution and two residual blocks. */
export const DEEP_BLOCKS = 3;

type Tuned = Pick<
  TrainSettings,
  'epochs' | 'headLearningRate' | 'trunkLearningRate' | 'patience' | 'weightDecay'
>;

const HEAD: Tuned = {
  epochs: 30,
  headLearningRate: 2e-4,
  trunkLearningRate: 1e-4,
  patience: 8,
  weightDecay: 0.01,
};
const DEEP: Tuned = {
  epochs: 12,
  headLearningRate: 1e-3,
  trunkLearningRate: 3e-4,
  patience: 5,
  weightDecay: 0.01,
};
const ALL: Tuned = {
  epochs: 10,
  headLearningRate: 1e-3,
  trunkLearningRate: 2e-4,
  patience: 4,
  weightDecay: 0.01,
};

/**
 * Adapters start from nothing and are few: they want larger steps than the weights themselves, and as many epochs as
 * the weights that they stand for.
 */
const TRUNK_RATES: Readonly<Record<Exclude<TuningKind, 'weights'>, number>> = { lora: 2e-3, bias: 2e-3 };

/** The tuned part of the settings for a plan; everything else stays as the person has it. */
export function tunedFor(open: OpenPlan, tuning: TuningKind = 'weights'): Tuned {
  const tuned = tunedForDepth(open);
  if (open.kind === 'head' || tuning === 'weights') return tuned;
  return { ...tuned, trunkLearningRate: TRUNK_RATES[tuning] };
}

function tunedForDepth(open: OpenPlan): Tuned {
  switch (open.kind) {
    case 'head':
      return HEAD;
    case 'last':
      return DEEP;
    case 'all':
      return ALL;
  }
}

const plan = (open: OpenPlan): TrainSettings => ({ ...DEFAULT_TRAIN_SETTINGS, ...tunedFor(open), open });

/**
 * The same with every weight drawn anew. Nothing is known at first, so that steps are larger and no epoch without gain ends
 * it; normalisations have no statistics but those of the batches.
 */
export function fromScratch(base: TrainSettings): TrainSettings {
  return {
    ...base,
    open: { kind: 'all' },
    tuning: ALL_WEIGHTS,
    begin: 'random',
    epochs: 30,
    headLearningRate: 1e-3,
    trunkLearningRate: 1e-3,
    patience: 0,
    freezeBatchNorm: false,
  };
}

/** Complete settings of each preset. */
export const TRAIN_PRESETS: Readonly<Record<PresetName, TrainSettings>> = {
  quick: plan({ kind: 'head' }),
  deep: plan({ kind: 'last', blocks: DEEP_BLOCKS }),
  all: plan({ kind: 'all' }),
};
