/**
 * One end of a channel: a `Worker`, the worker's own global scope, or a `MessagePort`. The protocol depends on this
 * and not on `Worker`, so that a `MessageChannel` runs all of it in a test and on the page's own thread.
 */
export interface Endpoint {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: EndpointEvent, listener: (event: Event) => void): void;
  removeEventListener(type: EndpointEvent, listener: (event: Event) => void): void;
  /** Workers: ends the thread. */
  terminate?(): void;
  /** Ports deliver nothing before this. */
  start?(): void;
  /** Ports: ends the channel. */
  close?(): void;
}

/** `error`: the other thread died or never started. `messageerror`: a message could not be read. */
export type EndpointEvent = 'message' | 'messageerror' | 'error';
