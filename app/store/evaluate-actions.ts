import {
  EngineError,
  withOpening,
  type EvaluationReport,
  type ExportedModel,
  type ExportRequest,
  type Prediction,
  type RunSummary,
  type SplitSide,
} from '../../src/index.ts';
import { engine } from '../engine/engine-host.ts';
import { notifyError } from './notices.ts';
import { setState } from './store.ts';
import { runTask, type Outcome } from './tasks.ts';
import { askToOpen } from './test-seal.ts';
import { withRun } from './training.ts';
import { whenOpen } from './when-open.ts';

/**
 * Examines a run on exactly the recorded ids of one side. The report is kept with the project. Asks the person where the
 * test set is sealed, unless they have agreed already (`confirmed`); a no ends it as cancelled.
 */
export async function evaluateRun(
  runId: string,
  side: SplitSide = 'test',
  { confirmed = false }: { readonly confirmed?: boolean } = {},
): Promise<Outcome<EvaluationReport>> {
  const outcome = await runTask('evaluate', 'pictures', async ({ signal, report }) => {
    const examine = (agreed: boolean) =>
      engine().call('evaluate.run', { runId, side, confirmed: agreed }, { signal, onEvent: report });
    try {
      return await examine(confirmed);
    } catch (thrown) {
      if (!(thrown instanceof EngineError) || thrown.code !== 'test-set-sealed') throw thrown;
      const agreed = await askToOpen({ opened: Number(thrown.detail?.['opened']), more: 1 }, signal);
      if (!agreed) throw new EngineError('cancelled', 'The test set stays sealed.');
      return await examine(true);
    }
  });
  if (outcome.ok) {
    const report = outcome.value;
    setState(({ project }) => ({
      project: project && {
        ...project,
        reports: { ...project.reports, [runId]: report },
        openings: withOpening(project.openings, report),
      },
    }));
  }
  return outcome;
}

/** Finds out how sure a run may be, and keeps it with the run. Quiet: it is asked for by the page, not by the person. */
export async function calibrateRun(runId: string): Promise<Outcome<RunSummary>> {
  const outcome = await runTask(
    'calibrate',
    'pictures',
    ({ signal, report }) => engine().call('calibrate.run', { runId }, { signal, onEvent: report }),
    { quiet: true },
  );
  if (outcome.ok) putRun(outcome.value);
  return outcome;
}

/** Answers of a run below this probability are withheld from now on; 0: none. */
export async function setAbstention(runId: string, below: number): Promise<void> {
  try {
    putRun(await engine().call('calibrate.abstain', { runId, below }));
  } catch (thrown) {
    notifyError(thrown);
  }
}

/** Heads taught on parts of the data, examined each: what more data would bring. */
export async function drawLearningCurve(): Promise<void> {
  const outcome = await runTask('learning-curve', 'parts', ({ signal, report }) =>
    engine().call('evaluate.learningCurve', { seed: 1 }, { signal, onEvent: report }),
  );
  if (outcome.ok) setState({ learningCurve: outcome.value });
}

/** What counting words gets right in the same exam. Of texts only. */
export async function examineBaseline(): Promise<void> {
  const outcome = await runTask('baseline', 'parts', ({ signal, report }) =>
    engine().call('evaluate.baseline', { seed: 1 }, { signal, onEvent: report }),
  );
  if (outcome.ok) setState({ baseline: outcome.value });
}

function putRun(run: RunSummary): void {
  setState(({ project }) => ({ project: project && { ...project, runs: withRun(project.runs, run) } }));
}

/** The answering model as a file that was opened again and answers the same. */
export function exportModel(request: ExportRequest): Promise<Outcome<ExportedModel>> {
  return runTask('export', 'parts', ({ signal }) => engine().call('export.model', request, { signal }));
}

/** One camera frame. The bitmap is transferred. Throws an `EngineError`; callers decide whether to say so. */
export function predictBitmap(
  bitmap: ImageBitmap,
  options: { readonly runId?: string; readonly signal?: AbortSignal } = {},
): Promise<Prediction> {
  const { runId, signal } = options;
  return engine().call(
    'predict.bitmap',
    { bitmap, ...(runId !== undefined && { runId }) },
    signal === undefined ? {} : { signal },
  );
}

/** What a microphone heard. Throws an `EngineError`; callers decide whether to say so. */
export function predictSound(
  { samples, rate }: { readonly samples: Float32Array<ArrayBuffer>; readonly rate: number },
  { signal }: { readonly signal: AbortSignal },
): Promise<Prediction> {
  return engine().call('predict.sound', { samples, rate }, { signal });
}

/**
 * A file of the person's, checked as an import checks it. One given while there is no engine waits for the next one.
 * Throws an `EngineError`.
 */
export async function predictFile(
  file: File,
  { signal }: { readonly signal: AbortSignal },
): Promise<Prediction> {
  await whenOpen(signal);
  return engine().call('predict.file', { file }, { signal });
}
