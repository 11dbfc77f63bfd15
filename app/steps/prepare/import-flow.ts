import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import {
  isAbortError,
  type ClassId,
  type ImportPreview,
  type Rejection,
  type TableMapping,
} from '../../../src/index.ts';
import {
  foundInList,
  walkDrop,
  type DroppedItems,
  type FoundFile,
  type WalkResult,
} from '../../capture/walk-drop.ts';
import { openProjectFile } from '../../project/project-files.ts';
import { importFiles, previewImport, type ImportOptions } from '../../store/data-actions.ts';
import { notify, notifyError } from '../../store/notices.ts';
import { getState } from '../../store/store.ts';
import { cancelTask, type Outcome } from '../../store/tasks.ts';
import { whenOpen } from '../../store/when-open.ts';
import { addClass } from './prepare-actions.ts';

/** A file that was left out: by the engine with its code, or because the system did not let us read it. */
export type LeftOut = Rejection | { readonly name: string; readonly error: null };

/** From the drop to the question. The import itself is a task of the store. */
export type ImportStage =
  | { readonly stage: 'idle' }
  | { readonly stage: 'walking'; readonly found: number }
  /** Until there is an engine to ask: it may be starting, or be gone. */
  | { readonly stage: 'waiting' }
  | { readonly stage: 'previewing' }
  | {
      readonly stage: 'asking';
      readonly files: readonly FoundFile[];
      readonly unreadable: readonly string[];
      readonly preview: ImportPreview;
    };

/** Not in the app's store: files cannot be serialised. */
interface ImportFlow {
  readonly current: ImportStage;
  /** Of the last import, until the list is closed. */
  readonly leftOut: readonly LeftOut[];
}

const IDLE: ImportStage = { stage: 'idle' };
const flowStore = createStore<ImportFlow>(() => ({ current: IDLE, leftOut: [] }));
const walks = new Set<AbortController>();
/** Imports run one after another; a cancel ends the one that runs and those that wait. */
let lastImport: Promise<void> = Promise.resolve();
let cancels = 0;

export function useImportFlow<T>(select: (flow: ImportFlow) => T): T {
  return useStore(flowStore, select);
}

/** What was dropped on the page, or on one class (then it goes straight into that class). */
export function takeDropped(dropped: DroppedItems, intoClass?: ClassId): Promise<void> {
  return takeWalked((signal, onFound) => walkDrop(dropped, signal, onFound), intoClass);
}

/** Picked or pasted files. */
export function takePicked(list: Iterable<File>, intoClass?: ClassId): Promise<void> {
  // At once: the list of an input is emptied when the input is.
  const files = [...list];
  return takeWalked(
    async (signal, onFound) => ({ files: await foundInList(files, signal, onFound), unreadable: [] }),
    intoClass,
  );
}

async function takeWalked(
  findFiles: (signal: AbortSignal, onFound: (found: number) => void) => Promise<WalkResult>,
  intoClass: ClassId | undefined,
): Promise<void> {
  const walk = new AbortController();
  walks.add(walk);
  flowStore.setState({ current: { stage: 'walking', found: 0 } });
  try {
    const { files, unreadable } = await findFiles(walk.signal, (found) =>
      flowStore.setState({ current: { stage: 'walking', found } }),
    );
    await takeFiles(files, intoClass, unreadable, walk.signal);
  } catch (thrown) {
    flowStore.setState({ current: IDLE });
    if (!isAbortError(thrown)) notifyError(thrown);
  } finally {
    walks.delete(walk);
  }
}

async function takeFiles(
  files: readonly FoundFile[],
  intoClass: ClassId | undefined,
  unreadable: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (files.length === 0 && unreadable.length === 0) {
    flowStore.setState({ current: IDLE });
    return;
  }
  if (intoClass !== undefined) {
    await runImport(files, { intoClass }, unreadable);
    return;
  }
  const outcome = await previewWhenOpen(files, signal);
  flowStore.setState({
    current: outcome.ok ? { stage: 'asking', files, unreadable, preview: outcome.value } : IDLE,
  });
}

