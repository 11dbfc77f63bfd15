/** The long actions that can be going on; at most one of each kind. */
export const TASK_KINDS = [
  'probe',
  'model',
  'inspect',
  'open',
  'preview',
  'import',
  'sample-set',
  'split',
  'train',
  'evaluate',
  'calibrate',
  'compare',
  'learning-curve',
  'baseline',
  'stress',
  'feature-map',
  'save',
  'export',
  'load',
  'instant',
  'doctor',
  'cross-validate',
] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

/** What a progress value counts; the catalogues have a word for each. */
export type ProgressUnit = 'pictures' | 'bytes' | 'steps' | 'files' | 'parts';

/** A long action as the page draws it. `total` is `null` while it is not known. */
export interface LongTask {
  readonly kind: TaskKind;
  readonly unit: ProgressUnit;
  readonly done: number;
  readonly total: number | null;
  readonly startedAtMs: number;
  /** Units per second; `null` before it is known. */
  readonly rate: number | null;
  readonly remainingMs: number | null;
}

/** Below this age a rate says more about the start than about the work. */
const RATE_AFTER_MS = 400;

export function startTask(kind: TaskKind, unit: ProgressUnit, nowMs: number): LongTask {
  return { kind, unit, done: 0, total: null, startedAtMs: nowMs, rate: null, remainingMs: null };
}

/** The task after a progress event: mean rate since the start, and what is left at that rate. */
export function foldProgress(
  task: LongTask,
  progress: { readonly done: number; readonly total?: number | undefined },
  nowMs: number,
): LongTask {
  const elapsedMs = nowMs - task.startedAtMs;
  const total = progress.total ?? task.total;
  const rate = elapsedMs >= RATE_AFTER_MS && progress.done > 0 ? (progress.done * 1000) / elapsedMs : null;
  const remainingMs =
    rate === null || total === null ? null : (Math.max(0, total - progress.done) * 1000) / rate;
  return { ...task, done: progress.done, total, rate, remainingMs };
}
