/** @file What in a sample spoke for a class, for each kind of sample in its own way. */
import type { CallContext, CallParams } from '../core/engine-api.ts';
import { EngineError } from '../core/errors.ts';
import type { HeatMap, WordHeat } from '../core/explain.ts';
import type { InputValues } from '../core/trunk-input.ts';
import { textOf } from '../data/kinds/text.ts';
import { heardSpan } from '../data/sound/heard-span.ts';
import { RATE } from '../data/sound/mel.ts';
import { resample } from '../data/sound/resample.ts';
import { readWav } from '../data/sound/wav.ts';
import { piecesRead, rowOf } from '../data/text/pieces-read.ts';
import { partsOf, type TextPart, without } from '../data/text/words.ts';
import { gradCam, heatCuts } from '../explain/grad-cam.ts';
import { canWeighPieces, pieceScores } from '../explain/gradient-input.ts';
import { relativeToLargest } from '../explain/heat-grid.ts';
import { logOdds } from '../explain/log-odds.ts';
import { coveredScores, OCCLUSION_CELLS, scoresInBatches } from '../explain/occlusion.ts';
import { headLogits } from '../train/linear-head.ts';
import type { EngineState } from './engine-state.ts';
import { pooledFeatures } from './pooled-features.ts';
import type { ProjectSession } from './project-session.ts';
import { findRun, type RunModel } from './run-models.ts';

type Params = CallParams<'explain.heat'>;

