/**
 * @file The project as it is kept: one JSON value with a version. Whatever is read is checked against the schema
 * below and rebuilt from it, so that a record of a stranger's brings no field that nobody asked for.
 */
import * as v from 'valibot';
import type { DatasetState, JournalStep } from '../core/dataset.ts';
import { BACKENDS } from '../core/device.ts';
import { EngineError } from '../core/errors.ts';
import type { EvaluationReport } from '../core/evaluation.ts';
import { openingsOf, type Opening } from '../core/openings.ts';
import type { ProjectSettings } from '../core/project.ts';
import type { RunSummary } from '../core/run.ts';
import type { SplitRecord } from '../core/split.ts';
import { SAMPLE_KINDS, TASK_IDS } from '../core/tasks.ts';
import { MIGRATIONS, migrate } from './migrations.ts';

/** The version that is written. Grows by one with each entry of {@link MIGRATIONS}. */
export const PROJECT_VERSION = MIGRATIONS.length + 1;

/** Everything of a project but its pictures and weights, which are blobs of their own. */
export interface ProjectRecord {
  readonly projectId: string;
  readonly settings: ProjectSettings;
  readonly dataset: DatasetState;
  readonly split: SplitRecord | null;
  readonly runs: readonly RunSummary[];
  readonly reports: Readonly<Record<string, EvaluationReport>>;
  readonly openings: readonly Opening[];
  readonly activeRunId: string | null;
  readonly savedAtMs: number | null;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20_000));
const name = v.pipe(v.string(), v.maxLength(1000));
/** Ids and hashes become store paths: nothing but word characters may be in them. */
const key = v.pipe(v.string(), v.regex(/^[\w-]{1,128}$/));
const keys = v.array(key);
const list = <T extends v.GenericSchema>(schema: T) => v.pipe(v.array(schema), v.readonly());

const classRecord = v.object({ id: key, name });
const sample = v.object({
  id: key,
  classId: key,
  // A journal begun by an earlier version holds pictures without it.
  kind: v.optional(v.picklist(SAMPLE_KINDS), 'picture'),
  name,
  width: side,
  height: side,
  contentHash: key,
  sourceHash: key,
  group: v.exactOptional(name),
  given: v.exactOptional(v.picklist(['train', 'validation', 'test'])),
  source: v.picklist(['file', 'camera', 'microphone', 'sample-set']),
  addedAtMs: v.number(),
});
const splitSettings = v.object({ validation: fraction, test: fraction, seed: v.number() });
const splitRecord = v.object({
  settings: splitSettings,
  train: keys,
  validation: keys,
  test: keys,
  hash: key,
  groupedSamples: count,
  nearDuplicates: v.exactOptional(count),
});
const train = v.object({
  open: v.variant('kind', [
    v.object({ kind: v.literal('head') }),
    v.object({ kind: v.literal('last'), blocks: v.pipe(count, v.minValue(1)) }),
    v.object({ kind: v.literal('all') }),
  ]),
  tuning: v.object({
    kind: v.picklist(['weights', 'lora', 'bias']),
    rank: v.pipe(count, v.minValue(1), v.maxValue(64)),
    alpha: v.pipe(v.number(), v.finite(), v.gtValue(0)),
    names: name,
  }),
  epochs: v.pipe(count, v.minValue(1)),
  batchSize: v.pipe(count, v.minValue(1)),
  optimizer: v.picklist(['adamw', 'sgd']),
  headLearningRate: v.number(),
  trunkLearningRate: v.number(),
  weightDecay: v.number(),
  momentum: v.number(),
  warmup: fraction,
  clipNorm: v.number(),
  classWeights: v.boolean(),
  patience: count,
  freezeBatchNorm: v.boolean(),
  augmentation: v.object({
    flip: v.boolean(),
    crop: fraction,
    rotateDegrees: v.number(),
    colour: fraction,
    noise: v.exactOptional(fraction),
    variants: count,
  }),
  seed: v.number(),
  begin: v.exactOptional(v.literal('random')),
});
const projectSettings = v.object({
  name,
  task: v.picklist(TASK_IDS),
  modelId: name,
  backend: v.picklist(['auto', ...BACKENDS]),
  train,
  split: splitSettings,
});
const epoch = v.object({
  epoch: count,
  trainLoss: v.number(),
  trainAccuracy: v.number(),
  validationLoss: v.nullable(v.number()),
  validationAccuracy: v.nullable(v.number()),
  elapsedMs: v.number(),
});
const calibration = v.object({
  temperature: v.pipe(v.number(), v.finite(), v.gtValue(0)),
  samples: count,
  splitHash: key,
  noveltyThreshold: v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0))),
  abstainBelow: fraction,
});
const run = v.object({
  id: key,
  number: count,
  status: v.picklist(['done', 'stopped', 'early-stopped', 'failed', 'interrupted']),
  modelId: name,
  settings: train,
  splitHash: key,
  datasetRevision: count,
  classes: list(classRecord),
  epochs: list(epoch),
  bestEpoch: count,
  backend: v.picklist(BACKENDS),
  trainableParameters: count,
  totalParameters: count,
  startedAtMs: v.number(),
  seconds: v.object({ features: v.number(), train: v.number() }),
  startedFrom: v.exactOptional(key),
  calibration: v.exactOptional(calibration),
});
const score = v.nullable(fraction);
const report = v.object({
  runId: key,
  side: v.picklist(['train', 'validation', 'test']),
  splitHash: key,
  classIds: keys,
  total: count,
  correct: count,
  accuracy: fraction,
  accuracyInterval: v.object({ low: fraction, high: fraction }),
  confusion: v.array(v.array(count)),
  perClass: v.array(v.object({ classId: key, support: count, precision: score, recall: score, f1: score })),
  macroF1: v.number(),
  predictions: v.array(
    v.object({ id: key, truth: count, predicted: count, probabilities: v.array(v.number()) }),
  ),
  evaluatedAtMs: v.number(),
});
const record = v.object({
  version: v.literal(PROJECT_VERSION),
  projectId: key,
  settings: projectSettings,
  revision: count,
  classes: v.array(classRecord),
  samples: v.array(sample),
  split: v.nullable(splitRecord),
  runs: v.array(run),
  reports: v.array(report),
  // Absent in records from before they were counted.
  openings: v.exactOptional(v.array(v.object({ runId: key, splitHash: key, atMs: v.number() }))),
  activeRunId: v.nullable(key),
  savedAtMs: v.nullable(v.number()),
});

