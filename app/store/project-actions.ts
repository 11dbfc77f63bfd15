import {
  TASKS,
  type DataForm,
  type ProjectSettings,
  type ProjectSnapshot,
  type TaskId,
} from '../../src/index.ts';
import { setSampleKind } from '../copy/i18n.ts';
import { engine } from '../engine/engine-host.ts';
import { listModels, loadModel } from './model-actions.ts';
import { notifyError } from './notices.ts';
import { cancelRefresh, scheduleRefresh } from './refresh.ts';
import { getState, setState } from './store.ts';
import { cancelAllTasks, runTask, type Outcome } from './tasks.ts';
import { askUnfinished } from './train-actions.ts';
import { IDLE_TRAINING } from './training.ts';

/** Opens the kept project (or an empty one) and loads its model. */
export async function openProject(): Promise<void> {
  const outcome = await runTask(
    'open',
    'parts',
    ({ signal }) => engine().call('project.open', {}, { signal }),
    { quiet: true },
  );
  if (outcome.ok) {
    await adopt(outcome.value);
    return;
  }
  const { error, cancelled } = outcome;
  if (!cancelled && error.code !== 'worker-died') {
    setState(({ engine: host }) => ({ engine: { ...host, status: 'failed', error } }));
  }
}

/** Leaves the project: its stored data are erased. Ask before. */
export async function newProject(task: TaskId): Promise<void> {
  cancelAllTasks();
  const outcome = await runTask('open', 'parts', ({ signal }) =>
    engine().call('project.new', { task }, { signal }),
  );
  if (outcome.ok) await adopt(outcome.value);
}

/** The whole project as one file. */
export function saveProject(): Promise<Outcome<Blob>> {
  return runTask('save', 'parts', ({ signal, report }) =>
    engine().call('project.save', {}, { signal, onEvent: report }),
  );
}

/** The data set as a zip of the form. */
export function saveData(form: DataForm): Promise<Outcome<Blob>> {
  return runTask('save', 'parts', ({ signal, report }) =>
    engine().call('data.save', { form }, { signal, onEvent: report }),
  );
}

/** Replaces the project by a saved one. On failure nothing has changed. */
export async function loadProject(file: Blob): Promise<Outcome<ProjectSnapshot>> {
  const outcome = await runTask('load', 'parts', ({ signal, report }) =>
    engine().call('project.load', { file }, { signal, onEvent: report }),
  );
  if (outcome.ok) {
    // Own models come along in the file.
    await listModels();
    await adopt(outcome.value);
  }
  return outcome;
}

/**
 * Changes settings of the project: at once in the mirror, then in the engine. While one state is being kept, later
 * ones wait, and only the latest of them is sent: a line that is dragged costs few writes. Resolves when this change,
 * or one that came after it, is kept.
 */
export async function configure(part: Partial<ProjectSettings>): Promise<void> {
  const { project } = getState();
  if (project === null) return;
  setState({ project: { ...project, settings: { ...project.settings, ...part } } });
  if (keeping === null) {
    keeping = keepSettings().finally(() => {
      keeping = null;
    });
    await keeping;
    return;
  }
  waiting ??= keeping.then(() => {
    waiting = null;
    return configure({});
  });
  await waiting;
}

/** The write that is going on, and the one that follows it. */
let keeping: Promise<void> | null = null;
let waiting: Promise<void> | null = null;

async function keepSettings(): Promise<void> {
  const { project } = getState();
  if (project === null) return;
  try {
    const { savedAtMs } = await engine().call('project.configure', { settings: project.settings });
    setState(({ project: latest }) => ({
      project: latest?.projectId === project.projectId ? { ...latest, savedAtMs } : latest,
    }));
  } catch (thrown) {
    notifyError(thrown);
  }
}

async function adopt(project: ProjectSnapshot): Promise<void> {
  cancelRefresh();
  await setSampleKind(TASKS[project.settings.task].sample);
  setState({
    project,
    training: IDLE_TRAINING,
    unfinished: null,
    lastImport: null,
    doctor: null,
    stress: {},
    featureMaps: {},
    instant: { status: 'idle', ready: false, samples: 0, elapsedMs: null },
  });
  for (const error of project.damaged) notifyError(error);
  await loadModel(project.settings.modelId);
  await askUnfinished();
  scheduleRefresh();
}
