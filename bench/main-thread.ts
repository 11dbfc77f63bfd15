/** @file What a page's main thread was busy with, from the browser's own trace. */
import type { Page } from '@playwright/test';

export interface MainThreadReport {
  readonly tasks: number;
  readonly longestMs: number;
  readonly percentile99Ms: number;
  readonly above50Ms: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly dur?: number;
  readonly args?: { readonly name?: string; readonly data?: { readonly frames?: readonly FrameOfTrace[] } };
}

interface FrameOfTrace {
  readonly processId?: number;
  readonly url?: string;
}

/** Runs an action while the browser records every task of every thread. */
export async function traceMainThread(page: Page, action: () => Promise<void>): Promise<MainThreadReport> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('This browser cannot be traced.');
  await browser.startTracing(page, {
    categories: ['-*', 'toplevel', '__metadata', 'disabled-by-default-devtools.timeline'],
  });
  // The trace must be taken even if the action failed, or no later one can start.
  const outcome = await action().then(
    () => null,
    (thrown: unknown) => ({ thrown }),
  );
  const trace = await browser.stopTracing();
  if (outcome !== null) throw outcome.thrown;
  const parsed = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  return summarise(mainThreadTasks(parsed.traceEvents, page.url()));
}

/** Durations, ms, of the tasks of the main thread of the process that shows the page. */
export function mainThreadTasks(events: readonly TraceEvent[], url: string): number[] {
  const pids = new Set(
    events.flatMap(({ args }) =>
      (args?.data?.frames ?? []).flatMap((frame) =>
        frame.url === url && frame.processId !== undefined ? [frame.processId] : [],
      ),
    ),
  );
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .filter(({ pid }) => pids.size === 0 || pids.has(pid))
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  return events
    .filter(({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && mains.has(`${pid}/${tid}`))
    .map(({ dur = 0 }) => dur / 1000);
}

export function summarise(tasksMs: readonly number[]): MainThreadReport {
  const sorted = [...tasksMs].sort((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.ceil(0.99 * sorted.length) - 1);
  return {
    tasks: sorted.length,
    longestMs: sorted.at(-1) ?? 0,
    percentile99Ms: sorted[at] ?? 0,
    above50Ms: sorted.filter((task) => task > 50).length,
  };
}
