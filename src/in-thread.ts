/**
 * @file The second door of the engine, for pages that cannot start a worker: the same engine on the page's own
 * thread. It brings tfjs along, so load it only with a dynamic `import()`.
 */
import { createWorkerClient } from './client/client.ts';
import type { EngineClient } from './core/engine-api.ts';
import { createEngineHandlers } from './engine/create-engine.ts';
import { serveEngine } from './protocol/host.ts';

/** An engine on this thread, spoken to through the same protocol as the worker. It blocks the page while it computes. */
export function createInThreadClient(): EngineClient {
  const { port1, port2 } = new MessageChannel();
  serveEngine(port1, createEngineHandlers({ thread: 'page' }));
  return createWorkerClient(port2);
}
