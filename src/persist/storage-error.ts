import { EngineError } from '../core/errors.ts';

/** What a browser's storage threw, as ours. */
export function toStorageError(thrown: unknown, path: string): EngineError {
  if (thrown instanceof EngineError) return thrown;
  const cause = { cause: thrown };
  if (nameOf(thrown) === 'QuotaExceededError') {
    return new EngineError(
      'quota',
      `No room left for ${path}. Free some space on this device and try again.`,
      {},
      cause,
    );
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new EngineError('storage-unavailable', `The browser refused ${path}: ${message}`, {}, cause);
}

/** The `name` of a thrown value: how the platform tells its errors apart. */
export function nameOf(thrown: unknown): string | null {
  const named = typeof thrown === 'object' && thrown !== null && 'name' in thrown;
  return named && typeof thrown.name === 'string' ? thrown.name : null;
}
