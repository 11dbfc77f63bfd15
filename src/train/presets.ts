/** @file Settings that work, one per depth: what a person gets who never opens the advanced drawer. */
import type { OpenPlan, TrainSettings } from '../core/train-settings.ts';
import { DEFAULT_TRAIN_SETTINGS } from '../core/train-settings.ts';

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
  headLearningRate: 2e-3,
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

/** The tuned part of the settings for a plan; everything else stays as the person has it. */
export function tunedFor(open: OpenPlan): Tuned {
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

/** Complete settings of each preset. */
export const TRAIN_PRESETS: Readonly<Record<PresetName, TrainSettings>> = {
  quick: plan({ kind: 'head' }),
  deep: plan({ kind: 'last', blocks: DEEP_BLOCKS }),
  all: plan({ kind: 'all' }),
};
