import { createStore } from 'zustand/vanilla';

/** Whether there is an engine that has opened the project: what the mirror shows may be older. */
const openStore = createStore(() => ({ isOpen: false }));

/** Told by the start of the engine and by its end. */
export function setOpen(isOpen: boolean): void {
  openStore.setState({ isOpen });
}

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
