/** @file Threads that help with the kernels: workers over the memory of the WASM back-end, asleep between jobs. */

/** What a helper is started with. */
export interface HelperStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of the control block. */
  readonly control: number;
  /** From 1; the calling thread is 0. */
  readonly thread: number;
}

/** ms that a helper may take to start. Without it the others do its share. */
const START_MS = 5000;

/**
 * Starts helpers; resolves when each is ready or given up.
 * Owns: the caller ends them by {@link Worker.terminate}.
 */
export async function startHelpers(
  shared: Omit<HelperStart, 'thread'>,
  count: number,
): Promise<readonly Worker[]> {
  const started = await Promise.all(
    Array.from({ length: count }, (_, i) => startHelper({ ...shared, thread: i + 1 })),
  );
  return started.filter((worker) => worker !== null);
}

function startHelper(start: HelperStart): Promise<Worker | null> {
  const worker = new Worker(new URL('./helper-worker.ts', import.meta.url), {
    type: 'module',
    name: 'graft-kernels',
  });
  return new Promise((resolve) => {
    const giveUp = (): void => {
      worker.terminate();
      resolve(null);
    };
    const timer = setTimeout(giveUp, START_MS);
    worker.addEventListener('error', giveUp, { once: true });
    worker.addEventListener(
      'message',
      () => {
        clearTimeout(timer);
        resolve(worker);
      },
      { once: true },
    );
    worker.postMessage(start);
  });
}
