/** @file How sure a run may be: its temperature, its measure of novelty, and when it rather says nothing. */
import type { CallContext, EngineHandlers } from '../core/engine-api.ts';
import { assertNotAborted, EngineError } from '../core/errors.ts';
import type { RunCalibration, RunSummary } from '../core/run.ts';
import { supportedTemperature } from '../evaluate/calibration.ts';
import { fitNovelty, noveltyDistances, noveltyThreshold, type NoveltyModel } from '../evaluate/novelty.ts';
import { predictionTable } from '../evaluate/prediction-table.ts';
import type { FeatureExtractor } from '../train/features.ts';
import { argmax, headLogits, softmaxRows } from '../train/linear-head.ts';
import { decodeRun, encodeRun } from '../train/run-weights.ts';
import type { EngineState } from './engine-state.ts';
import type { ProjectSession } from './project-session.ts';
import { findRun, type RunModel } from './run-models.ts';
import { featuresAbove, recordedSamples } from './use-handlers.ts';

type CalibrateKind = Extract<keyof EngineHandlers, `calibrate.${string}`>;

/** Rows about how sure a run may be. */
export function calibrateHandlers(state: EngineState): Pick<EngineHandlers, CalibrateKind> {
  return {
    'calibrate.run': ({ runId }, context) => calibrate(state, runId, context),
    async 'calibrate.abstain'({ runId, below }) {
      const session = await state.session();
      const { calibration } = findRun(session, runId);
      if (calibration === undefined) {
        throw new EngineError('not-ready', 'The run is not calibrated yet. Calibrate it first.');
      }
      return keep(state, session, runId, { ...calibration, abstainBelow: Math.min(1, Math.max(0, below)) });
    },
  };
}

/** Samples that the measure of novelty is fitted to at most, spread over all: more hardly change it. */
const MOST_FITTED = 600;
/** Fewer validation samples than this do not fix a threshold: training samples that the fit leaves out stand in. */
const LEAST_UNSEEN = 20;
/** Samples per pass through an open trunk. */
const BATCH = 8;

async function calibrate(
  state: EngineState,
  runId: string,
  { signal, emit }: CallContext<'calibrate.run'>,
): Promise<RunSummary> {
  const { modelId } = findRun(await state.session(), runId);
  return state.use({ signal, modelId }, async ({ trunk, extractor, signal: life }, session) => {
    const model = await state.runModels.get(session, runId, trunk);
    const { split, samples: unseen } = recordedSamples(session, model, 'validation');
    const learned = learnedSamples(session, model, MOST_FITTED);
    const total = unseen.length + learned.length;
    const progress = (before: number) => (done: number) => emit({ done: before + done, total });
    const checked = await rowsOf(extractor, model, unseen, life, progress(0));
    const known = await rowsOf(extractor, model, learned, life, progress(unseen.length));
    assertNotAborted(life);
    const labels = learned.map(({ truth }) => truth);
    const novelty = noveltyOf(known, labels, model.head.featureSize, checked);
    const calibration: RunCalibration = {
      temperature: temperatureOf(model, checked, unseen),
      samples: unseen.length,
      splitHash: split.hash,
      noveltyThreshold: novelty.threshold,
      abstainBelow: model.run.calibration?.abstainBelow ?? 0,
    };
    return keep(state, session, runId, calibration, novelty.model ?? undefined);
  });
}

/** Pictures that the run learned from and that are still there with a class that it knows: at most so many, spread evenly. */
export function learnedSamples(session: ProjectSession, { run, seenIds }: RunModel, most: number) {
  const { samples } = session.data.dataset();
  const classes = new Map(run.classes.map(({ id }, index) => [id, index]));
  const all = [...seenIds].flatMap((id) => {
    const sample = samples.get(id);
    const truth = sample === undefined ? undefined : classes.get(sample.classId);
    return sample === undefined || truth === undefined ? [] : [{ ...sample, truth }];
  });
  const step = Math.max(1, all.length / most);
  return all.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
}

/** Pooled features of samples as the run's own network sees them, a few at a time. Shape: `[samples.length, featureSize]`. */
export async function rowsOf(
  extractor: FeatureExtractor,
  model: RunModel,
  samples: readonly { readonly id: string; readonly contentHash: string }[],
  signal: AbortSignal,
  onDone: (done: number) => void,
): Promise<Float32Array> {
  const size = model.head.featureSize;
  const rows = new Float32Array(samples.length * size);
  for (let start = 0; start < samples.length; start += BATCH) {
    const batch = samples.slice(start, start + BATCH);
    rows.set(await featuresAbove(extractor, model, batch, signal), start * size);
    assertNotAborted(signal);
    onDone(start + batch.length);
  }
  return rows;
}

function temperatureOf(
  { head }: RunModel,
  features: Float32Array,
  samples: readonly { readonly id: string; readonly truth: number }[],
): number {
  const { classes } = head;
  const rows = softmaxRows(headLogits(head, features, samples.length), classes);
  const predictions = samples.map(({ id, truth }, at) => {
    const own = rows.subarray(at * classes, (at + 1) * classes);
    return { id, truth, predicted: argmax(own), probabilities: Array.from(own) };
  });
  return supportedTemperature(predictionTable(predictions, classes));
}

/** The measure and its threshold, from samples that the measure was not fitted to. */
function noveltyOf(
  known: Float32Array,
  labels: readonly number[],
  size: number,
  checked: Float32Array,
): { readonly model: NoveltyModel | null; readonly threshold: number | null } {
  if (labels.length === 0) return { model: null, threshold: null };
  const model = fitNovelty({ features: known, labels, size });
  if (checked.length / size >= LEAST_UNSEEN) {
    return { model, threshold: noveltyThreshold(noveltyDistances(model, checked)) };
  }
  // Four of five are fitted, the fifth is measured.
  const isFifth = (_: unknown, at: number) => at % 5 === 4;
  const isOther = (_: unknown, at: number) => at % 5 !== 4;
  const rows = labels.map((_, at) => known.subarray(at * size, (at + 1) * size));
  const kept = labels.filter(isOther);
  const part = fitNovelty({
    features: joined(rows.filter(isOther), size),
    labels: kept,
    size,
  });
  const measured = [...rows.filter(isFifth), ...(checked.length > 0 ? [checked] : [])];
  return {
    model,
    threshold: noveltyThreshold(measured.flatMap((row) => noveltyDistances(part, row))),
  };
}

function joined(rows: readonly Float32Array[], size: number): Float32Array {
  const all = new Float32Array(rows.length * size);
  for (const [at, row] of rows.entries()) all.set(row, at * size);
  return all;
}

/** Stores what was found with the run; a model that is kept ready is read anew. */
async function keep(
  state: EngineState,
  session: ProjectSession,
  runId: string,
  calibration: RunCalibration,
  novelty?: NoveltyModel,
): Promise<RunSummary> {
  // The run of now: it may have been changed while this was computed.
  const run = { ...findRun(session, runId), calibration };
  if (novelty === undefined) await session.putRun(run);
  else {
    const blob = await session.readRunWeights(runId);
    const stored = await decodeRun(new Uint8Array(await blob.arrayBuffer()));
    await session.putRun(run, await encodeRun({ ...stored, novelty }));
  }
  state.runModels.forget(runId);
  return run;
}
