import { useEffect, useEffectEvent, useState } from 'react';
import { isAbortError, toErrorData, type ErrorData, type Progress } from '../../../../src/index.ts';

/** An answer of the engine as the page waits for it. */
export type Asked<T> =
  | { readonly status: 'none' }
  | { readonly status: 'waiting'; readonly progress: Progress | null }
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly error: ErrorData };

/** What is asked, and when the answer counts. */
interface Question<T> {
  /** Another key is another question; `null`: nothing is asked. */
  readonly key: string | null;
  readonly ask: (context: {
    readonly signal: AbortSignal;
    readonly onProgress: (progress: Progress) => void;
  }) => Promise<T>;
}

/** Asks whenever the key changes; a question that is left is cancelled. Answers of earlier keys are kept. */
export function useAsked<T>({ key, ask }: Question<T>): Asked<T> {
  const [known, setKnown] = useState<ReadonlyMap<string, Asked<T>>>(new Map());
  const isKnown = key !== null && known.get(key)?.status === 'ready';
  // The question is its key: `ask` is made anew at each drawing.
  const askNow = useEffectEvent(ask);
  useEffect(() => {
    if (key === null || isKnown) return;
    const controller = new AbortController();
    const put = (one: Asked<T>) => setKnown((before) => new Map(before).set(key, one));
    const run = async () => {
      try {
        const value = await askNow({
          signal: controller.signal,
          onProgress(progress) {
            if (!controller.signal.aborted) put({ status: 'waiting', progress });
          },
        });
        put({ status: 'ready', value });
      } catch (thrown) {
        if (!isAbortError(thrown)) put({ status: 'failed', error: toErrorData(thrown) });
      }
    };
    void run();
    return () => controller.abort();
  }, [key, isKnown]);
  if (key === null) return { status: 'none' };
  return known.get(key) ?? { status: 'waiting', progress: null };
}
