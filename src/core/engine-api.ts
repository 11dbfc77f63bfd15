/**
 * @file The contract between the page and the engine: one table of calls. A kind determines its parameters, its
 * result and the events it sends on the way. The engine implements the table ({@link EngineHandlers}); the worker
 * host, the client and the in-thread fallback are generic over it, so a new call is one row here and one handler.
 *
 * All values are structured-cloneable. Pixels and files cross by transfer ({@link transferables}), never by copy.
 */
import type { Baseline } from './baseline.ts';
import type { CrossValidation } from './cross-validation.ts';
import type { DataForm } from './data-forms.ts';
import type { DatasetEdit, DatasetPatch, SampleId, ClassId } from './dataset.ts';
import type { BackendName, DeviceReport, MemoryReport } from './device.ts';
import type { DoctorReport } from './doctor.ts';
import type { EvaluationReport, Prediction } from './evaluation.ts';
import type { HeatMap, HeatMethod, Neighbour, WordHeat } from './explain.ts';
import type { ExportedModel, ExportRequest } from './export.ts';
import type { FeatureMap, MapMethod } from './feature-map.ts';
import type { TableMapping } from './import-table.ts';
import type { LearningCurve } from './learning-curve.ts';
import type { DownloadProgress, ModelCard, ModelInfo } from './model-card.ts';
import type { NetworkRequest } from './network.ts';
import type { InspectStage, ModelCheck, ModelReport, ModelSource, PictureSettings } from './own-model.ts';
import type {
  ImportFile,
  ImportPreview,
  ImportReport,
  ProjectSettings,
  ProjectSnapshot,
  Rejection,
  UndoState,
} from './project.ts';
import type { RunSummary, TrainEstimate, TrainEvent, UnfinishedRun } from './run.ts';
import type { SampleSetId } from './sample-sets.ts';
import type { SplitRecord, SplitSettings, SplitSide } from './split.ts';
import type { StressReport } from './stress.ts';
import type { TaskId } from './tasks.ts';
import type { Augmentation, TrainSettings } from './train-settings.ts';

/** A unit of progress with a rate that the page turns into time left. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** A change of the data set, with what can be undone after it. The page applies it to its mirror. */
export interface DatasetChange {
  readonly patch: DatasetPatch;
  /** The revision after the patch; if the mirror's differs, reopen the project. */
  readonly revision: number;
  readonly undo: UndoState;
}

interface Row<P, R, E = never> {
  readonly params: P;
  readonly result: R;
  readonly event: E;
}

/** Every call: kind -> parameters, result, events. */
export interface EngineCalls {
  // --- device and models
  /** Measures the back-ends on the model's trunk and chooses; `refresh` ignores the cached result. */
  'device.probe': Row<
    { readonly modelId: string; readonly backend: BackendName | 'auto'; readonly refresh?: boolean },
    DeviceReport,
    { readonly kind: 'probing'; readonly backend: BackendName }
  >;
  'device.memory': Row<Record<string, never>, MemoryReport>;
  /** What the engine's thread has asked of its own site and of others. */
  'device.requests': Row<Record<string, never>, readonly NetworkRequest[]>;
  'models.list': Row<Record<string, never>, readonly ModelCard[]>;
  /** Loads a trunk (downloads it first if it is on the web) and makes it the project's model. */
  'models.load': Row<{ readonly modelId: string }, ModelInfo, DownloadProgress>;

  // --- a person's own model
  /**
   * Reads a model that was brought and tries it out: a report, and an open inspection for the rows below. Keeps nothing.
   * The inspection before this one is closed.
   */
  'model.inspect': Row<
    { readonly source: ModelSource },
    ModelReport,
    | { readonly kind: 'stage'; readonly stage: InspectStage }
    | ({ readonly kind: 'download' } & DownloadProgress)
  >;
  /** Tries the inspected model with other settings. */
  'model.check': Row<{ readonly inspectionId: string; readonly settings: PictureSettings }, ModelCheck>;
  /** Keeps the inspected model on this device, under a name, and closes the inspection. Its id is made from its content. */
  'model.adopt': Row<
    { readonly inspectionId: string; readonly settings: PictureSettings; readonly name: string },
    ModelCard
  >;
  /** Drops the open inspection, if there is one. */
  'model.dismiss': Row<Record<string, never>, void>;
  /** Erases an own model from this device. What was learned on it can then no longer answer. */
  'model.forget': Row<{ readonly modelId: string }, void>;

