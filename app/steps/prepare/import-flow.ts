import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { isAbortError, type ClassId, type ImportPreview, type Rejection } from '../../../src/index.ts';
import { walkDrop, type DroppedItems, type FoundFile } from '../../capture/walk-drop.ts';
import { openProjectFile } from '../../project/project-files.ts';
import { importFiles, previewImport } from '../../store/data-actions.ts';
import { notify, notifyError } from '../../store/notices.ts';
import { getState } from '../../store/store.ts';
import { cancelTask } from '../../store/tasks.ts';
import { addClass } from './prepare-actions.ts';

/** A file that was left out: by the engine with its code, or because the system did not let us read it. */
export type LeftOut = Rejection | { readonly name: string; readonly error: null };

/** From the drop to the pictures: look, show what would happen, ask, do it. */
export type ImportStage =
  | { readonly stage: 'idle' }
  | { readonly stage: 'walking'; readonly found: number }
  | { readonly stage: 'previewing' }
  | {
      readonly stage: 'asking';
      readonly files: readonly FoundFile[];
      readonly unreadable: readonly string[];
      readonly preview: ImportPreview;
    }
  | { readonly stage: 'importing' };

/** Not in the app's store: files cannot be serialised. */
interface ImportFlow {
  readonly current: ImportStage;
  /** Of the last import, until the list is closed. */
  readonly leftOut: readonly LeftOut[];
}

const IDLE: ImportStage = { stage: 'idle' };
const flowStore = createStore<ImportFlow>(() => ({ current: IDLE, leftOut: [] }));
let walk: AbortController | null = null;

export function useImportFlow<T>(select: (flow: ImportFlow) => T): T {
  return useStore(flowStore, select);
}

/** What was dropped on the page, or on one class (then it goes straight into that class). */
export async function takeDropped(dropped: DroppedItems, intoClass?: ClassId): Promise<void> {
  walk?.abort();
  walk = new AbortController();
  flowStore.setState({ current: { stage: 'walking', found: 0 } });
  try {
    const { files, unreadable } = await walkDrop(dropped, walk.signal, (found) =>
      flowStore.setState({ current: { stage: 'walking', found } }),
    );
    await takeFiles(files, intoClass, unreadable);
  } catch (thrown) {
    flowStore.setState({ current: IDLE });
    if (!isAbortError(thrown)) notifyError(thrown);
  }
}

/** Picked or pasted files. */
export async function takeFiles(
  files: readonly FoundFile[],
  intoClass?: ClassId,
  unreadable: readonly string[] = [],
): Promise<void> {
  if (files.length === 0 && unreadable.length === 0) {
    flowStore.setState({ current: IDLE });
    return;
  }
  if (intoClass !== undefined) {
    await runImport(files, intoClass, unreadable);
    return;
  }
  flowStore.setState({ current: { stage: 'previewing' } });
  const outcome = await previewImport(files);
  flowStore.setState({
    current: outcome.ok ? { stage: 'asking', files, unreadable, preview: outcome.value } : IDLE,
  });
}

/** Where the pictures go: to the classes of their folders, or all to one class that may not exist yet. */
export type ImportTarget = { readonly kind: 'folders' } | { readonly kind: 'one'; readonly name: string };

export async function confirmImport(target: ImportTarget): Promise<void> {
  const { current } = flowStore.getState();
  if (current.stage !== 'asking') return;
  if (target.kind === 'folders') {
    await runImport(current.files, undefined, current.unreadable);
    return;
  }
  const existing = getState().project?.dataset.classes.find(({ name }) => name === target.name);
  const classId = existing?.id ?? (await addClass(target.name));
  if (classId !== null) await runImport(current.files, classId, current.unreadable);
}

/** The dropped file is a saved project: opens it in place of the current one, after a question of its own. */
export function openDroppedProject(): void {
  const { current } = flowStore.getState();
  const file = current.stage === 'asking' ? current.files[0]?.file : undefined;
  flowStore.setState({ current: IDLE, leftOut: [] });
  if (file !== undefined) openProjectFile(file);
}

/** Ends whatever stage it is in. What was imported so far stays. */
export function cancelImport(): void {
  walk?.abort();
  cancelTask('preview');
  cancelTask('import');
  flowStore.setState({ current: IDLE });
}

export function closeLeftOut(): void {
  flowStore.setState({ leftOut: [] });
}

async function runImport(
  files: readonly FoundFile[],
  intoClass: ClassId | undefined,
  unreadable: readonly string[],
): Promise<void> {
  const leftOut: LeftOut[] = unreadable.map((name) => ({ name, error: null }));
  flowStore.setState({ current: { stage: 'importing' }, leftOut });
  const outcome = await importFiles(files, intoClass, (rejection) => leftOut.push(rejection));
  if (outcome.ok) {
    // The report is the whole truth; the events were for a cancelled import.
    leftOut.splice(unreadable.length, leftOut.length, ...outcome.value.rejected);
    notify({ key: 'prepare:import.done', values: { count: outcome.value.accepted } }, { tone: 'good' });
  }
  flowStore.setState({ current: IDLE, leftOut: [...leftOut] });
}
