import {
  isAbortError,
  type InspectStage,
  type ModelCard,
  type ModelCheck,
  type ModelReport,
  type ModelSource,
  type PictureSettings,
} from '../../src/index.ts';
import { engine } from '../engine/engine-host.ts';
import { editDataset } from './data-actions.ts';
import { listModels, loadModel } from './model-actions.ts';
import { notify, notifyError } from './notices.ts';
import { getState } from './store.ts';
import { runTask, type Outcome } from './tasks.ts';

/** Looks at a model that was brought. `onStage` hears what is being done; nothing is kept. */
export function inspectModel(
  source: ModelSource,
  onStage: (stage: InspectStage | 'download') => void,
): Promise<Outcome<ModelReport>> {
  return runTask(
    'inspect',
    'bytes',
    ({ signal, report }) =>
      engine().call(
        'model.inspect',
        { source },
        {
          signal,
          onEvent: (event) => {
            onStage(event.kind === 'stage' ? event.stage : 'download');
            if (event.kind === 'download') report({ done: event.loadedBytes, total: event.totalBytes });
          },
        },
      ),
    { quiet: true },
  );
}

/** Tries the model with other settings; `null` if the answer is not wanted any more. */
export async function checkModel(
  inspectionId: string,
  settings: PictureSettings,
  signal: AbortSignal,
): Promise<ModelCheck | null> {
  try {
    return await engine().call('model.check', { inspectionId, settings }, { signal });
  } catch (thrown) {
    if (!isAbortError(thrown)) notifyError(thrown);
    return null;
  }
}

/** Lets go of what was looked at. */
export async function dismissInspection(): Promise<void> {
  // Nothing to do about a failure: the next inspection lets go of it too.
  await engine()
    .call('model.dismiss', {})
    .catch(() => undefined);
}

/** Keeps the model, makes it the project's, and adds classes of these names if there are none yet. */
export async function adoptModel(
  inspectionId: string,
  settings: PictureSettings,
  name: string,
  classNames: readonly string[],
): Promise<boolean> {
  let card: ModelCard;
  try {
    card = await engine().call('model.adopt', { inspectionId, settings, name });
  } catch (thrown) {
    notifyError(thrown);
    return false;
  }
  await listModels();
  if (!(await loadModel(card.id))) return false;
  if (getState().project?.dataset.classes.length === 0) {
    for (const className of classNames) await editDataset({ kind: 'add-class', name: className });
  }
  notify({ key: 'ownModel:yours.added', values: { model: name } }, { tone: 'good' });
  return true;
}

/** Erases an own model. If it was the project's, the first of the catalogue takes its place. */
export async function forgetModel({ id, name }: ModelCard): Promise<void> {
  const { project, models } = getState();
  try {
    if (project?.settings.modelId === id) {
      const other = models.find(({ availability }) => availability === 'bundled');
      if (other === undefined || !(await loadModel(other.id))) return;
    }
    await engine().call('model.forget', { modelId: id });
  } catch (thrown) {
    notifyError(thrown);
    return;
  }
  await listModels();
  notify({ key: 'ownModel:yours.removed', values: { model: name } });
}
