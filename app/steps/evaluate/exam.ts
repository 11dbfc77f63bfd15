import type {
  ClassId,
  EvaluationReport,
  ProjectSnapshot,
  RunSummary,
  SampleId,
  SamplePrediction,
} from '../../../src/index.ts';

/** Below this probability by luck alone a difference is called one: the usual bar. */
export const SIGNIFICANT = 0.05;

/** Below this many pictures a result is a glimpse; below the second, its range is wide enough for a warning. */
const GLIMPSE = 10;
const SMALL = 40;

/** How much a result of this many pictures can say. */
export function examSize(total: number): 'none' | 'glimpse' | 'small' | 'fair' {
  if (total === 0) return 'none';
  if (total < GLIMPSE) return 'glimpse';
  return total < SMALL ? 'small' : 'fair';
}

/** One cell of the matrix: indices into the report's classes. */
export interface MatrixCell {
  readonly truth: number;
  readonly predicted: number;
}

/**
 * The pictures of a cell, or all wrong ones. The most confident first: those are the ones worth a look, being either
 * wrong labels or real blind spots.
 */
export function predictionsOf(
  report: EvaluationReport,
  cell: MatrixCell | null,
): readonly SamplePrediction[] {
  const wanted =
    cell === null
      ? report.predictions.filter(({ truth, predicted }) => truth !== predicted)
      : report.predictions.filter(
          ({ truth, predicted }) => truth === cell.truth && predicted === cell.predicted,
        );
  return wanted.toSorted((a, b) => confidence(b) - confidence(a));
}

/** Exactly these pictures, the most confident first. */
export function predictionsOfIds(
  report: EvaluationReport,
  ids: readonly SampleId[],
): readonly SamplePrediction[] {
  const wanted = new Set(ids);
  return report.predictions
    .filter(({ id }) => wanted.has(id))
    .toSorted((a, b) => confidence(b) - confidence(a));
}

function confidence({ probabilities, predicted }: SamplePrediction): number {
  return probabilities[predicted] ?? 0;
}

/** The most probable classes of one picture, best first; the true one is always among them. */
export function topAnswers(
  { probabilities, truth }: SamplePrediction,
  most: number,
): readonly { readonly at: number; readonly probability: number }[] {
  const ranked = probabilities
    .map((probability, at) => ({ at, probability }))
    .sort((a, b) => b.probability - a.probability);
  const top = ranked.slice(0, most);
  const own = ranked.find(({ at }) => at === truth);
  if (own === undefined || top.includes(own)) return top;
  return [...top.slice(0, -1), own];
}

/** Whether the pictures, their labels or their sides are others than when the run learned. */
export function isRunStale(run: RunSummary, { split }: ProjectSnapshot): boolean {
  return split !== null && run.splitHash !== split.hash;
}

/** Whether a run learned with other settings, or with another model, than those that are chosen now. */
export function hasOtherSettings({ settings, modelId }: RunSummary, project: ProjectSnapshot): boolean {
  return modelId !== project.settings.modelId || canonical(settings) !== canonical(project.settings.train);
}

/** The same text for the same values, whatever the order of their keys. */
function canonical(value: object): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

/** Whether the report was made on another split than today's. */
export function isReportStale(report: EvaluationReport, { split }: ProjectSnapshot): boolean {
  return split !== null && report.splitHash !== split.hash;
}

/** A class as the report's row shows it: today's name and mark if it still exists, else the name it had. */
export interface NamedClass {
  readonly id: ClassId;
  readonly name: string;
  /** In the project's class order; its old position if it is gone. */
  readonly index: number;
}

export function namedClasses(
  report: EvaluationReport,
  run: RunSummary,
  { dataset }: ProjectSnapshot,
): readonly NamedClass[] {
  return report.classIds.map((id, position) => {
    const index = dataset.classes.findIndex((record) => record.id === id);
    const known = dataset.classes[index] ?? run.classes.find((record) => record.id === id);
    return { id, name: known?.name ?? id, index: index < 0 ? position : index };
  });
}

/** Runs that have weights to be examined, the latest first. */
export function usableRuns(runs: readonly RunSummary[]): readonly RunSummary[] {
  return runs.filter(({ status }) => status !== 'failed').toReversed();
}
