/** @file The main door of the engine: types, the pure data-set arithmetic and the client. No tfjs behind it. */
export { applyPatch, EMPTY_DATASET, invertPatch } from './core/dataset.ts';
export type { CrossValidation, FoldScores } from './core/cross-validation.ts';
export { DATA_FORMS, type DataForm } from './core/data-forms.ts';
export { safeFileName } from './core/file-name.ts';
export type {
  ClassId,
  ClassRecord,
  DatasetEdit,
  DatasetPatch,
  DatasetState,
  SampleId,
  SampleRecord,
} from './core/dataset.ts';
export { createWorkerClient } from './client/client.ts';
export { createEngine } from './client/engine.ts';
export type { CreateEngineOptions, Engine, TrainingRun } from './client/engine.ts';
export { BACKENDS } from './core/device.ts';
export type {
  BackendName,
  BackendProbe,
  DeviceReport,
  MemoryReport,
  MissingReason,
  SkipReason,
} from './core/device.ts';
export { reasonLine } from './core/device.ts';
export type {
  CallEvent,
  CallKind,
  CallOptions,
  CallParams,
  CallResult,
  DatasetChange,
  EngineClient,
  Progress,
} from './core/engine-api.ts';
export type { DoctorFinding, DoctorReport, LabelDoubt } from './core/doctor.ts';
export { EngineError, ERROR_CODES, isAbortError, toErrorData } from './core/errors.ts';
export { escapeHtml } from './core/escape.ts';
export type { ErrorCode, ErrorData, ErrorDetail } from './core/errors.ts';
export type {
  ClassScore,
  EvaluationReport,
  Interval,
  Prediction,
  SamplePrediction,
  Speaker,
} from './core/evaluation.ts';
export { EXPORT_FORMATS } from './core/export.ts';
export type {
  ExportCheck,
  ExportedModel,
  ExportFormatId,
  ExportPrecision,
  ExportRequest,
} from './core/export.ts';
export type {
  HeatCut,
  HeatMap,
  HeatMethod,
  HeatTime,
  Neighbour,
  WeighedWord,
  WordHeat,
} from './core/explain.ts';
export { keepRequestRecord, requestsToOwnSite } from './core/network.ts';
export type { NetworkRequest } from './core/network.ts';
export type { FeatureMap, MapMethod } from './core/feature-map.ts';
export { MODEL_CACHE, STORE_NAME } from './core/site-names.ts';
export type { BlockInfo, DownloadProgress, ModelCard, ModelInfo } from './core/model-card.ts';
export type { TableColumn, TableFormat, TableMapping, TablePreview } from './core/import-table.ts';
export { FREE_OPENINGS, newOpenings, opensBeyondFree, timesOpened, withOpening } from './core/openings.ts';
export type { Opening } from './core/openings.ts';
export { isOwnModel } from './core/own-model.ts';
export type {
  FeatureChoice,
  InspectStage,
  KeptParameters,
  ModelCheck,
  ModelReport,
  ModelSource,
  ModelWarning,
  PictureSettings,
  PixelRange,
  ValueFact,
} from './core/own-model.ts';
export type {
  ImportFile,
  ImportPreview,
  ImportReport,
  ProjectSettings,
  ProjectSnapshot,
  Rejection,
  UndoState,
} from './core/project.ts';
export type {
  EpochLog,
  RunCalibration,
  RunStatus,
  RunSummary,
  TrainEstimate,
  TrainEvent,
  UnfinishedRun,
} from './core/run.ts';
export { drawSpectrogram } from './data/sound/spectrogram.ts';
export { DEFAULT_SPLIT } from './core/split.ts';
export type { SplitRecord, SplitSettings, SplitSide } from './core/split.ts';
export { DECODED_RATE, MAX_SOUND_SECONDS } from './core/sound-decoding.ts';
export type { SoundReply, SoundRequest } from './core/sound-decoding.ts';
export { STRESS_KINDS } from './core/stress.ts';
export type { Shortcut, StressCurve, StressKind, StressReport } from './core/stress.ts';
export { SAMPLE_SETS } from './core/sample-sets.ts';
export type { SampleSetId } from './core/sample-sets.ts';
export { TASK_IDS, TASKS } from './core/tasks.ts';
export type { SampleKind, TaskId } from './core/tasks.ts';
export { ALL_WEIGHTS, DEFAULT_TRAIN_SETTINGS, NO_AUGMENTATION } from './core/train-settings.ts';
export type { Augmentation, OpenPlan, TrainSettings, Tuning, TuningKind } from './core/train-settings.ts';
export { abstentionAt, abstentionCurve } from './evaluate/abstention.ts';
export type { AbstentionPoint } from './evaluate/abstention.ts';
export { bootstrapIntervals } from './evaluate/bootstrap.ts';
export type { ScoreIntervals } from './evaluate/bootstrap.ts';
export {
  expectedCalibrationError,
  LEAST_TO_CALIBRATE,
  reliabilityBins,
  temperedTable,
} from './evaluate/calibration.ts';
export type { ReliabilityBin } from './evaluate/calibration.ts';
export { largestConfusions } from './evaluate/confusions.ts';
export {
  accuracyAt,
  curveSamples,
  expectedBand,
  expectedGain,
  fitPowerLaw,
} from './evaluate/learning-curve.ts';
export type { CurveSample, ExpectedGain, PowerLaw } from './evaluate/learning-curve.ts';
export type { LearningCurve } from './core/learning-curve.ts';
export type { Baseline } from './core/baseline.ts';
export { comparePaired } from './evaluate/paired.ts';
export { wilsonInterval } from './evaluate/metrics.ts';
export type { PairedComparison } from './evaluate/paired.ts';
export { predictionTable } from './evaluate/prediction-table.ts';
export type { PredictionTable } from './evaluate/prediction-table.ts';
export { precisionRecallCurve, rocCurve } from './evaluate/ranking.ts';
export { classRanking, classScoresOf, rankTable, SCORE_NAMES, scoresOf } from './evaluate/scores.ts';
export type { ClassScores, RankedTable, ScoreName, Scores } from './evaluate/scores.ts';
export type { Endpoint } from './protocol/endpoint.ts';
export { createPacer } from './core/pacing.ts';
export { DEEP_BLOCKS, fromScratch, TRAIN_PRESETS, tunedFor } from './train/presets.ts';
export type { PresetName } from './train/presets.ts';
