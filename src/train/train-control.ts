import { assertNotAborted } from '../core/errors.ts';

/** The pause and stop buttons of one run. Stop wins over pause. */
export interface TrainControl {
  state(): 'run' | 'pause' | 'stop';
  pause(): void;
  resume(): void;
  stop(): void;
  /** Resolves at once unless paused; then on resume or stop. @throws {EngineError} `cancelled`. */
  gate(signal: AbortSignal): Promise<void>;
}

export function createTrainControl(): TrainControl {
  let state: 'run' | 'pause' | 'stop' = 'run';
  let waiting: (() => void)[] = [];
  const release = (): void => {
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  return {
    state: () => state,
    pause: () => void (state = state === 'stop' ? 'stop' : 'pause'),
    resume() {
      if (state === 'pause') state = 'run';
      release();
    },
    stop() {
      state = 'stop';
      release();
    },
    async gate(signal) {
      if (state !== 'pause') return;
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      assertNotAborted(signal);
    },
  };
}
