/** @throws an `AbortError` when the signal is aborted. */
export function assertRunning(signal: AbortSignal): void {
  if (signal.aborted) throw new DOMException('The action was cancelled.', 'AbortError');
}
