import { createStore } from 'zustand/vanilla';
import { toErrorData } from '../../src/index.ts';
import { connect } from '../engine/connect.ts';
import { closeConnection, setConnection } from '../engine/engine-host.ts';
import { offerSoundDecoder } from '../engine/sound-decoder.ts';
import { listModels } from './model-actions.ts';
import { openProject } from './project-actions.ts';
import { cancelRefresh } from './refresh.ts';
import { getState, setSession, setState } from './store.ts';
import { cancelAllTasks } from './tasks.ts';
import { IDLE_TRAINING } from './training.ts';

/** Whether there is an engine that has opened the project: what the mirror shows may be older. */
const openStore = createStore(() => ({ isOpen: false }));

/** Resolves once there is an engine that has opened the project, however long its start takes; rejects on abort. */
export function whenOpen(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      if (!signal.aborted && !openStore.getState().isOpen) return;
      unsubscribe();
      signal.removeEventListener('abort', settle);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve();
    };
    const unsubscribe = openStore.subscribe(settle);
    signal.addEventListener('abort', settle);
    settle();
  });
}

/** Starts the engine, then opens the kept project. Also the way back after the engine died. */
export async function bootEngine(): Promise<void> {
  watchNetwork();
  openStore.setState({ isOpen: false });
  closeConnection();
  setState({ engine: { status: 'starting', thread: 'worker', error: null } });
  try {
    const connection = await connect();
    // Another page erased everything while this one was starting.
    if (getState().engine.status === 'erased') {
      connection.client.close();
      return;
    }
    connection.client.onDeath(engineDied);
    setConnection(connection);
    void offerSoundDecoder(connection.client);
    setState({ engine: { status: 'ready', thread: connection.thread, error: null } });
  } catch (thrown) {
    setState({ engine: { status: 'failed', thread: 'worker', error: toErrorData(thrown) } });
    return;
  }
  await listModels();
  await openProject();
  const { engine, project } = getState();
  openStore.setState({ isOpen: engine.status === 'ready' && project !== null });
}

/** The thread is gone. Everything kept is on disk: the shell offers to start again. */
function engineDied(): void {
  openStore.setState({ isOpen: false });
  cancelAllTasks();
  cancelRefresh();
  setConnection(null);
  setState(({ engine }) => ({
    engine: { ...engine, status: 'dead', error: { code: 'worker-died', message: 'The worker ended.' } },
    training: IDLE_TRAINING,
  }));
}

let watching = false;

function watchNetwork(): void {
  if (watching) return;
  watching = true;
  const tell = () => {
    setSession({ online: navigator.onLine });
  };
  addEventListener('online', tell);
  addEventListener('offline', tell);
  tell();
}
