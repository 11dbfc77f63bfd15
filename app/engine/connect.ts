import { EngineError } from '../../src/index.ts';
import type { EngineConnection } from './engine-host.ts';

/** Reaches an engine in a worker of its own. */
export function connect(): Promise<EngineConnection> {
  return Promise.reject(new EngineError('backend-unavailable', 'No engine is built into this page.'));
}
