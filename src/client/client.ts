import type {
  CallEvent,
  CallKind,
  CallOptions,
  CallParams,
  CallResult,
  EngineClient,
} from '../core/engine-api.ts';
import { transferables } from '../core/engine-api.ts';
import { EngineError, fromErrorData } from '../core/errors.ts';
import type { Endpoint } from '../protocol/endpoint.ts';
import { watchLifeline } from '../protocol/lifeline.ts';
import type { ReplyMessage, RequestMessage } from '../protocol/messages.ts';
import { isLifeline, isReply, PROTOCOL_VERSION } from '../protocol/messages.ts';

/**
 * How long an aborted call waits for the worker's own answer, ms. A training step cannot be interrupted, so after
 * this the call rejects with `cancelled` by itself and what still comes for it is dropped.
 */
const CANCEL_GRACE_MS = 100;

interface PendingCall {
  readonly settle: (reply: ReplyMessage) => void;
  readonly event: (event: CallEvent<CallKind>) => void;
  readonly fail: (error: EngineError) => void;
}

/**
 * The engine behind an endpoint. Owns: the endpoint, which {@link EngineClient.close} ends.
 * The endpoint's `error` or `messageerror`, or a thread that is gone without a word, rejects every pending call with
 * `worker-died` and all later ones.
 */
export function createWorkerClient(endpoint: Endpoint): EngineClient {
  const pending = new Map<number, PendingCall>();
  const deathListeners = new Set<() => void>();
  let nextId = 1;
  let ended: EngineError | null = null;
  const watch = new AbortController();

  const onMessage = (event: Event): void => {
    const message: unknown = 'data' in event ? event.data : undefined;
    if (isLifeline(message)) watchLifeline(message.lifeline, watch.signal, () => die('it closed itself'));
    if (!isReply(message)) return;
    const call = pending.get(message.id);
    if (call === undefined) return;
    if ('event' in message) call.event(message.event);
    else call.settle(message);
  };

  const end = (error: EngineError): void => {
    if (ended !== null) return;
    ended = error;
    watch.abort();
    endpoint.removeEventListener('message', onMessage);
    endpoint.removeEventListener('error', onDeath);
    endpoint.removeEventListener('messageerror', onDeath);
    for (const call of [...pending.values()]) call.fail(error);
    endpoint.terminate?.();
    endpoint.close?.();
  };

  const die = (reason: string): void => {
    if (ended !== null) return;
    end(new EngineError('worker-died', `The engine's thread ended: ${reason}. Start it again.`, { reason }));
    for (const listener of deathListeners) listener();
  };
  const onDeath = (event: Event): void =>
    die('message' in event && typeof event.message === 'string' ? event.message : event.type);

  endpoint.addEventListener('message', onMessage);
  endpoint.addEventListener('error', onDeath);
  endpoint.addEventListener('messageerror', onDeath);
  endpoint.start?.();

  function call<K extends CallKind>(
    kind: K,
    params: CallParams<K>,
    options: CallOptions<K> = {},
  ): Promise<CallResult<K>> {
    if (ended !== null) return Promise.reject(ended);
    if (options.signal?.aborted === true) return Promise.reject(cancelled());
    const id = nextId++;
    return new Promise((resolve, reject) => {
      track(endpoint, pending, id, options, { resolve, reject });
      const request: RequestMessage<K> = { version: PROTOCOL_VERSION, id, kind, params };
      try {
        endpoint.postMessage(request, transferables(params));
      } catch (thrown) {
        const message = `The parameters of "${kind}" cannot be sent.`;
        pending.get(id)?.fail(new EngineError('internal', message, undefined, { cause: thrown }));
      }
    });
  }

  return {
    call,
    onDeath(listener) {
      deathListeners.add(listener);
      return () => deathListeners.delete(listener);
    },
    close: () => end(cancelled()),
  };
}

/** Enters a call into the table of pending ones, where exactly one of answer, abort and death ends it. */
function track<K extends CallKind>(
  endpoint: Endpoint,
  pending: Map<number, PendingCall>,
  id: number,
  { signal, onEvent }: CallOptions<K>,
  { resolve, reject }: { resolve: (result: CallResult<K>) => void; reject: (error: EngineError) => void },
): void {
  let grace: ReturnType<typeof setTimeout> | undefined;
  const onAbort = (): void => {
    endpoint.postMessage({ cancel: id }, []);
    grace = setTimeout(() => fail(cancelled()), CANCEL_GRACE_MS);
  };
  const finish = (): void => {
    pending.delete(id);
    clearTimeout(grace);
    signal?.removeEventListener('abort', onAbort);
  };
  const fail = (error: EngineError): void => {
    finish();
    reject(error);
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  pending.set(id, {
    event: (event) => onEvent?.(event),
    settle: (reply) => {
      finish();
      if ('error' in reply) reject(fromErrorData(reply.error));
      else if ('result' in reply) resolve(reply.result);
    },
    fail,
  });
}

function cancelled(): EngineError {
  return new EngineError('cancelled', 'The action was cancelled.');
}
