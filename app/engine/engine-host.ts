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

/** While there is none, calls reject like those to a dead one: nobody has to ask first. */
const NO_ENGINE: EngineClient = {
  call: () =>
    Promise.reject(new EngineError('worker-died', 'There is no engine at the moment. Start it again.')),
  onDeath: () => () => undefined,
  close: () => undefined,
};

/** The engine, for actions. Its calls reject with `worker-died` while there is none. */
export function engine(): EngineClient {
  return connection?.client ?? NO_ENGINE;
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
