import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import {
  isAbortError,
  type ErrorData,
  type InspectStage,
  type ModelCheck,
  type ModelReport,
  type ModelSource,
  type PictureSettings,
} from '../../../../src/index.ts';
import { walkDrop, type DroppedItems, type FoundFile } from '../../../capture/walk-drop.ts';
import { notifyError } from '../../../store/notices.ts';
import { adoptModel, checkModel, dismissInspection, inspectModel } from '../../../store/own-model-actions.ts';
import { cancelTask } from '../../../store/tasks.ts';
import { whenOpen } from '../../../store/when-open.ts';

/** From the drop to the model's place among the others. */
export type BringStage =
  | { readonly stage: 'closed' }
  | { readonly stage: 'pick' }
  | { readonly stage: 'working'; readonly doing: InspectStage | 'download' }
  | { readonly stage: 'refused'; readonly error: ErrorData }
  | {
      readonly stage: 'report';
      readonly report: ModelReport;
      readonly settings: PictureSettings;
      readonly check: ModelCheck;
      /** Settings have changed and are being tried. */
      readonly checking: boolean;
      /** It is being kept and loaded. */
      readonly adopting: boolean;
    };

/** A pause in the changes before they are tried, ms. */
const DEBOUNCE_MS = 300;

/** Not in the app's store: it ends with the dialog. */
const bringStore = createStore<{ readonly current: BringStage }>(() => ({ current: { stage: 'closed' } }));
/** What goes on now; a new start or the end of the dialog takes its place. */
let life = new AbortController();
let timer: ReturnType<typeof setTimeout> | undefined;
let check = new AbortController();

export function useBringFlow<T>(select: (current: BringStage) => T): T {
  return useStore(bringStore, ({ current }) => select(current));
}

function set(current: BringStage): void {
  bringStore.setState({ current });
}

export function openBring(): void {
  set({ stage: 'pick' });
}

/** Ends whatever stage it is in; nothing of the model stays. */
export function closeBring(): void {
  restart();
  void dismissInspection();
  set({ stage: 'closed' });
}

export async function bringDropped(dropped: DroppedItems): Promise<void> {
  const signal = restart();
  set({ stage: 'working', doing: 'reading' });
  try {
    const { files } = await walkDrop(dropped, signal);
    if (!signal.aborted) await bring({ files });
  } catch (thrown) {
    if (isAbortError(thrown)) return;
    set({ stage: 'pick' });
    notifyError(thrown);
  }
}

export async function bringFiles(files: readonly FoundFile[]): Promise<void> {
  if (files.length > 0) await bring({ files });
}

export async function bringUrl(url: string): Promise<void> {
  await bring({ url });
}

async function bring(source: ModelSource): Promise<void> {
  const signal = restart();
  set({ stage: 'working', doing: 'url' in source ? 'download' : 'reading' });
  try {
    // What is given while there is no engine waits for the next one.
    await whenOpen(signal);
  } catch {
    return;
  }
  const outcome = await inspectModel(source, (doing) => {
    if (!signal.aborted) set({ stage: 'working', doing });
  });
  if (signal.aborted) return;
  if (outcome.ok) {
    const report = outcome.value;
    set({
      stage: 'report',
      report,
      settings: report.guess,
      check: report.check,
      checking: false,
      adopting: false,
    });
  } else if (outcome.cancelled) set({ stage: 'pick' });
  else set({ stage: 'refused', error: outcome.error });
}

/** Stops looking and offers to pick another one. */
export function cancelBring(): void {
  restart();
  set({ stage: 'pick' });
}

/** Changes settings of the report; what it says follows. */
export function changeSettings(part: Partial<PictureSettings>): void {
  const { current } = bringStore.getState();
  if (current.stage !== 'report') return;
  const settings = { ...current.settings, ...part };
  set({ ...current, settings, checking: true });
  clearTimeout(timer);
  check.abort();
  check = new AbortController();
  const { signal } = check;
  timer = setTimeout(() => void tryOut(current.report.inspectionId, settings, signal), DEBOUNCE_MS);
}

async function tryOut(inspectionId: string, settings: PictureSettings, signal: AbortSignal): Promise<void> {
  const outcome = await checkModel(inspectionId, settings, signal);
  const { current } = bringStore.getState();
  if (signal.aborted || current.stage !== 'report') return;
  set({ ...current, checking: false, ...(outcome !== null && { check: outcome }) });
}

/** Takes the model. The dialog closes when it is the project's. */
export async function takeModel(name: string, classNames: readonly string[]): Promise<void> {
  const { current } = bringStore.getState();
  if (current.stage !== 'report' || current.checking || current.adopting) return;
  set({ ...current, adopting: true });
  const taken = await adoptModel(current.report.inspectionId, current.settings, name, classNames);
  set(taken ? { stage: 'closed' } : { ...current, adopting: false });
}

function restart(): AbortSignal {
  life.abort();
  check.abort();
  clearTimeout(timer);
  cancelTask('inspect');
  life = new AbortController();
  return life.signal;
}
