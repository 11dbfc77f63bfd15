import type { CallParams, RunSummary, TrainEstimate, TrainEvent, TrainSettings } from '../../src/index.ts';
import { engine } from '../engine/engine-host.ts';
import { calibrateRun } from './evaluate-actions.ts';
import { notifyError } from './notices.ts';
import { getState, setState } from './store.ts';
import { cancelTask, runTask, type Outcome } from './tasks.ts';
import { foldTrainEvent, IDLE_TRAINING, startTraining, withRun } from './training.ts';

export function estimateTraining(settings: TrainSettings, signal?: AbortSignal): Promise<TrainEstimate> {
  return engine().call('train.estimate', { settings }, signal === undefined ? {} : { signal });
}

/** Variants of one picture as training would see them. The caller closes the bitmaps. */
export function augmentPreview(params: CallParams<'data.augmentPreview'>): Promise<readonly ImageBitmap[]> {
  return engine().call('data.augmentPreview', params);
}

/**
 * Teaches. The finished run joins the project and becomes the one that answers live. `keepSettings`: the person's own
 * settings stay as they are. `from`: the run with whose weights it begins.
 */
export async function startTrainingRun(
  settings: TrainSettings,
  { keepSettings = false, from }: { readonly keepSettings?: boolean; readonly from?: string } = {},
): Promise<Outcome<RunSummary>> {
  const outcome = await follow(settings, (options) =>
    engine().call('train.start', { settings, ...(from !== undefined && { from }) }, options),
  );
  if (outcome.ok && !keepSettings) {
    setState(({ project }) => ({
      project: project && { ...project, settings: { ...project.settings, train: settings } },
    }));
  }
  return outcome;
}

/** Goes on with the run that was cut off. */
export async function continueRun(runId: string): Promise<Outcome<RunSummary> | null> {
  const run = getState().project?.runs.find(({ id }) => id === runId);
  if (run === undefined) return null;
  return follow(run.settings, (options) => engine().call('train.continue', { runId }, options));
}

/** Asks whether a run was cut off and can go on. */
export async function askUnfinished(): Promise<void> {
  await told(async () => setState({ unfinished: await engine().call('train.unfinished', {}) }));
}

/** Follows a run to its end. A run that ends without a result may have left something to go on from. */
async function follow(
  settings: TrainSettings,
  call: (options: {
    readonly signal: AbortSignal;
    readonly onEvent: (event: TrainEvent) => void;
  }) => Promise<RunSummary>,
): Promise<Outcome<RunSummary>> {
  setState({ training: startTraining(settings, Date.now()), unfinished: null });
  const onEvent = (event: TrainEvent) => {
    if (event.kind === 'unkept') notifyError(event.error);
    setState(({ training }) => ({ training: foldTrainEvent(training, event) }));
  };
  const outcome = await runTask('train', 'steps', ({ signal }) => call({ signal, onEvent }));
  setState({ training: IDLE_TRAINING });
  if (outcome.ok) {
    const run = outcome.value;
    setState(({ project }) => ({ project: project && { ...project, runs: withRun(project.runs, run) } }));
    await activateRun(run.id);
    // Nobody waits for it: live answers doubt a moment later.
    void calibrateRun(run.id);
  } else if (outcome.error.code !== 'worker-died' && !outcome.cancelled) await askUnfinished();
  return outcome;
}

export async function pauseTraining(): Promise<void> {
  await told(() => engine().call('train.pause', {}));
}

export async function resumeTraining(): Promise<void> {
  await told(() => engine().call('train.resume', {}));
}

/** Ends the run at the next step and keeps its best state. */
export async function stopTraining(): Promise<void> {
  setState(({ training }) => ({ training: { ...training, status: 'stopping' } }));
  await told(() => engine().call('train.stop', {}));
}

/** Ends the run and keeps nothing of it. */
export function discardTraining(): void {
  cancelTask('train');
}

/** Chooses which model answers live: a run, or the instant head (`null`). */
export async function activateRun(runId: string | null): Promise<void> {
  await told(async () => {
    await engine().call('runs.activate', { runId });
    setState(({ project }) => ({ project: project && { ...project, activeRunId: runId } }));
  });
}

export async function deleteRun(runId: string): Promise<void> {
  await told(async () => {
    await engine().call('runs.delete', { runId });
    const { project } = getState();
    if (project === null) return;
    const reports = Object.fromEntries(Object.entries(project.reports).filter(([id]) => id !== runId));
    const { unfinished } = getState();
    setState({
      ...(unfinished?.runId === runId && { unfinished: null }),
      project: {
        ...project,
        runs: project.runs.filter(({ id }) => id !== runId),
        reports,
        activeRunId: project.activeRunId === runId ? null : project.activeRunId,
      },
    });
  });
}

async function told(call: () => Promise<void>): Promise<void> {
  try {
    await call();
  } catch (thrown) {
    notifyError(thrown);
  }
}
