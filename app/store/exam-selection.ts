import type { SampleId } from '../../src/index.ts';
import type { Message } from './state.ts';
import { setState } from './store.ts';

/** Samples of one run's exam that something else than the matrix asked for: a bin, a point of a map. */
export interface ExamSelection {
  readonly runId: string;
  readonly ids: readonly SampleId[];
  /** What they have in common, said above the list. */
  readonly why: Message;
}

/** Shows exactly these samples in the list of the exam; `null`: all mistakes again. */
export function selectExamSamples(selection: ExamSelection | null): void {
  setState({ examSelection: selection });
}
