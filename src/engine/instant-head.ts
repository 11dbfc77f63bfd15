/**
 * @file The model that needs no training: a closed-form head over everything that is labelled, brought up to date
 * after each change. It answers live until a run does. It is never evaluated, so it may learn from all sides.
 */
import type { ClassId, DatasetState, SampleRecord } from '../core/dataset.ts';
import type { Progress } from '../core/engine-api.ts';
import { fitClosedForm } from '../train/closed-form.ts';
import type { FeatureExtractor } from '../train/features.ts';
import type { LinearHead } from '../train/linear-head.ts';

export interface InstantModel {
  readonly modelId: string;
  readonly head: LinearHead;
  readonly classIds: readonly ClassId[];
  readonly samples: number;
}

/** Pictures that a class needs before it can be told apart. */
const SMALLEST_CLASS = 3;
/** More pictures hardly change the head but make each update slower; these are spread over all of them. */
const MOST_SAMPLES = 2000;

/** Samples of the classes that have enough of them, or `null` if there are not two such classes. */
export function instantSamples(
  dataset: DatasetState,
): { classIds: ClassId[]; samples: SampleRecord[] } | null {
  const counts = new Map<ClassId, number>();
  for (const { classId } of dataset.samples.values()) counts.set(classId, (counts.get(classId) ?? 0) + 1);
  const classIds = dataset.classes
    .map(({ id }) => id)
    .filter((id) => (counts.get(id) ?? 0) >= SMALLEST_CLASS);
  if (classIds.length < 2) return null;
  const wanted = new Set(classIds);
  const all = [...dataset.samples.values()].filter(({ classId }) => wanted.has(classId));
  const step = Math.max(1, all.length / MOST_SAMPLES);
  const samples = Array.from({ length: Math.floor(all.length / step) }, (_, i) => all[Math.floor(i * step)]);
  return { classIds, samples: samples.filter((one) => one !== undefined) };
}

/** Features of new samples, then one solve. `null` as {@link instantSamples}. */
export async function fitInstantHead(
  dataset: DatasetState,
  modelId: string,
  extractor: FeatureExtractor,
  options: { readonly signal: AbortSignal; readonly onProgress: (progress: Progress) => void },
): Promise<InstantModel | null> {
  const chosen = instantSamples(dataset);
  if (chosen === null) return null;
  const { classIds, samples } = chosen;
  const { signal } = options;
  const { featureSize, blocks } = extractor.network;
  await extractor.ensure(samples, blocks.length, {
    signal,
    onProgress: (done, total) => options.onProgress({ done, total }),
  });
  const features = await extractor.read(samples, blocks.length, { signal });
  const index = new Map(classIds.map((id, at) => [id, at]));
  const labels = samples.map(({ classId }) => index.get(classId) ?? 0);
  const { head } = fitClosedForm({ features, labels, featureSize, classes: classIds.length }, true);
  return { modelId, head, classIds, samples: samples.length };
}
