import { isAbortError, toErrorData } from '../../src/index.ts';
import { engine } from '../engine/engine-host.ts';
import { notifyError } from './notices.ts';
import { getState, setState } from './store.ts';

/** Wait for a pause in the changes, so that a burst of camera frames costs one update. */
const DEBOUNCE_MS = 300;

let timer: ReturnType<typeof setTimeout> | undefined;
let controller: AbortController | null = null;

/** After a change of the data or the model: give new pictures a side of the split, then renew the instant head. */
export function scheduleRefresh(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void refresh(), DEBOUNCE_MS);
}

async function refresh(): Promise<void> {
  controller?.abort();
  const mine = new AbortController();
  controller = mine;
  const { project, model } = getState();
  if (project === null) return;
  setState(({ instant }) => ({ instant: { ...instant, status: 'updating' } }));
  try {
    if (project.dataset.samples.size > 0) {
      const split = await engine().call(
        'data.split',
        { settings: project.settings.split },
        { signal: mine.signal },
      );
      setState(({ project: latest }) => ({ project: latest && { ...latest, split } }));
    }
    if (model !== null) {
      const { ready, samples, elapsedMs } = await engine().call(
        'instant.update',
        {},
        { signal: mine.signal },
      );
      setState({ instant: { status: 'updating', ready, samples, elapsedMs } });
    }
  } catch (thrown) {
    if (!isAbortError(thrown) && toErrorData(thrown).code !== 'worker-died') notifyError(thrown);
  } finally {
    if (controller === mine) setState(({ instant }) => ({ instant: { ...instant, status: 'idle' } }));
  }
}
