import { createStore } from 'zustand/vanilla';
import type { DataForm, TaskId } from '../../src/index.ts';
import { saveBlob } from '../components/save-blob.ts';
import { notify } from '../store/notices.ts';
import { loadProject, newProject, saveData, saveProject } from '../store/project-actions.ts';
import { getState } from '../store/store.ts';
import { dataFileName, projectFileName } from './project-file-name.ts';

/** What is to replace the current project once the person has agreed. */
type Replacement =
  { readonly kind: 'new'; readonly task: TaskId } | { readonly kind: 'open'; readonly file: File };

/** The question that is on screen. Not in the app's store: a file cannot be serialised. */
export const replacementStore = createStore<{ readonly asked: Replacement | null }>(() => ({ asked: null }));

/** Saves the whole project as a file of the person's. True when it is on its way to the disk. */
export async function saveProjectFile(): Promise<boolean> {
  const outcome = await saveProject();
  if (!outcome.ok) return false;
  saveBlob(outcome.value, projectFileName(getState().project?.settings.name ?? ''));
  return true;
}

/** Hands over the data set, without what was learned. */
export async function saveDataFile(form: DataForm): Promise<void> {
  const outcome = await saveData(form);
  if (outcome.ok) saveBlob(outcome.value, dataFileName(getState().project?.settings.name ?? '', form));
}

/** Starts an empty project, of the present task or another; asks first if there is something to lose. */
export function startNewProject(task?: TaskId): void {
  void replaceBy({
    kind: 'new',
    task: task ?? getState().project?.settings.task ?? 'image-classification',
  });
}

/** Opens a project file; asks first if there is something to lose. */
export function openProjectFile(file: File): void {
  void replaceBy({ kind: 'open', file });
}

export function dropReplacement(): void {
  replacementStore.setState({ asked: null });
}

/** Does what was asked about. */
export async function agreeToReplacement(): Promise<void> {
  const { asked } = replacementStore.getState();
  dropReplacement();
  if (asked !== null) await replace(asked);
}

async function replaceBy(replacement: Replacement): Promise<void> {
  const { project } = getState();
  const worth = project !== null && (project.dataset.classes.length > 0 || project.runs.length > 0);
  if (worth) replacementStore.setState({ asked: replacement });
  else await replace(replacement);
}

async function replace(replacement: Replacement): Promise<void> {
  if (replacement.kind === 'new') {
    await newProject(replacement.task);
    return;
  }
  const outcome = await loadProject(replacement.file);
  if (outcome.ok) {
    const { name } = outcome.value.settings;
    notify(
      { key: 'use:project.opened', values: { name: name === '' ? replacement.file.name : name } },
      { tone: 'good' },
    );
  }
}
