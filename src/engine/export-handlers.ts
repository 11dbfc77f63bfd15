import type { CallParams, EngineHandlers } from '../core/engine-api.ts';
import { assertNotAborted, EngineError } from '../core/errors.ts';
import { exportOnnx } from '../export/onnx.ts';
import type { EngineState } from './engine-state.ts';
import { findRun } from './run-models.ts';

type ExportKind = Extract<keyof EngineHandlers, `export.${string}`>;

/** Rows that hand out a trained model for use elsewhere. */
export function exportHandlers(state: EngineState): Pick<EngineHandlers, ExportKind> {
  return { 'export.onnx': (params, { signal }) => toOnnx(state, params, signal) };
}

/** The run that is asked for, else the active one, else the head that is fitted at once. */
async function toOnnx(
  state: EngineState,
  { runId, precision }: CallParams<'export.onnx'>,
  signal: AbortSignal,
): Promise<Blob> {
  const session = await state.session();
  const wanted = runId ?? session.snapshot().activeRunId;
  const { modelId } = wanted === null ? session.snapshot().settings : findRun(session, wanted);
  return state.use({ signal, modelId }, async ({ trunk, info, signal: life }) => {
    const names = new Map(session.data.dataset().classes.map(({ id, name }) => [id, name]));
    const base = info.card;
    if (wanted === null) {
      const { instant } = state;
      if (instant === null || instant.modelId !== modelId) {
        throw new EngineError('not-ready', 'There is no model to export yet. Train one first.');
      }
      const labels = instant.classIds.map((id) => names.get(id) ?? id);
      return exportOnnx({ network: trunk, head: instant.head, labels, precision, base });
    }
    const { run, network, answerHead: head } = await state.runModels.get(session, wanted, trunk);
    assertNotAborted(life);
    const labels = run.classes.map(({ id, name }) => names.get(id) ?? name);
    return exportOnnx({ network, head, labels, precision, base });
  });
}
