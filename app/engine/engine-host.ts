import { useSyncExternalStore } from 'react';
import { EngineError, type EngineClient } from '../../src/index.ts';

/** How an engine is reached. */
export interface EngineConnection {
  readonly client: EngineClient;
  readonly thread: 'worker' | 'page';
}

let connection: EngineConnection | null = null;
const listeners = new Set<() => void>();

/** Makes a connection the page's one engine; `null` after it died. */
export function setConnection(next: EngineConnection | null): void {
  connection = next;
  for (const listener of listeners) listener();
}

/** Ends the engine that there is, if any; its pending calls reject with `cancelled`. */
export function closeConnection(): void {
  connection?.client.close();
  setConnection(null);
}

/** The engine, for actions. @throws {EngineError} `worker-died` while there is none. */
export function engine(): EngineClient {
  if (connection === null)
    throw new EngineError('worker-died', 'There is no engine at the moment. Start it again.');
  return connection.client;
}

/** The engine, for components that call it directly (thumbnails, live frames); `null` until it runs. */
export function useEngine(): EngineClient | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => connection?.client ?? null,
  );
}