  // --- project
  /** Opens the kept project, or starts an empty one. */
  'project.open': Row<Record<string, never>, ProjectSnapshot>;
  /** Leaves the current project and starts an empty one, of pictures unless told otherwise. Its stored data are erased. */
  'project.new': Row<{ readonly task?: TaskId }, ProjectSnapshot>;
  'project.configure': Row<{ readonly settings: ProjectSettings }, { readonly savedAtMs: number }>;
  /** The whole project as one file. */
  'project.save': Row<Record<string, never>, Blob, Progress>;
  /** Replaces the current project by a saved one. A damaged or newer file changes nothing. */
  'project.load': Row<{ readonly file: Blob }, ProjectSnapshot, Progress>;

  // --- data
  /** `table` is how to read a table in the drop; without it that is guessed. */
  'data.preview': Row<
    {
      readonly files: readonly ImportFile[];
      readonly intoClass?: ClassId;
      readonly table?: TableMapping;
    },
    ImportPreview,
    Progress
  >;
  /**
   * `intoClass` puts all pictures into one class; `table` takes those that a table in the drop lists, as it says (the
   * preview has the mapping); otherwise folder names are labels.
   */
  'data.import': Row<
    {
      readonly files: readonly ImportFile[];
      readonly intoClass?: ClassId;
      readonly table?: TableMapping;
    },
    ImportReport,
    | ({ readonly kind: 'progress' } & Progress)
    | ({ readonly kind: 'change' } & DatasetChange)
    | ({ readonly kind: 'rejected' } & Rejection)
  >;
  /**
   * A sample set of the project's kind. `classNames` are localised, one for each of its `SAMPLE_SETS` classes.
   * @throws {EngineError} `weights-fetch` if its font or texts cannot be loaded, `sound-undecodable`, `quota`.
   */
  'data.sampleSet': Row<
    { readonly set: SampleSetId; readonly classNames: readonly string[] },
    ImportReport,
    ({ readonly kind: 'progress' } & Progress) | ({ readonly kind: 'change' } & DatasetChange)
  >;
  /** One camera frame; frames of one press of the button share `burst`. The bitmap is transferred. */
  'data.capture': Row<
    { readonly classId: ClassId; readonly frame: ImageBitmap; readonly burst: string },
    DatasetChange
  >;
  /**
   * A recording into a class, cut into samples: where something is heard, or evenly for noise. All of it is one change.
   * @throws {EngineError} `sound-nothing-heard`, `sound-too-long`.
   */
  'data.record': Row<
    {
      readonly classId: ClassId;
      /** One channel, -1..1. */
      readonly samples: Float32Array<ArrayBuffer>;
      /** Samples a second. */
      readonly rate: number;
      readonly cut: 'sounds' | 'evenly';
    },
    DatasetChange
  >;
  /**
   * Where to ask for the decoding of sounds that this thread cannot read: workers have no decoder. The other end answers
   * as `core/sound-decoding.ts` says. The port is transferred.
   */
  'data.soundDecoder': Row<{ readonly port: MessagePort }, void>;
  'data.edit': Row<{ readonly edit: DatasetEdit }, DatasetChange>;
  'data.undo': Row<Record<string, never>, DatasetChange | null>;
  'data.redo': Row<Record<string, never>, DatasetChange | null>;
  /** Small JPEGs (longest side 128 px) in the order asked for; `null` where the blob is gone. */
  'data.thumbnails': Row<{ readonly ids: readonly SampleId[] }, readonly (Blob | null)[]>;
  'data.picture': Row<{ readonly id: SampleId }, Blob>;
  /**
   * Makes or renews the split: ids that already have a side keep it unless `fresh`. `sides` fixes the side of the
   * ids it names (train and test folders that came with the data); the rest is drawn as usual.
   */
  'data.split': Row<
    {
      readonly settings: SplitSettings;
      readonly fresh?: boolean;
      readonly sides?: Readonly<Record<SampleId, SplitSide>>;
    },
    SplitRecord
  >;
  /**
   * Examines the data: near duplicates, doubtful labels, blurred and dark pictures. Progress counts pictures looked at.
   */
  'data.doctor': Row<Record<string, never>, DoctorReport, Progress>;
  /**
   * Heads on the frozen features, taught on all folds but one and asked about that: on the training and validation
   * sides only, with relatives kept in one fold and without. Keeps nothing.
   * @throws {EngineError} `too-few-samples`.
   */
  'data.crossValidate': Row<{ readonly folds: number; readonly seed: number }, CrossValidation, Progress>;
  /** The data set as a zip that anyone can read, and that imports as it is here: labels, sides, groups, files. */
  'data.save': Row<{ readonly form: DataForm }, Blob, Progress>;
  /** Variants of one picture as training would see them (transferred; the page closes them). */
  'data.augmentPreview': Row<
    {
      readonly id: SampleId;
      readonly augmentation: Augmentation;
      readonly seed: number;
      readonly count: number;
    },
    readonly ImageBitmap[]
  >;

