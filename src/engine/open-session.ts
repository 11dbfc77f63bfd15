import { EngineError } from '../core/errors.ts';
import type { ProjectSession } from './project-session.ts';

/** Opens the kept project, or starts an empty one. */
export function openProjectSession(): Promise<ProjectSession> {
  return Promise.reject(new EngineError('storage-unavailable', 'The project session is not there yet.'));
}
