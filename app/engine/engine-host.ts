import { useSyncExternalStore } from 'react';
import type { EngineClient } from '../../src/index.ts';

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

/** The engine, for actions. Before it has started a call is a mistake of the page. */
export function engine(): EngineClient {
  if (connection === null) throw new Error('The engine was called before it had started.');
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
