import type { EvaluationReport, Prediction, SplitSide } from '../../src/index.ts';
import { engine } from '../engine/engine-host.ts';
import { setState } from './store.ts';
import { runTask, type Outcome } from './tasks.ts';

/** Examines a run on exactly the recorded ids of one side. The report is kept with the project. */
export async function evaluateRun(
  runId: string,
  side: SplitSide = 'test',
): Promise<Outcome<EvaluationReport>> {
  const outcome = await runTask('evaluate', 'pictures', ({ signal, report }) =>
    engine().call('evaluate.run', { runId, side }, { signal, onEvent: report }),
  );
  if (outcome.ok) {
    const report = outcome.value;
    setState(({ project }) => ({
      project: project && { ...project, reports: { ...project.reports, [runId]: report } },
    }));
  }
  return outcome;
}

/** The answering model as an ONNX file. */
export function exportOnnx(precision: 'float32' | 'float16'): Promise<Outcome<Blob>> {
  return runTask('export', 'parts', ({ signal }) => engine().call('export.onnx', { precision }, { signal }));
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

/** A picture file of the person's, checked as an import checks it. Throws an `EngineError`. */
export function predictFile(
  file: File,
  options: { readonly runId?: string; readonly signal?: AbortSignal } = {},
): Promise<Prediction> {
  const { runId, signal } = options;
  return engine().call(
    'predict.file',
    { file, ...(runId !== undefined && { runId }) },
    signal === undefined ? {} : { signal },
  );
}
