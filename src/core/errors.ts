/**
 * @file Errors as data. Every failure that can reach a person has a code; the page turns the code and its
 * `detail` into a sentence in the person's language (`app/copy`), so `message` here is for engineers and logs.
 */

/** Every failure the engine can report. The page has one sentence per code and language. */
export const ERROR_CODES = [
  'backend-unavailable',
  'device-lost',
  'worker-died',
  'out-of-memory',
  'loss-not-finite',
  'too-few-samples',
  'too-few-classes',
  'no-test-samples',
  'test-set-sealed',
  'not-ready',
  'not-found',
  // files
  'file-empty',
  'file-truncated',
  'file-unsupported',
  'file-not-a-picture',
  'file-not-a-sound',
  'file-not-a-text',
  'file-heic',
  'file-too-large',
  'file-duplicate',
  'sound-nothing-heard',
  'text-empty',
  'sound-silent',
  'sound-too-long',
  'sound-undecodable',
  'zip-encrypted',
  'zip-damaged',
  'zip-bomb',
  'zip-nested',
  'zip-unsafe-path',
  // tables
  'table-binary',
  'table-codec',
  'table-columns',
  'table-damaged',
  'table-file-missing',
  'table-file-several',
  'table-json',
  'table-no-files',
  'table-no-texts',
  'table-no-columns',
  'table-no-label',
  'table-not-listed',
  'table-quote',
  'table-row',
  'table-several',
  'table-several-labels',
  'table-shape',
  'table-side',
  'table-too-large',
  'table-two-labels',
  // project files
  'project-damaged',
  'project-newer',
  // models
  'offline',
  'weights-fetch',
  'weights-hash',
  'model-unsupported',
  'model-damaged',
  // a person's own model
  'model-none',
  'model-several',
  'model-format',
  'model-web-page',
  'model-pointer',
  'model-incomplete',
  'model-too-large',
  'model-text',
  'model-no-pictures',
  'model-no-features',
  'model-one-picture',
  'model-missing',
  // handing a model out
  'export-differs',
  'export-operation',
  'url-invalid',
  'url-blocked',
  // machine
  'quota',
  'storage-unavailable',
  'open-elsewhere',
  'pictures-gone',
  'run-gone',
  'cancelled',
  'stopped-early',
  'version-mismatch',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What `detail` may carry: plain values that the sentence of the code interpolates. */
export type ErrorDetail = Readonly<Record<string, string | number | boolean>>;

/** The shape in which an error crosses a thread. */
export interface ErrorData {
  readonly code: ErrorCode;
  readonly message: string;
  readonly detail?: ErrorDetail;
}

/** An expected failure. `message` says what was expected, what came, and what to do. */
export class EngineError extends Error {
  readonly code: ErrorCode;
  readonly detail: ErrorDetail | undefined;

  constructor(code: ErrorCode, message: string, detail?: ErrorDetail, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
    this.code = code;
    this.detail = detail;
  }
}

/** Any thrown value as plain data. An abort becomes `cancelled`; what nobody expected becomes `internal`. */
export function toErrorData(thrown: unknown): ErrorData {
  if (thrown instanceof EngineError) {
    const { code, message, detail } = thrown;
    return detail === undefined ? { code, message } : { code, message, detail };
  }
  if (isAbortError(thrown)) return { code: 'cancelled', message: 'The action was cancelled.' };
  if (isNamed(thrown, 'QuotaExceededError')) {
    return {
      code: 'quota',
      message: 'The browser has no room left for this site. Free some space and try again.',
    };
  }
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** The inverse of {@link toErrorData}, on the other side of a thread. */
export function fromErrorData({ code, message, detail }: ErrorData): EngineError {
  return new EngineError(code, message, detail);
}

/** Whether a value was thrown by an aborted `AbortSignal` (or is our own `cancelled`). */
export function isAbortError(thrown: unknown): boolean {
  return isNamed(thrown, 'AbortError') || (thrown instanceof EngineError && thrown.code === 'cancelled');
}

/** @throws {EngineError} `cancelled` if the signal is aborted. Call it between steps of a long action. */
export function assertNotAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new EngineError('cancelled', 'The action was cancelled.');
}

function isNamed(thrown: unknown, name: string): boolean {
  return typeof thrown === 'object' && thrown !== null && 'name' in thrown && thrown.name === name;
}
