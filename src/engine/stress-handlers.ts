/** @file The stress test of a run. */
import type { CallContext, CallParams, EngineHandlers } from '../core/engine-api.ts';
import { EngineError } from '../core/errors.ts';
import type { StressReport } from '../core/stress.ts';
import { asJpeg } from '../data/decode/as-jpeg.ts';
import { spread, stressTest } from '../explain/stress.ts';
import { headLogits } from '../train/linear-head.ts';
import type { EngineState } from './engine-state.ts';
import { pictureSide } from './picture-side.ts';
import { pooledFeatures } from './pooled-features.ts';
import { findRun } from './run-models.ts';
import { recordedSamples } from './use-handlers.ts';

/** Pictures that are changed at most: some sixty forward passes each. */
const MOST_SAMPLES = 80;

/** Rows that make pictures worse. */
export function stressHandlers(state: EngineState): Pick<EngineHandlers, 'evaluate.stress'> {
  return { 'evaluate.stress': (params, context) => stress(state, params, context) };
}

async function stress(
  state: EngineState,
  { runId, side }: CallParams<'evaluate.stress'>,
  { signal, emit }: CallContext<'evaluate.stress'>,
): Promise<StressReport> {
  const { modelId } = findRun(await state.session(), runId);
  return state.use({ signal, modelId }, async ({ trunk, signal: life }, session) => {
    const model = await state.runModels.get(session, runId, trunk);
    const { split, samples } = recordedSamples(session, model, side);
    if (samples.length === 0) {
      throw new EngineError(
        'no-test-samples',
        `No picture is on the ${side} side. Split again with a larger part.`,
      );
    }
    const { network, head, run } = model;
    const inputSize = pictureSide(network);
    return stressTest({
      runId,
      side,
      splitHash: split.hash,
      classIds: run.classes.map(({ id }) => id),
      // By class, so that the ones that are taken are spread over all classes.
      samples: spread(
        samples.toSorted((a, b) => a.truth - b.truth),
        MOST_SAMPLES,
      ),
      of: samples.length,
      size: inputSize,
      pixels: (id) => session.data.pixels.pixels(id, inputSize, { signal: life }),
      asJpeg,
      signal: life,
      onProgress: (done, total) => emit({ done, total }),
      logits: async (pictures, count) =>
        headLogits(head, await pooledFeatures(network, pictures, count), count),
    });
  });
}
