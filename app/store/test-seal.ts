/** @file Asking the person before the test set is opened more often than is free. */
import { createStore } from 'zustand/vanilla';

/** The question that is on screen. */
interface Question {
  /** How often the test set has been opened. */
  readonly opened: number;
  /** How often it would be opened now. */
  readonly more: number;
  readonly answer: (agreed: boolean) => void;
}

/** Not in the app's store: who waits for the answer cannot be serialised. */
export const sealStore = createStore<{ readonly asked: Question | null }>(() => ({ asked: null }));

/** Asks, and resolves to the answer. An abort is a no; so is the next question. */
export function askToOpen(counts: Omit<Question, 'answer'>, signal: AbortSignal): Promise<boolean> {
  sealStore.getState().asked?.answer(false);
  return new Promise((resolve) => {
    const answer = (agreed: boolean) => {
      signal.removeEventListener('abort', withdraw);
      sealStore.setState({ asked: null });
      resolve(agreed);
    };
    const withdraw = () => answer(false);
    if (signal.aborted) {
      resolve(false);
      return;
    }
    signal.addEventListener('abort', withdraw);
    sealStore.setState({ asked: { ...counts, answer } });
  });
}
