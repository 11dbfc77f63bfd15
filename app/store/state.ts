import type {
  Baseline,
  BackendName,
  CrossValidation,
  DeviceReport,
  DoctorReport,
  ErrorData,
  FeatureMap,
  ImportReport,
  LearningCurve,
  ModelCard,
  ModelInfo,
  ProjectSnapshot,
  StressReport,
  UnfinishedRun,
} from '../../src/index.ts';
import type { MessageKey } from '../copy/message.ts';
import type { ExamSelection } from './exam-selection.ts';
import type { LongTask, TaskKind } from './progress.ts';
import { IDLE_TRAINING, type TrainingState } from './training.ts';

export const STEP_IDS = ['choose', 'prepare', 'fine-tune', 'evaluate', 'use'] as const;
export type StepId = (typeof STEP_IDS)[number];

/** A sentence to be said in the person's language: a key of the catalogues and what it interpolates. */
export interface Message {
  readonly key: MessageKey;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** What a notice offers to do; {@link runNoticeAction} knows how. */
export type NoticeAction = 'restart-engine' | 'undo' | 'retry-model' | 'reload-page';

/** A short word to the person. Errors are said from their code; `subject` is what it happened to, e.g. a file. */
export interface Notice {
  readonly id: string;
  readonly tone: 'info' | 'good' | 'warn' | 'error';
  readonly body: { readonly message: Message } | { readonly error: ErrorData; readonly subject?: string };
  readonly action?: NoticeAction;
  /** Stays until it is closed. */
  readonly sticky: boolean;
}

/** The closed-form head that answers before any training. */
export interface InstantState {
  readonly status: 'idle' | 'updating';
  readonly ready: boolean;
  readonly samples: number;
  readonly elapsedMs: number | null;
}

/** Everything the page draws. Plain serialisable facts: no client, no canvas, no picture. */
export interface AppState {
  readonly engine: {
    readonly status: 'starting' | 'ready' | 'dead' | 'failed' | 'erased';
    readonly thread: 'worker' | 'page';
    readonly error: ErrorData | null;
  };
  /** Mirror of the engine's project; `null` until it is open. */
  readonly project: ProjectSnapshot | null;
  readonly models: readonly ModelCard[];
  /** The loaded model; `null` while none is. */
  readonly model: ModelInfo | null;
  /** The model that is being loaded now. */
  readonly loadingModelId: string | null;
  /** Why the latest choice of a model failed. */
  readonly modelError: { readonly modelId: string; readonly error: ErrorData } | null;
  readonly device: DeviceReport | null;
  readonly probing: BackendName | null;
  readonly instant: InstantState;
  readonly training: TrainingState;
  /** The run that was cut off and can go on, if there is one. */
  readonly unfinished: UnfinishedRun | null;
  readonly lastImport: ImportReport | null;
  /** The latest learning curve. */
  readonly learningCurve: LearningCurve | null;
  /** The latest exam of counted words. */
  readonly baseline: Baseline | null;
  /** The latest stress test of each run. */
  readonly stress: Readonly<Record<string, StressReport>>;
  /** The latest maps, by run and method: `run/pca`. */
  readonly featureMaps: Readonly<Record<string, FeatureMap>>;
  /** Samples of the exam that are listed instead of the mistakes. */
  readonly examSelection: ExamSelection | null;
  /** The latest examination of the data. */
  readonly doctor: DoctorReport | null;
  /** The latest cross-validation. */
  readonly crossValidation: CrossValidation | null;
  readonly tasks: Readonly<Partial<Record<TaskKind, LongTask>>>;
  readonly notices: readonly Notice[];
  readonly session: {
    readonly step: StepId;
    readonly hoveredClassId: string | null;
    /** The live panel on narrow screens. */
    readonly liveOpen: boolean;
    /** The network, as far as the browser knows. */
    readonly online: boolean;
  };
}

export const INITIAL_STATE: AppState = {
  engine: { status: 'starting', thread: 'worker', error: null },
  project: null,
  models: [],
  model: null,
  loadingModelId: null,
  modelError: null,
  device: null,
  probing: null,
  instant: { status: 'idle', ready: false, samples: 0, elapsedMs: null },
  training: IDLE_TRAINING,
  unfinished: null,
  lastImport: null,
  learningCurve: null,
  baseline: null,
  stress: {},
  featureMaps: {},
  examSelection: null,
  doctor: null,
  crossValidation: null,
  tasks: {},
  notices: [],
  session: { step: 'choose', hoveredClassId: null, liveOpen: false, online: true },
};