  // --- train
  'train.estimate': Row<{ readonly settings: TrainSettings }, TrainEstimate>;
  /**
   * One run at a time. Aborting the call discards the run; `train.stop` keeps the best so far. `from`: a run with whose
   * weights it begins, of the same model, depth and classes; absent: the pre-trained ones.
   */
  'train.start': Row<{ readonly settings: TrainSettings; readonly from?: string }, RunSummary, TrainEvent>;
  /** The latest run that was cut off by the end of its thread, its device or its page; `null` if there is none. */
  'train.unfinished': Row<Record<string, never>, UnfinishedRun | null>;
  /** Goes on with a run that was cut off, from its last checkpoint. @throws {EngineError} `not-found`, `not-ready`. */
  'train.continue': Row<{ readonly runId: string }, RunSummary, TrainEvent>;
  'train.pause': Row<Record<string, never>, void>;
  'train.resume': Row<Record<string, never>, void>;
  'train.stop': Row<Record<string, never>, void>;
  'runs.delete': Row<{ readonly runId: string }, void>;
  /** Which model answers live: a run, or the instant head. */
  'runs.activate': Row<{ readonly runId: string | null }, void>;

  // --- evaluate and use
  /**
   * `confirmed`: the person agreed to one more look at the test set.
   * @throws {EngineError} `test-set-sealed` (detail: opened, free) if that is needed; examining a run again never is.
   */
  'evaluate.run': Row<
    { readonly runId: string; readonly side: SplitSide; readonly confirmed?: boolean },
    EvaluationReport,
    Progress
  >;
  /** Heads on the project's pre-trained trunk, taught on parts of the training ids and examined on the test ids. Keeps nothing. */
  'evaluate.learningCurve': Row<{ readonly seed: number }, LearningCurve, Progress>;
  /**
   * Counts of words, taught on the training ids and examined on the test ids. Of texts only. Keeps nothing.
   * @throws {EngineError} `no-test-samples`, `too-few-classes`; `model-unsupported` of other samples.
   */
  'evaluate.baseline': Row<{ readonly seed: number }, Baseline, Progress>;
  /**
   * The pictures of one side made worse in many ways, and what a run says then. Keeps nothing.
   * @throws {EngineError} `no-test-samples`.
   */
  'evaluate.stress': Row<{ readonly runId: string; readonly side: SplitSide }, StressReport, Progress>;
  /**
   * Finds out how sure a run may be and keeps it with the run: a temperature on the validation ids, and a threshold of
   * novelty from the pictures that it learned from.
   */
  'calibrate.run': Row<{ readonly runId: string }, RunSummary, Progress>;
  /** Answers below this probability are withheld from now on; 0: none. The run must be calibrated. */
  'calibrate.abstain': Row<{ readonly runId: string; readonly below: number }, RunSummary>;
  /**
   * What in a sample, or in a file of the person's, spoke for a class. `cut`: where Grad-CAM is taken; absent: the last
   * one that has places. Covering parts tells how far it is.
   * @throws {EngineError} `not-found`; `not-ready` if it cannot be found so, or Grad-CAM not be taken there; as an import
   * of the file.
   */
  'explain.heat': Row<
    {
      readonly runId: string;
      readonly of: SampleId | File;
      readonly classId: ClassId;
      readonly method: HeatMethod;
      readonly cut?: number;
    },
    HeatMap | WordHeat,
    Progress
  >;
  /** The pictures that a run learned from that are nearest to another one, as its own network sees them. */
  'explain.neighbours': Row<
    { readonly runId: string; readonly id: SampleId; readonly count: number },
    readonly Neighbour[],
    Progress
  >;
  /**
   * Every sample as a point, by the features of the pre-trained network and of a run's own. UMAP takes seconds.
   * @throws {EngineError} `too-few-samples`.
   */
  'explain.featureMap': Row<
    { readonly runId: string; readonly method: MapMethod },
    FeatureMap,
    Progress & { readonly kind: 'features' | 'map' }
  >;
  /** The bitmap is transferred and closed. `runId` absent: the active run, else the instant head. */
  'predict.bitmap': Row<{ readonly bitmap: ImageBitmap; readonly runId?: string }, Prediction>;
  /** What a microphone heard, one channel: as much as the network takes, or the loudest part of more. */
  'predict.sound': Row<
    { readonly samples: Float32Array<ArrayBuffer>; readonly rate: number; readonly runId?: string },
    Prediction
  >;
  /** A file of the person's, with the same checks as an import. */
  'predict.file': Row<{ readonly file: File; readonly runId?: string }, Prediction>;
  /**
   * A trained model for use elsewhere, opened again and compared with the app's own answers before it is handed out.
   * @throws {EngineError} `model-unsupported`, `export-operation`, `export-differs`, `not-ready`.
   */
  'export.model': Row<ExportRequest, ExportedModel>;
  /**
   * Brings the closed-form head up to date with the data: features of new samples, then one solve. The page calls it
   * after each change. `ready` is false until two classes have three samples each.
   */
  'instant.update': Row<
    Record<string, never>,
    { readonly ready: boolean; readonly samples: number; readonly elapsedMs: number },
    Progress
  >;
}

