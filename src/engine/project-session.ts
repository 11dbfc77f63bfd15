/** @file Joins the data layer, the store and the kept record: the rows `project.*` of the table of calls. */
import type { CallContext } from '../core/engine-api.ts';
import type { EvaluationReport } from '../core/evaluation.ts';
import type { ProjectSettings, ProjectSnapshot } from '../core/project.ts';
import type { RunSummary } from '../core/run.ts';
import type { TaskId } from '../core/tasks.ts';
import type { DataService } from '../data/data-service.ts';
import type { BlobStore } from '../persist/blob-store.ts';

/** The open project. Every setter resolves when the change would survive a reload. */
export interface ProjectSession {
  readonly data: DataService;
  readonly store: BlobStore;

  /** Opens the kept project, or starts an empty one. Must be called before anything else. */
  open(): Promise<ProjectSnapshot>;
  /** Erases the kept project and starts an empty one, of pictures unless told otherwise. */
  create(task?: TaskId): Promise<ProjectSnapshot>;
  configure(settings: ProjectSettings): Promise<{ readonly savedAtMs: number }>;
  save(context: CallContext<'project.save'>): Promise<Blob>;
  /** @throws {EngineError} `project-newer`, `project-damaged`, `quota`, `cancelled`: the open project is as before. */
  load(file: Blob, context: CallContext<'project.load'>): Promise<ProjectSnapshot>;
  snapshot(): ProjectSnapshot;

  /** Adds a run or replaces the one of the same id. Weights, if given, are stored first. */
  putRun(run: RunSummary, weights?: Uint8Array<ArrayBuffer> | Blob): Promise<void>;
  /** @throws {EngineError} `not-found`. */
  readRunWeights(runId: string): Promise<Blob>;
  /** Deletes the run, its weights, and its report; the active run falls back to the instant head. */
  deleteRun(runId: string): Promise<void>;
  /** Keeps a report; of the test side, with the opening that it was, in one. */
  putReport(report: EvaluationReport): Promise<void>;
  activateRun(runId: string | null): Promise<void>;
  /** Resolves when everything is written. */
  flush(): Promise<void>;
  dispose(): void;
}
