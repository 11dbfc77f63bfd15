import type { CallKind, EngineHandlers } from '../core/engine-api.ts';
import { transferables } from '../core/engine-api.ts';
import { EngineError, toErrorData } from '../core/errors.ts';
import type { Endpoint } from './endpoint.ts';
import type { ReplyMessage, RequestMessage } from './messages.ts';
import { isCancel, isRequest, PROTOCOL_VERSION } from './messages.ts';

/**
 * Answers requests at an endpoint with an engine's handlers. What a handler throws becomes an error reply; a result
 * that cannot be cloned too. Nothing thrown here ends the thread.
 */
export function serveEngine(endpoint: Endpoint, handlers: EngineHandlers): void {
  const running = new Map<number, AbortController>();

  const reply = (message: ReplyMessage, transfer: Transferable[] = []): void => {
    endpoint.postMessage(message, transfer);
  };

  async function answer<K extends CallKind>(request: RequestMessage<K>): Promise<void> {
    const { id, kind, params } = request;
    const controller = new AbortController();
    running.set(id, controller);
    try {
      checkRequest(request, handlers);
      const result = await handlers[kind](params, {
        signal: controller.signal,
        emit: (event) => reply({ id, event }, transferables(event)),
      });
      reply({ id, result }, transferables(result));
    } catch (thrown) {
      reply({ id, error: toErrorData(thrown) });
    } finally {
      running.delete(id);
    }
  }

  endpoint.addEventListener('message', (event) => {
    const message: unknown = 'data' in event ? event.data : undefined;
    if (isCancel(message)) running.get(message.cancel)?.abort();
    else if (isRequest(message)) void answer(message);
  });
  endpoint.start?.();
}

function checkRequest(request: RequestMessage, handlers: EngineHandlers): void {
  if (request.version !== PROTOCOL_VERSION) {
    throw new EngineError(
      'version-mismatch',
      `The page speaks protocol ${request.version}, the engine ${PROTOCOL_VERSION}. Reload the page.`,
    );
  }
  if (!Object.hasOwn(handlers, request.kind)) {
    throw new EngineError('version-mismatch', `The engine has no call "${request.kind}". Reload the page.`);
  }
}
