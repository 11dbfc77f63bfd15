import { toErrorData } from '../../src/index.ts';
import { closeConnection } from '../engine/engine-host.ts';
import { askToPersist, eraseSite, onErasedElsewhere } from '../engine/site-storage.ts';
import { cancelRefresh } from './refresh.ts';
import { getState, setState } from './store.ts';
import { cancelAllTasks } from './tasks.ts';

/** Erases everything that this site keeps in the browser. Ask before. Afterwards nothing runs until the person begins anew. */
export async function eraseEverything(): Promise<void> {
  endEverything();
  try {
    await eraseSite();
  } catch (thrown) {
    setState({ engine: { status: 'failed', thread: 'worker', error: toErrorData(thrown) } });
  }
}

let asked = false;

/** With the first pictures there is something to keep: the browser is asked, once, not to clear it. */
export function askToKeep(): void {
  if (asked || getState().project?.storage === 'memory') return;
  asked = true;
  void askToPersist();
}

/** Another page of this site may erase everything: this one then must not write it back. */
export function watchErasing(): void {
  onErasedElsewhere(endEverything);
}

function endEverything(): void {
  cancelAllTasks();
  cancelRefresh();
  closeConnection();
  setState({ engine: { status: 'erased', thread: 'worker', error: null } });
}