/** What the answer is made from. */
interface HeatTask {
  readonly params: Params;
  readonly model: RunModel;
  /** Index of the class. */
  readonly label: number;
  readonly session: ProjectSession;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** The row `explain.heat`. */
export async function heat(
  state: EngineState,
  params: Params,
  { signal, emit }: CallContext<'explain.heat'>,
): Promise<HeatMap | WordHeat> {
  const { modelId } = findRun(await state.session(), params.runId);
  return state.use({ signal, modelId }, async ({ trunk, signal: life }, session) => {
    const model = await state.runModels.get(session, params.runId, trunk);
    const task: HeatTask = {
      params,
      model,
      label: labelOf(model, params.classId),
      session,
      signal: life,
      onProgress: (done, total) => emit({ done, total }),
    };
    const { input } = model.network;
    if (input.kind === 'tokens') return wordHeat(task);
    return input.kind === 'mel' ? soundHeat(task, input.frames) : pictureHeat(task);
  });
}

/** @throws {EngineError} `not-ready`. */
function notSo({ params: { method } }: HeatTask): EngineError {
  return new EngineError('not-ready', `This model cannot be asked by ${method}. Choose another view.`, {
    method,
  });
}

function labelOf({ run }: RunModel, classId: string): number {
  const label = run.classes.findIndex(({ id }) => id === classId);
  if (label >= 0) return label;
  throw new EngineError('not-found', `Run ${run.number} does not know the class "${classId}".`, { classId });
}

/** What the network takes of the sample or the file. */
function inputOf({ params: { of }, model, session, signal }: HeatTask): Promise<InputValues> {
  const { input } = model.network;
  return typeof of === 'string'
    ? session.data.pixels.input(of, input, { signal })
    : session.data.readInput(of, input, signal);
}

/** The sample or the file itself. */
async function bytesOf({ params: { of }, session, signal }: HeatTask): Promise<Uint8Array<ArrayBuffer>> {
  const blob =
    typeof of === 'string' ? await session.data.picture({ id: of }, { signal, emit: () => undefined }) : of;
  return new Uint8Array(await blob.arrayBuffer());
}

async function gradCamHeat(task: HeatTask, values: InputValues): Promise<HeatMap> {
  const { params, model, label } = task;
  const { network, head } = model;
  const { runId, classId } = params;
  const startedMs = performance.now();
  const cuts = heatCuts(network);
  const cut = params.cut ?? cuts.at(-1)?.cut;
  const place = cuts.find((one) => one.cut === cut);
  if (cut === undefined || place === undefined) {
    throw new EngineError('not-ready', 'No heat map can be taken there. Cover parts instead.');
  }
  const found = await gradCam({ network, head, label, values, cut });
  const probability = logistic(oddsOf(model, found.features, label)[0] ?? 0);
  const { rows, columns } = place;
  const map = { kind: 'places' as const, runId, classId, method: 'grad-cam' as const, cuts, cut };
  return { ...map, rows, columns, values: found.values, probability, elapsedMs: since(startedMs) };
}

/** A map over time and bands, turned as spectrograms are drawn. */
async function soundHeat(task: HeatTask, frames: number): Promise<HeatMap> {
  if (task.params.method !== 'grad-cam') throw notSo(task);
  const map = await gradCamHeat(task, await inputOf(task));
  const { rows: times, columns: bands, values } = map;
  const upright = Float32Array.from(values, (_, at) => {
    const band = bands - 1 - Math.floor(at / times);
    return values[(at % times) * bands + band] ?? 0;
  });
  const { samples, rate } = readWav(await bytesOf(task));
  // What is halved on the way leaves as much out at both ends.
  const stride = 2 ** Math.floor(Math.log2(frames / times));
  const from = (frames - times * stride) / 2;
  const time = heardSpan(resample(samples, rate, RATE), { frames, from, to: frames - from });
  return { ...map, rows: bands, columns: times, values: upright, time };
}

async function pictureHeat(task: HeatTask): Promise<HeatMap> {
  const { params, model, label, signal, onProgress } = task;
  const { network } = model;
  const { runId, classId, method } = params;
  const pixels = await inputOf(task);
  if (method === 'grad-cam') return gradCamHeat(task, pixels);
  const startedMs = performance.now();
  if (method !== 'occlusion') throw notSo(task);
  const score = scoreOf(model, label);
  const [whole = 0] = await score(Float32Array.from(pixels), 1);
  const size = network.inputSize;
  const covered = await coveredScores({ pixels, size, score, signal, onProgress });
  return {
    kind: 'places',
    runId,
    classId,
    cuts: heatCuts(network),
    method,
    rows: OCCLUSION_CELLS,
    columns: OCCLUSION_CELLS,
    values: relativeToLargest(covered.map((one) => whole - one)),
    probability: logistic(whole),
    coveredProbability: logistic(Math.min(...covered)),
    cut: null,
    elapsedMs: since(startedMs),
  };
}

async function wordHeat(task: HeatTask): Promise<WordHeat> {
  const { params, model, label, signal, onProgress } = task;
  const { runId, classId, method } = params;
  const { network, head } = model;
  const { input } = network;
  const content = textOf(await bytesOf(task));
  const startedMs = performance.now();
  const pieces = piecesRead(content, input);
  const parts = partsOf(content, pieces);
  const common = { kind: 'words' as const, runId, classId, method };
  if (method === 'gradient-input') {
    if (!canWeighPieces(network)) throw notSo(task);
    const values = rowOf(pieces, input);
    const { scores, features } = await pieceScores({
      network,
      head,
      label,
      values,
      count: pieces.length,
      signal,
    });
    const words = weighed(parts, (own) => own.reduce((sum, at) => sum + (scores[at] ?? 0), 0));
    const probability = logistic(oddsOf(model, features, label)[0] ?? 0);
    return { ...common, words, probability, elapsedMs: since(startedMs) };
  }
  if (method !== 'occlusion') throw notSo(task);
  const score = scoreOf(model, label);
  const [whole = 0] = await score(rowOf(pieces, input), 1);
  const rows = parts.flatMap((part, at) =>
    part.pieces.length === 0 ? [] : [rowOf(piecesRead(without(parts, at), input), input)],
  );
  const left = await scoresInBatches({
    count: rows.length,
    make: (at) => rows[at] ?? [],
    score,
    signal,
    onProgress,
  });
  let next = 0;
  return {
    ...common,
    words: weighed(parts, () => whole - (left[next++] ?? whole)),
    probability: logistic(whole),
    coveredProbability: logistic(Math.min(whole, ...left)),
    elapsedMs: since(startedMs),
  };
}

const weighed = (
  parts: readonly TextPart[],
  score: (pieces: readonly number[]) => number,
): WordHeat['words'] =>
  parts.map(({ text, pieces }) => ({ text, score: pieces.length === 0 ? null : score(pieces) }));

const since = (startedMs: number): number => performance.now() - startedMs;

/** How much speaks for a class, one number per row of features. */
function oddsOf({ head }: RunModel, features: Float32Array, label: number): number[] {
  const count = features.length / head.featureSize;
  const logits = headLogits(head, features, count);
  return Array.from({ length: count }, (_, row) =>
    logOdds(logits.subarray(row * head.classes, (row + 1) * head.classes), label),
  );
}

const logistic = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** How much speaks for a class in what is no sample. */
const scoreOf = (model: RunModel, label: number) => async (values: Float32Array, count: number) =>
  oddsOf(model, await pooledFeatures(model.network, values, count), label);
