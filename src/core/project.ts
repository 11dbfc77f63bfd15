import type { DatasetPatch, DatasetState } from './dataset.ts';
import type { BackendName } from './device.ts';
import type { ErrorData } from './errors.ts';
import type { EvaluationReport } from './evaluation.ts';
import type { TablePreview } from './import-table.ts';
import type { Opening } from './openings.ts';
import type { RunSummary } from './run.ts';
import type { SplitRecord, SplitSettings, SplitSide } from './split.ts';
import type { TaskId } from './tasks.ts';
import type { TrainSettings } from './train-settings.ts';

/** What a person chose; saved with the project. */
export interface ProjectSettings {
  readonly name: string;
  readonly task: TaskId;
  readonly modelId: string;
  readonly backend: BackendName | 'auto';
  readonly train: TrainSettings;
  readonly split: SplitSettings;
}

/** Everything the page needs to draw a project. */
export interface ProjectSnapshot {
  readonly projectId: string;
  readonly settings: ProjectSettings;
  readonly dataset: DatasetState;
  readonly split: SplitRecord | null;
  readonly runs: readonly RunSummary[];
  /** The latest report of each run, by run id. */
  readonly reports: Readonly<Record<string, EvaluationReport>>;
  /** Every look at the test set so far, of this and earlier splits. */
  readonly openings: readonly Opening[];
  /** The run that answers live predictions; `null`: the instant head. */
  readonly activeRunId: string | null;
  readonly savedAtMs: number | null;
  /** `memory`: neither OPFS nor IndexedDB could be opened, nothing survives a reload. */
  readonly storage: 'opfs' | 'indexeddb' | 'memory';
  /** Records that could not be read and were set aside. */
  readonly damaged: readonly ErrorData[];
  readonly undo: UndoState;
}

export interface UndoState {
  readonly undo: DatasetPatch['kind'] | null;
  readonly redo: DatasetPatch['kind'] | null;
}

/** One file as it was dropped. `path` keeps the folders, with `/`. */
export interface ImportFile {
  readonly path: string;
  readonly file: File;
}

export interface Rejection {
  /** Path inside the drop or the zip. */
  readonly name: string;
  readonly error: ErrorData;
}

/** What an import would do, before it does it. Of pictures it reads the heads only; tables it reads through. */
export interface ImportPreview {
  /** Class name -> number of pictures that look readable. */
  readonly classes: readonly {
    readonly name: string;
    readonly count: number;
    readonly exists: boolean;
    /** Other ways in which it is written (case, white space, Unicode): all become this one class. */
    readonly spellings: readonly string[];
  }[];
  readonly pictures: number;
  readonly rejected: readonly Rejection[];
  /** Pictures that come with a side of the split, by side; `null` if none does. */
  readonly given: Readonly<Record<SplitSide, number>> | null;
  /** The table in the drop that says which picture is what. */
  readonly table: TablePreview | null;
  /** A Graft project file: open it instead of importing. */
  readonly isProject: boolean;
}

export interface ImportReport {
  readonly accepted: number;
  readonly rejected: readonly Rejection[];
  /** Animated pictures of which the first frame was taken. */
  readonly firstFrameOnly: readonly string[];
  /** Pictures that carried data about the camera or the person; `places`: of those, where they were taken. Dropped. */
  readonly metadata: { readonly pictures: number; readonly places: number };
}
