import * as tf from '@tensorflow/tfjs-core';
import type { CallContext, CallParams, EngineHandlers } from '../core/engine-api.ts';
import { assertNotAborted, EngineError } from '../core/errors.ts';
import type { EvaluationReport, Prediction } from '../core/evaluation.ts';
import { FREE_OPENINGS, opensBeyondFree, timesOpened } from '../core/openings.ts';
import { nextTask } from '../core/pacing.ts';
import type { SplitSide } from '../core/split.ts';
import type { InputValues } from '../core/trunk-input.ts';
import { soundInput } from '../data/sound/sound-input.ts';
import { evaluateModel } from '../evaluate/evaluator.ts';
import { noveltyDistance } from '../evaluate/novelty.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import type { FeatureExtractor } from '../train/features.ts';
import type { LinearHead } from '../train/linear-head.ts';
import { headLogits, softmaxRows } from '../train/linear-head.ts';
import type { EngineState } from './engine-state.ts';
import { fitInstantHead } from './instant-head.ts';
import { createLatestOnly } from './latest-only.ts';
import { pooledFeatures } from './pooled-features.ts';
import type { ProjectSession } from './project-session.ts';
import type { RunModel } from './run-models.ts';
import { findRun } from './run-models.ts';

type UseKind = Extract<keyof EngineHandlers, `predict.${string}`> | 'evaluate.run' | 'instant.update';

/** Rows that use a model: evaluation, live prediction, the instant head. */
export function useHandlers(state: EngineState): Pick<EngineHandlers, UseKind> {
  const live = createLatestOnly();
  const heard = createLatestOnly();
  const updates = createLatestOnly();
  return {
    'evaluate.run': (params, context) => evaluate(state, params, context),
    'predict.bitmap': ({ bitmap, runId }, { signal }) =>
      live(
        async () => {
          try {
            const { data } = await state.session();
            return await predict(
              state,
              ({ inputSize }) => data.pixels.bitmapPixels(bitmap, inputSize),
              runId,
              signal,
            );
          } finally {
            // Closed already where its pixels were read; a second time does nothing.
            bitmap.close();
          }
        },
        () => bitmap.close(),
      ),
    'predict.sound': ({ samples, rate, runId }, { signal }) =>
      heard(
        () =>
          predict(
            state,
            ({ input }) => Promise.resolve(soundInput({ samples, rate: Math.round(rate) }, input)),
            runId,
            signal,
          ),
        () => undefined,
      ),
    async 'predict.file'({ file, runId }, { signal }) {
      const { data } = await state.session();
      return predict(state, ({ input }) => data.readInput(file, input, signal), runId, signal);
    },
    'instant.update': (_, context) =>
      updates(
        () => updateInstant(state, context),
        () => undefined,
      ),
  };
}

async function updateInstant(state: EngineState, { signal, emit }: CallContext<'instant.update'>) {
  return state.use({ signal }, async ({ modelId, extractor, signal: life }, session) => {
    const startedMs = performance.now();
    const dataset = session.data.dataset();
    state.instant = await fitInstantHead(dataset, modelId, extractor, { signal: life, onProgress: emit });
    return {
      ready: state.instant !== null,
      samples: state.instant?.samples ?? 0,
      elapsedMs: performance.now() - startedMs,
    };
  });
}

/** What a network takes of something that is no sample. */
type ReadInput = (network: TrunkNetwork) => Promise<InputValues>;

async function predict(
  state: EngineState,
  read: ReadInput,
  runId: string | undefined,
  signal: AbortSignal,
): Promise<Prediction> {
  const session = await state.session();
  const wanted = runId ?? session.snapshot().activeRunId;
  if (wanted === null) return predictInstant(state, read, signal);
  const { modelId } = findRun(session, wanted);
  return state.use({ signal, modelId }, async ({ trunk }) => {
    const startedMs = performance.now();
    const model = await state.runModels.get(session, wanted, trunk);
    const { run, network, answerHead } = model;
    const features = await pooledFeatures(network, await read(network));
    const probabilities = Array.from(answer(answerHead, features));
    return {
      classIds: run.classes.map(({ id }) => id),
      probabilities,
      ...doubtOf(model, features, probabilities),
      speaker: { kind: 'run', runId: run.id, bestEpoch: run.bestEpoch },
      elapsedMs: performance.now() - startedMs,
    };
  });
}

async function predictInstant(state: EngineState, read: ReadInput, signal: AbortSignal): Promise<Prediction> {
  return state.use({ signal }, async ({ trunk, modelId }) => {
    const startedMs = performance.now();
    const { instant } = state;
    if (instant === null || instant.modelId !== modelId) {
      throw new EngineError(
        'not-ready',
        'No model can answer yet: two classes with three pictures each are needed.',
      );
    }
    return {
      classIds: instant.classIds,
      probabilities: Array.from(answer(instant.head, await pooledFeatures(trunk, await read(trunk)))),
      speaker: { kind: 'instant' },
      elapsedMs: performance.now() - startedMs,
    };
  });
}

