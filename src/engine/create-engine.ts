import type { EngineHandlers } from '../core/engine-api.ts';
import { EngineError } from '../core/errors.ts';

export interface EngineOptions {
  readonly thread: 'worker' | 'page';
}

/** The engine: one handler per row of the call table. */
export function createEngineHandlers(options: EngineOptions): EngineHandlers {
  throw new EngineError('not-ready', `The engine of this ${options.thread} is not built yet.`);
}
