import { createWorkerClient, EngineError, type EngineClient } from '../../src/index.ts';
import type { EngineConnection } from './engine-host.ts';

/** The slow pace of the fake engine, so that progress can be seen, ms per step. */
const FAKE_STEP_MS = 150;

/**
 * Reaches an engine: in a worker, or on this thread where no worker can be started (the page then stutters while it
 * computes, and says so). A development build takes `?fake` for an engine without tensors.
 */
export async function connect(): Promise<EngineConnection> {
  if (import.meta.env.DEV && new URLSearchParams(location.search).has('fake')) {
    const { createFakeClient } = await import('../../src/testing/fake-engine.ts');
    return { client: createFakeClient({ stepMs: FAKE_STEP_MS }), thread: 'worker' };
  }
  return (await connectWorker()) ?? connectInThread();
}

/** `null` when the browser refuses workers or the worker dies before its first answer. */
async function connectWorker(): Promise<EngineConnection | null> {
  let client: EngineClient;
  try {
    // The whole expression in one piece: the bundler recognises a worker only so.
    const worker = new Worker(new URL('../../src/worker/worker.ts', import.meta.url), {
      type: 'module',
      name: 'graft-engine',
    });
    client = createWorkerClient(worker);
  } catch {
    return null;
  }
  try {
    await client.call('models.list', {});
    return { client, thread: 'worker' };
  } catch (thrown) {
    if (thrown instanceof EngineError && thrown.code === 'worker-died') return null;
    return { client, thread: 'worker' };
  }
}

async function connectInThread(): Promise<EngineConnection> {
  const { createInThreadClient } = await import('../../src/in-thread.ts');
  return { client: createInThreadClient(), thread: 'page' };
}
