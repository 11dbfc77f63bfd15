import { isAbortError, toErrorData, type ErrorData } from '../../src/index.ts';
import { notifyError } from './notices.ts';
import { foldProgress, startTask, type ProgressUnit, type TaskKind } from './progress.ts';
import { setState } from './store.ts';

/** Controllers of what is going on. Not state: they cannot be serialised. */
const controllers = new Map<TaskKind, AbortController>();

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ErrorData; readonly cancelled: boolean };

/** What a long action gets: its signal, and where to tell how far it is. */
export interface TaskContext {
  readonly signal: AbortSignal;
  readonly report: (progress: { readonly done: number; readonly total?: number | undefined }) => void;
}

/**
 * Runs a long action: keeps its progress in the store and its controller for {@link cancelTask}. A failure is told as
 * a notice unless `quiet`; a cancel never is. A second call of the same kind cancels the first.
 */
export async function runTask<T>(
  kind: TaskKind,
  unit: ProgressUnit,
  work: (context: TaskContext) => Promise<T>,
  options: { readonly quiet?: boolean } = {},
): Promise<Outcome<T>> {
  controllers.get(kind)?.abort();
  const controller = new AbortController();
  controllers.set(kind, controller);
  const isCurrent = () => controllers.get(kind) === controller;
  setState(({ tasks }) => ({ tasks: { ...tasks, [kind]: startTask(kind, unit, Date.now()) } }));
  try {
    const report: TaskContext['report'] = (progress) => {
      if (!isCurrent()) return;
      setState(({ tasks }) => {
        const task = tasks[kind];
        return task === undefined
          ? {}
          : { tasks: { ...tasks, [kind]: foldProgress(task, progress, Date.now()) } };
      });
    };
    return { ok: true, value: await work({ signal: controller.signal, report }) };
  } catch (thrown) {
    const cancelled = isAbortError(thrown);
    const error = toErrorData(thrown);
    if (!cancelled && options.quiet !== true) notifyError(error);
    return { ok: false, error, cancelled };
  } finally {
    if (isCurrent()) {
      controllers.delete(kind);
      setState(({ tasks }) => ({ tasks: { ...tasks, [kind]: undefined } }));
    }
  }
}

/** Aborts a long action; it ends as cancelled, without a notice. */
export function cancelTask(kind: TaskKind): void {
  controllers.get(kind)?.abort();
}

/** Aborts everything, e.g. because the project is replaced or the engine is gone. */
export function cancelAllTasks(): void {
  for (const controller of controllers.values()) controller.abort();
}