/** A drop outlives the engine: it waits for the next one. */
async function previewWhenOpen(
  files: readonly FoundFile[],
  signal: AbortSignal,
): Promise<Outcome<ImportPreview>> {
  for (;;) {
    await waitForEngine(signal);
    flowStore.setState({ current: { stage: 'previewing' } });
    const outcome = await previewImport(files);
    if (outcome.ok || signal.aborted || isEngineThere()) return outcome;
  }
}

async function waitForEngine(signal: AbortSignal): Promise<void> {
  flowStore.setState({ current: { stage: 'waiting' } });
  await whenOpen(signal);
}

/** The same for what was agreed to. False if it was cancelled meanwhile. */
async function isStillWanted(): Promise<boolean> {
  const wait = new AbortController();
  walks.add(wait);
  try {
    await waitForEngine(wait.signal);
    return true;
  } catch {
    return false;
  } finally {
    walks.delete(wait);
  }
}

function isEngineThere(): boolean {
  return getState().engine.status === 'ready';
}

/** Reads the table in the drop with other columns. Until it is there the question is as before. */
export async function remapTable(mapping: TableMapping): Promise<void> {
  const { current } = flowStore.getState();
  if (current.stage !== 'asking') return;
  const outcome = await previewImport(current.files, mapping);
  if (outcome.ok && flowStore.getState().current === current) {
    flowStore.setState({ current: { ...current, preview: outcome.value } });
  }
}

/**
 * Where the pictures go: to the classes of their folders, to those that a table says, or all to one class that may not
 * exist yet.
 */
export type ImportTarget =
  { readonly kind: 'folders' } | { readonly kind: 'table' } | { readonly kind: 'one'; readonly name: string };

export async function confirmImport(target: ImportTarget): Promise<void> {
  const { current } = flowStore.getState();
  if (current.stage !== 'asking') return;
  const { files, unreadable, preview } = current;
  if (target.kind !== 'one') {
    const options = target.kind === 'table' && preview.table !== null ? { table: preview.table.mapping } : {};
    await runImport(files, options, unreadable);
    return;
  }
  if (!(await isStillWanted())) return;
  // Asked still, in case that there is no class to be had.
  flowStore.setState({ current });
  const existing = getState().project?.dataset.classes.find(({ name }) => name === target.name);
  const classId = existing?.id ?? (await addClass(target.name));
  if (classId !== null) await runImport(files, { intoClass: classId }, unreadable);
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
  cancels += 1;
  for (const walk of walks) walk.abort();
  cancelTask('preview');
  cancelTask('import');
  flowStore.setState({ current: IDLE });
}

export function closeLeftOut(): void {
  flowStore.setState({ leftOut: [] });
}

function runImport(
  files: readonly FoundFile[],
  options: ImportOptions,
  unreadable: readonly string[],
): Promise<void> {
  flowStore.setState({ current: IDLE });
  const cancelsBefore = cancels;
  lastImport = lastImport.then(() =>
    cancels === cancelsBefore ? importNow(files, options, unreadable) : undefined,
  );
  return lastImport;
}

async function importNow(
  files: readonly FoundFile[],
  options: ImportOptions,
  unreadable: readonly string[],
): Promise<void> {
  if (!(await isStillWanted())) return;
  flowStore.setState({ current: IDLE, leftOut: [] });
  const heard: LeftOut[] = [];
  const outcome = await importFiles(files, options, (rejection) => heard.push(rejection));
  // The report is the whole truth; what was heard on the way is for an import that was cancelled.
  const rejected = outcome.ok ? outcome.value.rejected : heard;
  flowStore.setState({ leftOut: [...unreadable.map((name) => ({ name, error: null })), ...rejected] });
  if (outcome.ok) {
    notify({ key: 'prepare:import.done', values: { count: outcome.value.accepted } }, { tone: 'good' });
  } else if (!isEngineThere()) {
    notify({ key: 'prepare:import.cutShort' }, { tone: 'warn', sticky: true });
  }
}
