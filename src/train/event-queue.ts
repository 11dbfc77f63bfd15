/** Events pushed from a callback, pulled by a generator. */
export interface EventQueue<T> {
  readonly push: (event: T) => void;
  /** No more will come: {@link drain} ends after what is left. */
  readonly end: () => void;
  drain(): AsyncGenerator<T>;
}

export function createEventQueue<T>(): EventQueue<T> {
  const waiting: T[] = [];
  let ended = false;
  let wake: () => void = () => undefined;
  return {
    push(event) {
      waiting.push(event);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    async *drain() {
      for (;;) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
