import type { BackendName } from '../../src/index.ts';
import { engine } from '../engine/engine-host.ts';
import { notifyError } from './notices.ts';
import { scheduleRefresh } from './refresh.ts';
import { getState, setState } from './store.ts';
import { runTask } from './tasks.ts';

export async function listModels(): Promise<void> {
  try {
    setState({ models: await engine().call('models.list', {}) });
  } catch (thrown) {
    notifyError(thrown);
  }
}

/** Loads a model, downloading it if needed, and makes it the project's. The one before stays on failure. */
export async function loadModel(modelId: string): Promise<boolean> {
  setState({ modelError: null, loadingModelId: modelId });
  const outcome = await runTask(
    'model',
    'bytes',
    ({ signal, report }) =>
      engine().call(
        'models.load',
        { modelId },
        {
          signal,
          onEvent: ({ loadedBytes, totalBytes }) => {
            report({ done: loadedBytes, total: totalBytes });
          },
        },
      ),
    { quiet: true },
  );
  if (getState().loadingModelId === modelId) setState({ loadingModelId: null });
  if (!outcome.ok) {
    if (!outcome.cancelled) setState({ modelError: { modelId, error: outcome.error } });
    return false;
  }
  const model = outcome.value;
  setState(({ project, models }) => ({
    model,
    models: models.map((card) => (card.id === modelId ? model.card : card)),
    project: project && { ...project, settings: { ...project.settings, modelId } },
  }));
  scheduleRefresh();
  void probeDevice();
  return true;
}

/**
 * Measures the back-ends on the project's model and uses the fastest correct one, or the one asked for. Tells whether one
 * works.
 */
export async function probeDevice(backend?: BackendName | 'auto', refresh = false): Promise<boolean> {
  const { project } = getState();
  if (project === null) return false;
  const wanted = backend ?? project.settings.backend;
  const outcome = await runTask('probe', 'parts', ({ signal }) =>
    engine().call(
      'device.probe',
      { modelId: project.settings.modelId, backend: wanted, refresh },
      {
        signal,
        onEvent: (event) => {
          setState({ probing: event.backend });
        },
      },
    ),
  );
  setState({ probing: null, ...(outcome.ok && { device: outcome.value }) });
  // A model that could not be loaded on the back-end before gets its chance on this one.
  if (outcome.ok && getState().model === null) await loadModel(project.settings.modelId);
  return outcome.ok;
}
