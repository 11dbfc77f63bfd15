import { useCallback, useEffect, useRef, useState } from 'react';
import { isAbortError, toErrorData, type ErrorData, type Prediction } from '../../../src/index.ts';
import type { FoundFile } from '../../capture/walk-drop.ts';
import { predictFile } from '../../store/evaluate-actions.ts';

/** One file of the batch and what came of it. */
export interface BatchRow {
  readonly path: string;
  readonly file: File;
  readonly outcome:
    | { readonly kind: 'waiting' }
    | { readonly kind: 'done'; readonly prediction: Prediction }
    | { readonly kind: 'failed'; readonly error: ErrorData };
}

export interface Batch {
  readonly rows: readonly BatchRow[];
  readonly answered: number;
  readonly startedAtMs: number;
  readonly running: boolean;
  readonly start: (files: readonly FoundFile[]) => void;
  readonly cancel: () => void;
  readonly clear: () => void;
}

/** Files under way at once: one is decoded while another is computed. */
const AT_ONCE = 2;
/** How often the table is drawn anew while answers come in, ms. */
const DRAW_MS = 200;

interface BatchState {
  readonly rows: readonly BatchRow[];
  readonly answered: number;
  readonly startedAtMs: number;
  readonly running: boolean;
}

const EMPTY: BatchState = { rows: [], answered: 0, startedAtMs: 0, running: false };

/** Asks the answering model about many files, one row each. */
export function useBatch(): Batch {
  const [state, setState] = useState(EMPTY);
  const controller = useRef<AbortController | null>(null);

  const cancel = useCallback(() => controller.current?.abort(), []);
  const clear = useCallback(() => {
    controller.current?.abort();
    controller.current = null;
    setState(EMPTY);
  }, []);
  const start = useCallback((files: readonly FoundFile[]) => {
    controller.current?.abort();
    const mine = new AbortController();
    controller.current = mine;
    void runBatch(files, mine.signal, (next) => {
      if (controller.current === mine) setState(next);
    });
  }, []);
  useEffect(() => cancel, [cancel]);
  return { ...state, start, cancel, clear };
}

async function runBatch(
  files: readonly FoundFile[],
  signal: AbortSignal,
  draw: (state: BatchState) => void,
): Promise<void> {
  const rows: BatchRow[] = files.map(({ path, file }) => ({ path, file, outcome: { kind: 'waiting' } }));
  const startedAtMs = Date.now();
  let next = 0;
  let answered = 0;
  const tell = (running: boolean) => draw({ rows: [...rows], answered, startedAtMs, running });
  const timer = setInterval(() => tell(true), DRAW_MS);
  tell(true);
  const worker = async () => {
    for (let at = next++; at < rows.length && !signal.aborted; at = next++) {
      const row = rows[at];
      if (row === undefined) return;
      const outcome = await answerRow(row.file, signal);
      if (outcome === null) return;
      rows[at] = { ...row, outcome };
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  clearInterval(timer);
  tell(false);
}

/** `null` when it was cancelled. */
async function answerRow(file: File, signal: AbortSignal): Promise<BatchRow['outcome'] | null> {
  try {
    return { kind: 'done', prediction: await predictFile(file, { signal }) };
  } catch (thrown) {
    return isAbortError(thrown) ? null : { kind: 'failed', error: toErrorData(thrown) };
  }
}