/** Whether a run should answer at all. */
function doubtOf(
  { run: { calibration }, novelty: model }: RunModel,
  features: Float32Array,
  probabilities: readonly number[],
): Pick<Prediction, 'novelty' | 'doubt'> {
  if (calibration === undefined) return {};
  const { noveltyThreshold, abstainBelow } = calibration;
  const isUnsure = Math.max(...probabilities) < abstainBelow;
  const unsure = isUnsure ? { doubt: 'unsure' as const } : {};
  if (model === undefined || noveltyThreshold === null) return unsure;
  const novelty = noveltyDistance(model, features) / Math.max(noveltyThreshold, Number.MIN_VALUE);
  return novelty > 1 ? { novelty, doubt: 'none-of-these' } : { novelty, ...unsure };
}

/** Probability of each class, from the pooled features of one picture. */
export const answer = (head: LinearHead, features: Float32Array): Float32Array =>
  softmaxRows(headLogits(head, features, 1), head.classes);

async function evaluate(
  state: EngineState,
  { runId, side, confirmed = false }: CallParams<'evaluate.run'>,
  { signal, emit }: CallContext<'evaluate.run'>,
): Promise<EvaluationReport> {
  const { modelId } = findRun(await state.session(), runId);
  return state.use({ signal, modelId }, async ({ trunk, extractor, signal: life }, session) => {
    const model = await state.runModels.get(session, runId, trunk);
    const { split, samples } = recordedSamples(session, model, side);
    if (side === 'test' && !confirmed) assertUnsealed(session, runId, split.hash);
    const byId = new Map(samples.map((one) => [one.id, one]));
    // Once for all, so that decoding and computing overlap.
    await extractor.ensure(samples, model.cut, {
      signal: life,
      onProgress: (done, total) => emit({ done, total }),
    });
    const report = await evaluateModel({
      runId,
      side,
      splitHash: split.hash,
      classIds: model.run.classes.map(({ id }) => id),
      samples,
      signal: life,
      predict: (ids) =>
        scoreCached(
          extractor,
          model,
          ids.flatMap((id) => byId.get(id) ?? []),
          life,
        ),
    });
    assertNotAborted(life);
    await session.putReport(report);
    return report;
  });
}

/** @throws {EngineError} `test-set-sealed` if this look at the test set is one for which the person must be asked. */
function assertUnsealed(session: ProjectSession, runId: string, splitHash: string): void {
  const { openings } = session.snapshot();
  if (!opensBeyondFree(openings, splitHash, [runId])) return;
  const opened = timesOpened(openings, splitHash);
  throw new EngineError(
    'test-set-sealed',
    `The test set has been opened ${opened} times; more than ${FREE_OPENINGS} need the call to say that it is confirmed.`,
    { opened, free: FREE_OPENINGS },
  );
}

/** The samples of a side with their true class. @throws {EngineError} `not-ready` if they cannot be judged fairly. */
export function recordedSamples(session: ProjectSession, { run, seenIds }: RunModel, side: SplitSide) {
  const split = session.data.split();
  if (split === null)
    throw new EngineError('no-test-samples', 'The pictures are not split yet. Split them first.');
  const leaked = side === 'train' ? [] : split[side].filter((id) => seenIds.has(id));
  if (leaked.length > 0) {
    throw new EngineError(
      'not-ready',
      `Run ${run.number} learned from ${leaked.length} pictures that are on the ${side} side now. Train again after a new split.`,
      { leaked: leaked.length, run: run.number },
    );
  }
  const classes = new Map(run.classes.map(({ id }, index) => [id, index]));
  const dataset = session.data.dataset();
  const samples = split[side].flatMap((id) => {
    const sample = dataset.samples.get(id);
    return sample === undefined ? [] : [{ id, contentHash: sample.contentHash, classId: sample.classId }];
  });
  return {
    split,
    samples: samples.map(({ id, contentHash, classId }) => {
      const truth = classes.get(classId);
      if (truth !== undefined) return { id, contentHash, truth };
      throw new EngineError(
        'not-ready',
        `Run ${run.number} does not know the class of the picture ${id}, which came later. Train again.`,
        { run: run.number },
      );
    }),
  };
}

/** Probabilities from cached activations at the run's cut: what lies below it is as pre-trained. */
async function scoreCached(
  extractor: FeatureExtractor,
  model: RunModel,
  samples: readonly { readonly id: string; readonly contentHash: string }[],
  signal: AbortSignal,
): Promise<Float32Array> {
  const features = await featuresAbove(extractor, model, samples, signal);
  return softmaxRows(headLogits(model.head, features, samples.length), model.head.classes);
}

/** Pooled features of samples as the run's own network sees them. Shape: `[samples.length, featureSize]`. */
export async function featuresAbove(
  extractor: FeatureExtractor,
  { network, cut }: RunModel,
  samples: readonly { readonly id: string; readonly contentHash: string }[],
  signal: AbortSignal,
): Promise<Float32Array> {
  const last = network.blocks.length;
  const rows = await extractor.read(samples, cut, { signal });
  if (cut === last) return rows;
  const features = tf.tidy(() => {
    return network.run(tf.tensor(rows, [samples.length, ...network.cutShape(cut)]), cut, last);
  });
  try {
    await nextTask();
    return await features.data<'float32'>();
  } finally {
    features.dispose();
  }
}
