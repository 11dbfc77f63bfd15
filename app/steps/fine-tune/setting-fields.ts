import type { Augmentation, SampleKind, TrainSettings, Tuning } from '../../../src/index.ts';

type NumberKeys<T> = { [K in keyof T]-?: T[K] extends number ? K : never }[keyof T];

/** A number that a person may set, with the range in which it makes sense. */
export interface NumberField<K extends string> {
  readonly key: K;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Digits after the point. */
  readonly digits: number;
}

export type SettingNumber = NumberKeys<TrainSettings>;
export type AugmentationNumber = NumberKeys<Required<Augmentation>>;
export type TuningNumber = NumberKeys<Tuning>;
export type AnyNumber = SettingNumber | AugmentationNumber | TuningNumber;

export const PACE_FIELDS: readonly NumberField<SettingNumber>[] = [
  { key: 'epochs', min: 1, max: 500, step: 5, digits: 0 },
  { key: 'batchSize', min: 1, max: 128, step: 8, digits: 0 },
  { key: 'headLearningRate', min: 0.00001, max: 1, step: 0.0005, digits: 6 },
];

export const TRUNK_FIELDS: readonly NumberField<SettingNumber>[] = [
  { key: 'trunkLearningRate', min: 0.000001, max: 0.1, step: 0.0001, digits: 6 },
];

export const CARE_FIELDS: readonly NumberField<SettingNumber>[] = [
  { key: 'warmup', min: 0, max: 0.5, step: 0.05, digits: 2 },
  { key: 'weightDecay', min: 0, max: 1, step: 0.01, digits: 4 },
  { key: 'clipNorm', min: 0, max: 100, step: 0.5, digits: 2 },
  { key: 'patience', min: 0, max: 100, step: 1, digits: 0 },
];

export const MOMENTUM_FIELD: NumberField<SettingNumber> = {
  key: 'momentum',
  min: 0,
  max: 0.99,
  step: 0.05,
  digits: 2,
};

export const SEED_FIELD: NumberField<SettingNumber> = {
  key: 'seed',
  min: 0,
  max: 2_147_483_647,
  step: 1,
  digits: 0,
};

const VARIANTS: NumberField<AugmentationNumber> = { key: 'variants', min: 0, max: 8, step: 1, digits: 0 };
const CROP: NumberField<AugmentationNumber> = { key: 'crop', min: 0, max: 0.5, step: 0.05, digits: 2 };
const COLOUR: NumberField<AugmentationNumber> = { key: 'colour', min: 0, max: 0.5, step: 0.05, digits: 2 };

/** What can be varied of each kind of sample; how many variants comes first. */
export const AUGMENTATION_FIELDS: Readonly<Record<SampleKind, readonly NumberField<AugmentationNumber>[]>> = {
  picture: [VARIANTS, CROP, { key: 'rotateDegrees', min: 0, max: 45, step: 5, digits: 0 }, COLOUR],
  sound: [VARIANTS, CROP, COLOUR, { key: 'noise', min: 0, max: 0.5, step: 0.05, digits: 2 }],
  text: [],
};

export const TUNING_FIELDS: readonly NumberField<TuningNumber>[] = [
  { key: 'rank', min: 1, max: 64, step: 4, digits: 0 },
  { key: 'alpha', min: 1, max: 256, step: 8, digits: 0 },
];
