/** @file Why a run answered as it did. */
import type { CallContext, CallParams, EngineHandlers } from '../core/engine-api.ts';
import { assertNotAborted, EngineError } from '../core/errors.ts';
import type { HeatMap, Neighbour } from '../core/explain.ts';
import { gradCam, heatCuts } from '../explain/grad-cam.ts';
import { placeGrid, relativeToLargest } from '../explain/heat-grid.ts';
import { logOdds } from '../explain/log-odds.ts';
import { angleSpace, type AngleSpace, nearestRows } from '../explain/neighbours.ts';
import { coveredScores, OCCLUSION_CELLS } from '../explain/occlusion.ts';
import { headLogits } from '../train/linear-head.ts';
import { learnedSamples, rowsOf } from './calibrate-handlers.ts';
import type { EngineState } from './engine-state.ts';
import { pictureSide } from './picture-side.ts';
import { pooledFeatures } from './pooled-features.ts';
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

async function heat(
  state: EngineState,
  params: CallParams<'explain.heat'>,
  { signal, emit }: CallContext<'explain.heat'>,
): Promise<HeatMap> {
  const { runId, id, classId, method } = params;
  const { modelId } = findRun(await state.session(), runId);
  return state.use({ signal, modelId }, async ({ trunk, signal: life }, session) => {
    const model = await state.runModels.get(session, runId, trunk);
    const label = labelOf(model, classId);
    const pixels = await session.data.pixels.pixels(id, pictureSide(model.network), { signal: life });
    const startedMs = performance.now();
    const cuts = heatCuts(model.network);
    const common = { runId, id, classId, cuts };
    if (method === 'grad-cam') {
      const cut = params.cut ?? cuts.at(-1)?.cut;
      if (cut === undefined || !cuts.some((one) => one.cut === cut)) {
        throw new EngineError('not-ready', 'No heat map can be taken there. Cover parts instead.');
      }
      const { network, head } = model;
      const { values, features } = await gradCam({ network, head, label, pixels, cut });
      const { rows, columns } = placeGrid(network.cutShape(cut)) ?? { rows: 0, columns: 0 };
      const probability = logistic(oddsOf(model, features, label)[0] ?? 0);
      return { ...common, method, rows, columns, values, probability, cut, elapsedMs: since(startedMs) };
    }
    const score = scoreOf(model, label);
    const [whole = 0] = await score(Float32Array.from(pixels), 1);
    const covered = await coveredScores({
      pixels,
      size: pictureSide(model.network),
      score,
      signal: life,
      onProgress: (done, total) => emit({ done, total }),
    });
    return {
      ...common,
      method,
      rows: OCCLUSION_CELLS,
      columns: OCCLUSION_CELLS,
      values: relativeToLargest(covered.map((one) => whole - one)),
      probability: logistic(whole),
      coveredProbability: logistic(Math.min(...covered)),
      cut: null,
      elapsedMs: since(startedMs),
    };
  });
}

const since = (startedMs: number): number => performance.now() - startedMs;

function labelOf({ run }: RunModel, classId: string): number {
  const label = run.classes.findIndex(({ id }) => id === classId);
  if (label >= 0) return label;
  throw new EngineError('not-found', `Run ${run.number} does not know the class "${classId}".`, { classId });
}

/** How much speaks for a class, one number per row of features. */
function oddsOf({ head }: RunModel, features: Float32Array, label: number): number[] {
  const count = features.length / head.featureSize;
  const logits = headLogits(head, features, count);
  return Array.from({ length: count }, (_, row) =>
    logOdds(logits.subarray(row * head.classes, (row + 1) * head.classes), label),
  );
}

const logistic = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** How much speaks for a class in pictures that are no samples. */
const scoreOf = (model: RunModel, label: number) => async (pictures: Float32Array, count: number) =>
  oddsOf(model, await pooledFeatures(model.network, pictures, count), label);

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
