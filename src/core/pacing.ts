/**
 * Lets waiting messages in: resolves in a fresh task, without the 4 ms that nested timers cost. Between two steps of
 * a long computation, this is what makes pause, stop, cancel and live predictions possible in one thread.
 */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** How long plain arithmetic may go on before messages are let in, ms. */
const SLICE_MS = 12;

/** A pause point for tight loops: only every {@link SLICE_MS} does it really give way, and then it says so. */
export function createPacer(): () => Promise<boolean> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < SLICE_MS) return false;
    await nextTask();
    last = performance.now();
    return true;
  };
}