export type CallKind = keyof EngineCalls;
export type CallParams<K extends CallKind> = EngineCalls[K]['params'];
export type CallResult<K extends CallKind> = EngineCalls[K]['result'];
export type CallEvent<K extends CallKind> = EngineCalls[K]['event'];

/** What a handler gets beside its parameters. */
export interface CallContext<K extends CallKind> {
  readonly signal: AbortSignal;
  readonly emit: (event: CallEvent<K>) => void;
}

/** The engine: one handler per row. */
export type EngineHandlers = {
  readonly [K in CallKind]: (params: CallParams<K>, context: CallContext<K>) => Promise<CallResult<K>>;
};

export interface CallOptions<K extends CallKind> {
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: CallEvent<K>) => void;
}

/**
 * The engine as seen by a caller, whichever thread it lives in.
 * @throws {EngineError} whatever the call's handler threw, with its code; `worker-died` if the thread is gone.
 */
export interface EngineClient {
  call<K extends CallKind>(kind: K, params: CallParams<K>, options?: CallOptions<K>): Promise<CallResult<K>>;
  /** Called once if the worker dies; every pending call rejects with `worker-died` first. */
  onDeath(listener: () => void): () => void;
  /** Ends the thread. Pending calls reject with `cancelled`. */
  close(): void;
}

/** The parts of a value that must be transferred rather than copied: bitmaps and ports. */
export function transferables(value: unknown): Transferable[] {
  if (typeof ImageBitmap !== 'undefined' && value instanceof ImageBitmap) return [value];
  if (typeof MessagePort !== 'undefined' && value instanceof MessagePort) return [value];
  if (Array.isArray(value)) return value.flatMap(transferables);
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.values(value).flatMap(transferables);
  }
  return [];
}
