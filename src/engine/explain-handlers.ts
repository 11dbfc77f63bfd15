/** @file Why a run answered as it did. */
import type { CallContext, CallParams, EngineHandlers } from '../core/engine-api.ts';
import { assertNotAborted, EngineError } from '../core/errors.ts';
import type { Neighbour } from '../core/explain.ts';
import { angleSpace, type AngleSpace, nearestRows } from '../explain/neighbours.ts';
import { learnedSamples, rowsOf } from './calibrate-handlers.ts';
import type { EngineState } from './engine-state.ts';
import { heat } from './heat.ts';
import type { ProjectSession } from './project-session.ts';
import { findRun, type RunModel } from './run-models.ts';
import { featuresAbove } from './use-handlers.ts';

type ExplainKind = 'explain.heat' | 'explain.neighbours';

/** Pictures that a run learned from and that are compared at most, spread over all. */
const MOST_COMPARED = 2000;

/** Rows about single answers. */
export function explainHandlers(state: EngineState): Pick<EngineHandlers, ExplainKind> {
  const spaces = new WeakMap<RunModel, LearnedSpace>();
  return {
    'explain.heat': (params, context) => heat(state, params, context),
    'explain.neighbours': (params, context) => neighbours(state, spaces, params, context),
  };
}

/** What a run learned from, by angle. */
interface LearnedSpace {
  readonly revision: number;
  readonly ids: readonly string[];
  readonly space: AngleSpace;
}

async function neighbours(
  state: EngineState,
  spaces: WeakMap<RunModel, LearnedSpace>,
  { runId, id, count }: CallParams<'explain.neighbours'>,
  { signal, emit }: CallContext<'explain.neighbours'>,
): Promise<readonly Neighbour[]> {
  const { modelId } = findRun(await state.session(), runId);
  return state.use({ signal, modelId }, async ({ trunk, extractor, signal: life }, session) => {
    const model = await state.runModels.get(session, runId, trunk);
    const sample = session.data.dataset().samples.get(id);
    if (sample === undefined) throw new EngineError('not-found', `There is no picture "${id}".`, { id });
    const known = spaces.get(model);
    const { revision } = session.data.dataset();
    let learned = known?.revision === revision ? known : null;
    if (learned === null) {
      const samples = learnedSamples(session, model, MOST_COMPARED);
      const rows = await rowsOf(extractor, model, samples, life, (done) =>
        emit({ done, total: samples.length }),
      );
      learned = {
        revision,
        ids: samples.map((one) => one.id),
        space: angleSpace(rows, model.head.featureSize),
      };
      spaces.set(model, learned);
    }
    const own = await featuresAbove(extractor, model, [sample], life);
    assertNotAborted(life);
    return nearestOthers(session, learned, id, own, count);
  });
}

/** The nearest ones that are still there, without the picture itself. */
function nearestOthers(
  session: ProjectSession,
  { ids, space }: LearnedSpace,
  id: string,
  own: Float32Array,
  count: number,
): Neighbour[] {
  const { samples } = session.data.dataset();
  return nearestRows(space, own, count + 1)
    .map(({ row, similarity }) => ({ id: ids[row] ?? '', similarity }))
    .filter((one) => one.id !== id && samples.has(one.id))
    .slice(0, count);
}
