import type { SampleId } from '../core/dataset.ts';
import type { CallContext, EngineHandlers } from '../core/engine-api.ts';
import { assertNotAborted } from '../core/errors.ts';
import { nextTask } from '../core/pacing.ts';
import { examine, type Examined } from '../doctor/examine.ts';
import type { OutOfFold } from '../doctor/label-doubts.ts';
import { neighbourDistances, outlierRows } from '../doctor/outliers.ts';
import { leaveOneOut } from '../train/closed-form.ts';
import type { FeatureExtractor } from '../train/features.ts';
import type { EngineState } from './engine-state.ts';
import { instantSamples } from './instant-head.ts';
import type { ProjectSession } from './project-session.ts';

/** Pictures that are looked at beside one another. */
const LOOKS_AT_ONCE = 8;

export function doctorHandlers(state: EngineState): Pick<EngineHandlers, 'data.doctor'> {
  return {
    'data.doctor': (_, { signal, emit }) =>
      state.use({ signal }, async ({ extractor, signal: life }, session) => {
        const dataset = session.data.dataset();
        const examined = await lookAtAll(session, { signal: life, emit });
        const compared = await compareFeatures(session, extractor, life);
        const { outOfFold = null, outliers = [] } = compared ?? {};
        return examine(dataset, examined, outOfFold, outliers, { signal: life, pause: nextTask });
      }),
  };
}

async function lookAtAll(
  { data }: ProjectSession,
  { signal, emit }: CallContext<'data.doctor'>,
): Promise<Examined[]> {
  const samples = [...data.dataset().samples.values()];
  const examined: Examined[] = [];
  for (let from = 0; from < samples.length; from += LOOKS_AT_ONCE) {
    const part = samples.slice(from, from + LOOKS_AT_ONCE);
    const looks = await Promise.all(part.map(({ id }) => data.look(id, signal)));
    assertNotAborted(signal);
    part.forEach((sample, i) => {
      const look = looks[i];
      if (look) examined.push({ sample, look });
    });
    emit({ done: Math.min(samples.length, from + LOOKS_AT_ONCE), total: samples.length });
  }
  return examined;
}

/**
 * What the head of all others says of each sample, and which samples are unlike their class; `null` where two classes
 * have not enough.
 */
async function compareFeatures(
  { data }: ProjectSession,
  extractor: FeatureExtractor,
  signal: AbortSignal,
): Promise<{ readonly outOfFold: OutOfFold; readonly outliers: readonly SampleId[] } | null> {
  const chosen = instantSamples(data.dataset());
  if (chosen === null) return null;
  const { classIds, samples } = chosen;
  const { featureSize, blocks } = extractor.network;
  const features = await extractor.read(samples, blocks.length, { signal });
  const index = new Map(classIds.map((id, at) => [id, at]));
  const labels = samples.map(({ classId }) => index.get(classId) ?? 0);
  const rows = { features, labels, featureSize, classes: classIds.length };
  const ids = samples.map(({ id }) => id);
  const distances = await neighbourDistances(rows, signal);
  const outliers = outlierRows(distances, labels, classIds.length).map((row) => ids[row] ?? '');
  return { outOfFold: { ids, classIds, labels, probabilities: leaveOneOut(rows) }, outliers };
}