const classList = v.array(classRecord);
const patch = v.object({
  kind: v.picklist([
    'add-class',
    'rename-class',
    'merge-classes',
    'delete-class',
    'move-samples',
    'group-samples',
    'delete-samples',
    'add-samples',
    'replace',
  ]),
  classes: v.exactOptional(v.object({ before: classList, after: classList })),
  samples: v.array(v.object({ id: key, before: v.nullable(sample), after: v.nullable(sample) })),
});

/** A change of the data set, and when it was made. */
export interface JournalEntry extends JournalStep {
  readonly atMs: number;
}

const entry = v.object({
  ...patch.entries,
  // Entries of earlier versions have neither: they are too old to be taken back.
  does: v.optional(v.picklist(['do', 'more', 'undo', 'redo']), 'do'),
  atMs: v.optional(v.number(), 0),
});

/** Reads one entry of a journal. @throws {EngineError} `project-damaged`. */
export function parseEntry(text: string): JournalEntry {
  const parsed = v.safeParse(entry, parseJson(text));
  if (!parsed.success) throw damaged(`patch: ${parsed.issues[0].message}`);
  const { does, atMs, ...change } = parsed.output;
  return { patch: change, does, atMs };
}

/** The same as text. The patch lies open in it, as the entries of earlier versions are. */
export function stringifyEntry({ patch: change, ...rest }: JournalEntry): string {
  return JSON.stringify({ ...change, ...rest });
}

/** The record as JSON text of the present version. */
export function stringifyProject({ dataset, reports, ...rest }: ProjectRecord): string {
  const { revision, classes, samples } = dataset;
  return JSON.stringify({
    version: PROJECT_VERSION,
    ...rest,
    revision,
    classes,
    samples: [...samples.values()],
    reports: Object.values(reports),
  });
}

/**
 * Reads a record of this or an earlier version.
 * @throws {EngineError} `project-newer` (detail: version) or `project-damaged` (detail: what).
 */
export function parseProject(text: string): ProjectRecord {
  const parsed = v.safeParse(record, migrate(parseJson(text)));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw damaged(`${v.getDotPath(issue) ?? 'project'}: ${issue.message}`);
  }
  const { projectId, settings, revision, classes, samples, split, runs, reports } = parsed.output;
  const classIds = new Set(classes.map(({ id }) => id));
  const stray = samples.find(({ classId }) => !classIds.has(classId));
  if (stray) throw damaged(`sample ${stray.id} has no class`);
  return {
    projectId,
    settings,
    dataset: { revision, classes, samples: new Map(samples.map((item) => [item.id, item])) },
    split,
    runs,
    activeRunId: parsed.output.activeRunId,
    savedAtMs: parsed.output.savedAtMs,
    reports: Object.fromEntries(reports.map((item) => [item.runId, item])),
    openings: parsed.output.openings ?? openingsOf(reports),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged('not JSON', cause);
  }
}

function damaged(what: string, cause?: unknown): EngineError {
  return new EngineError('project-damaged', `The project record is damaged: ${what}.`, { what }, { cause });
}
