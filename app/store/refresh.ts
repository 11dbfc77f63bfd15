import { isAbortError, toErrorData, type ProjectSnapshot } from '../../src/index.ts';
import { engine } from '../engine/engine-host.ts';
import { notifyError } from './notices.ts';
import { getState, setState } from './store.ts';

/** Wait for a pause in the changes, so that a burst of camera frames costs one update. */
const DEBOUNCE_MS = 300;
/** But a long import is not waited for: the head keeps up while pictures arrive. */
const LONGEST_WAIT_MS = 1500;

let timer: ReturnType<typeof setTimeout> | undefined;
let waitingSinceMs: number | null = null;
let controller: AbortController | null = null;
let again = false;

/**
 * After a change of the data or the model: give new pictures a side of the split, then renew the instant head. A
 * change during an update does not end it; another one follows. While pictures are coming in only the head keeps up:
 * they are dealt when all are there, so that the same pictures are dealt in the same way however fast they came.
 */
export function scheduleRefresh(): void {
  if (controller !== null) {
    again = true;
    return;
  }
  waitingSinceMs ??= Date.now();
  const waitedMs = Date.now() - waitingSinceMs;
  clearTimeout(timer);
  timer = setTimeout(() => void refresh(), Math.max(0, Math.min(DEBOUNCE_MS, LONGEST_WAIT_MS - waitedMs)));
}

/** Ends what is going on, because the project or the engine is replaced. */
export function cancelRefresh(): void {
  clearTimeout(timer);
  controller?.abort();
  controller = null;
  again = false;
  waitingSinceMs = null;
}

async function refresh(): Promise<void> {
  waitingSinceMs = null;
  const { project } = getState();
  if (project === null) return;
  const mine = new AbortController();
  controller = mine;
  setState(({ instant }) => ({ instant: { ...instant, status: 'updating' } }));
  try {
    await update(project, mine.signal);
  } catch (thrown) {
    if (!isAbortError(thrown) && !isBeforeItsTime(thrown)) notifyError(thrown);
  }
  if (controller !== mine) return;
  controller = null;
  setState(({ instant }) => ({ instant: { ...instant, status: 'idle' } }));
  if (again) {
    again = false;
    scheduleRefresh();
  }
}

async function update(project: ProjectSnapshot, signal: AbortSignal): Promise<void> {
  const { tasks } = getState();
  const arriving = tasks.import !== undefined || tasks['sample-set'] !== undefined;
  if (project.dataset.samples.size > 0 && !arriving) {
    const split = await engine().call('data.split', { settings: project.settings.split }, { signal });
    if (signal.aborted) return;
    setState(({ project: latest }) => ({ project: latest && { ...latest, split } }));
  }
  if (getState().model === null) return;
  const { ready, samples, elapsedMs } = await engine().call('instant.update', {}, { signal });
  if (!signal.aborted) setState({ instant: { status: 'updating', ready, samples, elapsedMs } });
}

/** The model is being replaced, or the last picture was just deleted: the next change will tell. */
function isBeforeItsTime(thrown: unknown): boolean {
  const { code } = toErrorData(thrown);
  return code === 'not-ready' || code === 'too-few-samples';
}
