import type { EngineHandlers } from '../core/engine-api.ts';
import { EngineError } from '../core/errors.ts';
import type { RunSummary } from '../core/run.ts';
import type { TrainSettings } from '../core/train-settings.ts';
import { estimateTraining } from '../train/estimate.ts';
import { createTrainControl, type TrainControl } from '../train/train-control.ts';
import { cutOf } from '../train/trainer.ts';
import type { EngineState } from './engine-state.ts';
import { findRun } from './run-models.ts';
import { eraseRun, findUnfinished, type RunContext, survive } from './run-survival.ts';

type TrainKind = Extract<keyof EngineHandlers, `train.${string}` | `runs.${string}`>;

/** Rows about runs. One run at a time. */
export function trainHandlers(state: EngineState): Pick<EngineHandlers, TrainKind> {
  return {
    'train.estimate': ({ settings }, { signal }) => estimate(state, settings, signal),
    'train.start': ({ settings, from }, context) =>
      occupied(state, context, (inRun, control) =>
        survive(
          state,
          { runId: crypto.randomUUID(), settings, ...(from !== undefined && { from }) },
          { context: inRun, control },
        ),
      ),
    async 'train.unfinished'() {
      return findUnfinished(await state.session());
    },
    async 'train.continue'({ runId }, context) {
      const session = await state.session();
      const { settings } = findRun(session, runId);
      const unfinished = await findUnfinished(session);
      if (unfinished?.runId !== runId || unfinished.stale) {
        throw new EngineError(
          'not-ready',
          'This run cannot go on: its checkpoint is gone, or the data has changed.',
        );
      }
      return occupied(state, context, (inRun, control) =>
        survive(state, { runId, settings }, { context: inRun, control }),
      );
    },
    async 'train.pause'() {
      state.control().pause();
      return Promise.resolve();
    },
    async 'train.resume'() {
      state.control().resume();
      return Promise.resolve();
    },
    async 'train.stop'() {
      state.control().stop();
      return Promise.resolve();
    },
    async 'runs.delete'({ runId }) {
      state.runModels.forget(runId);
      await eraseRun(await state.session(), runId);
    },
    async 'runs.activate'({ runId }) {
      const session = await state.session();
      if (runId !== null) findRun(session, runId);
      await session.activateRun(runId);
    },
  };
}

/** A cancelled run is answered at once but ends at its next step: the next one waits for that. */
async function makeRoom(state: EngineState): Promise<void> {
  while (state.currentRun !== null) {
    if (!state.currentRun.signal.aborted) {
      throw new EngineError('not-ready', 'A run is in progress. Stop it or wait for it first.');
    }
    await state.currentRun.ended;
  }
}

/** Runs as the one run in progress, under its own controls. */
async function occupied(
  state: EngineState,
  context: RunContext,
  work: (context: RunContext, control: TrainControl) => Promise<RunSummary>,
): Promise<RunSummary> {
  await makeRoom(state);
  const controller = new AbortController();
  const signal = AbortSignal.any([context.signal, controller.signal]);
  const control = createTrainControl();
  const run = work({ ...context, signal }, control);
  const ended = run.then(ignore, ignore);
  state.currentRun = { control, ended, signal, abort: () => controller.abort() };
  try {
    return await run;
  } finally {
    state.currentRun = null;
  }
}

async function estimate(state: EngineState, settings: TrainSettings, signal: AbortSignal) {
  return state.use({ signal }, async ({ trunk, extractor, device }, session) => {
    const { samples, classes } = session.data.dataset();
    const split = session.data.split();
    const kept = session.snapshot().settings.split;
    const known = (ids: readonly string[]) => ids.flatMap((id) => samples.get(id) ?? []);
    const train = split ? known(split.train) : [...samples.values()];
    const share = split ? 1 : 1 - kept.validation - kept.test;
    const validation = split ? split.validation.length : samples.size * kept.validation;
    const cut = cutOf(settings.open, trunk.blocks.length);
    const missing = extractor.missing([...train, ...known(split?.validation ?? [])], cut);
    const variants = cut === 0 ? 0 : settings.augmentation.variants * train.length;
    return Promise.resolve(
      estimateTraining({
        network: trunk,
        settings,
        classes: classes.length,
        train: train.length * share,
        validation,
        missing: missing + variants,
        forwardMs: device.forwardMs,
      }),
    );
  });
}

const ignore = (): void => undefined;
