import { EngineError } from '../core/errors.ts';

interface Waiting {
  readonly start: () => void;
  readonly drop: () => void;
}

/**
 * Runs one piece of work at a time and lets only the newest wait: with a live camera, an answer to an old picture is
 * worth nothing. What is replaced while it waits ends with `cancelled`, after `discard`.
 */
export function createLatestOnly(): <T>(work: () => Promise<T>, discard: () => void) => Promise<T> {
  let busy = false;
  let waiting: Waiting | null = null;

  const next = (): void => {
    busy = false;
    const { start } = waiting ?? {};
    waiting = null;
    start?.();
  };

  return (work, discard) =>
    new Promise((resolve, reject) => {
      const start = (): void => {
        busy = true;
        work().then(resolve, reject).finally(next);
      };
      if (!busy) {
        start();
        return;
      }
      waiting?.drop();
      const drop = (): void => {
        discard();
        reject(new EngineError('cancelled', 'A newer picture took the place of this one.'));
      };
      waiting = { start, drop };
    });
}
