/** @file What the batches of a run are made of: which variant of which picture an epoch shows. */
import { deriveSeed } from '../core/rng.ts';
import type { FeatureRequest } from './features.ts';
import type { Example } from './learner.ts';
import type { LabelledSample, TrainTask } from './train-task.ts';

/**
 * The examples of one epoch (`null`: every one that any epoch may ask for, for the cache). With a frozen part, a
 * fixed number of variants is drawn per picture and the epochs take turns; with nothing frozen each epoch draws anew.
 */
export function trainExamples(
  { train, settings }: Pick<TrainTask, 'train' | 'settings'>,
  cut: number,
  epoch: number | null,
): Example[] {
  const { augmentation, seed } = settings;
  const versions = augmentation.variants + 1;
  const variantOf = (id: string, version: number) => ({
    augmentation,
    seed: deriveSeed(seed, `${id}/${version}`),
  });
  if (augmentation.variants === 0) return train.map(plainExample);
  if (cut === 0) {
    if (epoch === null) return train.map(plainExample);
    return train.map((one) => ({
      label: one.label,
      request: { ...plainRequest(one), variant: variantOf(one.id, epoch), fleeting: true },
    }));
  }
  const example = (one: LabelledSample, version: number): Example => ({
    label: one.label,
    request:
      version === 0 ? plainRequest(one) : { ...plainRequest(one), variant: variantOf(one.id, version) },
  });
  if (epoch !== null) return train.map((one) => example(one, (epoch + deriveSeed(seed, one.id)) % versions));
  return train.flatMap((one) => Array.from({ length: versions }, (_, version) => example(one, version)));
}

/** An untouched picture, as the cache knows it. */
export const plainRequest = ({ id, contentHash }: LabelledSample): FeatureRequest => ({ id, contentHash });
/** An untouched picture with its class. */
export const plainExample = (one: LabelledSample): Example => ({
  request: plainRequest(one),
  label: one.label,
});
/** Class indices, in order. */
export const labelsOf = (samples: readonly LabelledSample[]): number[] => samples.map(({ label }) => label);
/** Tells a picture's variants apart. */
export const rowKey = ({ id, variant }: FeatureRequest): string => `${id}/${variant?.seed ?? ''}`;
