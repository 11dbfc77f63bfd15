/**
 * @file The sealed test set. Whoever examines run after run on the same samples and keeps the best one picks what was
 * lucky there, and its score is too good. So every look is counted, and after the first few the person must agree.
 */
import type { EvaluationReport } from './evaluation.ts';

/** One run examined on the test set of one state of the split. */
export interface Opening {
  readonly runId: string;
  /** Of the split: another hash is another exam, with a count of its own. */
  readonly splitHash: string;
  readonly atMs: number;
}

/** Openings of one state of the split for which nobody is asked. They are counted like all others. */
export const FREE_OPENINGS = 5;

/** How often the test set of a state of the split has been opened: by how many runs, also those deleted since. */
export function timesOpened(openings: readonly Opening[], splitHash: string): number {
  return openedBy(openings, splitHash).size;
}

/**
 * How many more openings it would be to examine these runs. One that was examined on it before opens nothing. `null`: a
 * run that is yet to be taught.
 */
export function newOpenings(
  openings: readonly Opening[],
  splitHash: string,
  runIds: readonly (string | null)[],
): number {
  const opened = openedBy(openings, splitHash);
  return runIds.filter((id) => id === null || !opened.has(id)).length;
}

/** Whether examining these runs opens the test set more often than is free, so that the person must be asked. */
export function opensBeyondFree(...examined: Parameters<typeof newOpenings>): boolean {
  const [openings, splitHash] = examined;
  const more = newOpenings(...examined);
  return more > 0 && timesOpened(openings, splitHash) + more > FREE_OPENINGS;
}

/** The openings after a report: one more if it is the first of its run on this state of the test set. */
export function withOpening(
  openings: readonly Opening[],
  { runId, side, splitHash, evaluatedAtMs }: ReportFacts,
): readonly Opening[] {
  if (side !== 'test' || openedBy(openings, splitHash).has(runId)) return openings;
  return [...openings, { runId, splitHash, atMs: evaluatedAtMs }];
}

/** What a project from before openings were counted tells of them: each kept result on the test set was one. */
export function openingsOf(reports: readonly ReportFacts[]): readonly Opening[] {
  return reports.reduce<readonly Opening[]>(withOpening, []);
}

type ReportFacts = Pick<EvaluationReport, 'runId' | 'side' | 'splitHash' | 'evaluatedAtMs'>;

function openedBy(openings: readonly Opening[], splitHash: string): ReadonlySet<string> {
  return new Set(openings.filter((one) => one.splitHash === splitHash).map(({ runId }) => runId));
}
