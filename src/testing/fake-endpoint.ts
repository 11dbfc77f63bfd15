import type { Endpoint, EndpointEvent } from '../protocol/endpoint.ts';

/** An endpoint whose other side is the test: it records what was posted and lets events arrive. */
export interface FakeEndpoint extends Endpoint {
  readonly posted: readonly unknown[];
  readonly transferred: readonly Transferable[];
  readonly terminated: () => boolean;
  /** Delivers a message as if the other side had posted it. */
  receive(message: unknown): void;
  /** The thread dies (`error`) or sends what cannot be read (`messageerror`). */
  fail(type: 'error' | 'messageerror'): void;
}

export function createFakeEndpoint(): FakeEndpoint {
  const target = new EventTarget();
  const posted: unknown[] = [];
  const transferred: Transferable[] = [];
  let terminated = false;
  return {
    posted,
    transferred,
    terminated: () => terminated,
    postMessage(message, transfer) {
      posted.push(message);
      transferred.push(...transfer);
    },
    addEventListener: (type: EndpointEvent, listener) => target.addEventListener(type, listener),
    removeEventListener: (type: EndpointEvent, listener) => target.removeEventListener(type, listener),
    terminate: () => void (terminated = true),
    receive: (data) => void target.dispatchEvent(new MessageEvent('message', { data })),
    fail: (type) => void target.dispatchEvent(new Event(type)),
  };
}
