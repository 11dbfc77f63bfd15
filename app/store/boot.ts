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
import { setOpen } from './when-open.ts';

/** Starts the engine, then opens the kept project. Also the way back after the engine died. */
export async function bootEngine(): Promise<void> {
  watchNetwork();
  setOpen(false);
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
  setOpen(engine.status === 'ready' && project !== null);
}

/** The thread is gone. Everything kept is on disk: the shell offers to start again. */
function engineDied(): void {
  setOpen(false);
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
