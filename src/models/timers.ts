import { EngineError } from '../core/errors.ts';

/** Aborts its signal when `tick` was not called for a while. */
export class StallTimer {
  readonly #controller = new AbortController();
  readonly #limitMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
    this.tick();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  tick(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), this.#limitMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Ends what listens to the signal now. */
  abort(): void {
    this.stop();
    this.#controller.abort();
  }
}

/** @throws {EngineError} `cancelled` */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(new EngineError('cancelled', 'The download was cancelled.'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
