/**
 * @file What crosses the thread. A request names a row of {@link EngineCalls}; every answer carries the id of its
 * request. The page and the worker are built together, but a service worker may still pair an old page with a new
 * worker, so each request says which version of the table it means.
 */
import type { CallEvent, CallKind, CallParams, CallResult } from '../core/engine-api.ts';
import type { ErrorData } from '../core/errors.ts';

/** Grows with each change of the call table that an older page could not understand. */
export const PROTOCOL_VERSION = 1;

/** Page to worker: make this call. */
export interface RequestMessage<K extends CallKind = CallKind> {
  readonly version: number;
  readonly id: number;
  readonly kind: K;
  readonly params: CallParams<K>;
}

/** Page to worker: the caller of this request no longer wants it. */
export interface CancelMessage {
  readonly cancel: number;
}

/** Worker to page: an event on the way, or the end of a request. Exactly one end per request. */
export type ReplyMessage<K extends CallKind = CallKind> =
  | { readonly id: number; readonly event: CallEvent<K> }
  | { readonly id: number; readonly result: CallResult<K> }
  | { readonly id: number; readonly error: ErrorData };

/** Worker to page, once: the Web Lock that is held for as long as the thread lives. */
export interface LifelineMessage {
  readonly lifeline: string;
}

/** Whether a message from outside is a cancellation. */
export function isCancel(message: unknown): message is CancelMessage {
  return isRecord(message) && typeof message['cancel'] === 'number';
}

/** Whether a message from outside has the outer shape of a request; its kind may still be unknown. */
export function isRequest(message: unknown): message is RequestMessage {
  return isRecord(message) && typeof message['id'] === 'number' && typeof message['kind'] === 'string';
}

/** Whether a message from the worker names its lifeline. */
export function isLifeline(message: unknown): message is LifelineMessage {
  return isRecord(message) && typeof message['lifeline'] === 'string';
}

/** Whether a message from the worker is a reply. */
export function isReply(message: unknown): message is ReplyMessage {
  return (
    isRecord(message) &&
    typeof message['id'] === 'number' &&
    ('event' in message || 'result' in message || 'error' in message)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
