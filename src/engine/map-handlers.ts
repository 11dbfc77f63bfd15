/** @file The features of all samples as points. */
import type { CallContext, CallParams, EngineHandlers } from '../core/engine-api.ts';
import { assertNotAborted, EngineError } from '../core/errors.ts';
import type { FeatureMap } from '../core/feature-map.ts';
import { mapFeatures } from '../explain/feature-map.ts';
import { spread } from '../explain/stress.ts';
import { rowsOf } from './calibrate-handlers.ts';
import type { EngineState } from './engine-state.ts';
import { findRun } from './run-models.ts';

/** Points of one map at most: more cannot be told apart on a page. */
const MOST_POINTS = 2000;
/** Fewer points than this are no map. */
const LEAST_POINTS = 3;

/** Rows about where samples lie. */
export function mapHandlers(state: EngineState): Pick<EngineHandlers, 'explain.featureMap'> {
  return { 'explain.featureMap': (params, context) => featureMap(state, params, context) };
}

async function featureMap(
  state: EngineState,
  { runId, method }: CallParams<'explain.featureMap'>,
  { signal, emit }: CallContext<'explain.featureMap'>,
): Promise<FeatureMap> {
  const { modelId } = findRun(await state.session(), runId);
  return state.use({ signal, modelId }, async ({ trunk, extractor, signal: life }, session) => {
    const startedMs = performance.now();
    const model = await state.runModels.get(session, runId, trunk);
    const { samples: all, revision } = session.data.dataset();
    const samples = spread([...all.values()], MOST_POINTS);
    if (samples.length < LEAST_POINTS) {
      throw new EngineError('too-few-samples', 'A map needs three pictures at least. Add some.', {
        samples: samples.length,
      });
    }
    const last = trunk.blocks.length;
    const tell = (part: 'features' | 'map') => (done: number, total: number) =>
      emit({ kind: part, done, total });
    await extractor.ensure(samples, model.cut, { signal: life, onProgress: tell('features') });
    const before = await extractor.read(samples, last, { signal: life });
    const after =
      model.cut === last
        ? null
        : await rowsOf(extractor, model, samples, life, (done) => tell('features')(done, samples.length));
    assertNotAborted(life);
    const points = await mapFeatures({
      method,
      before,
      after,
      size: model.head.featureSize,
      seed: model.run.settings.seed,
      signal: life,
      onProgress: tell('map'),
    });
    const ids = samples.map(({ id }) => id);
    return {
      runId,
      method,
      revision,
      ids,
      ...points,
      of: all.size,
      elapsedMs: performance.now() - startedMs,
    };
  });
}
