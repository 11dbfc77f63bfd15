import type { DatasetState } from '../core/dataset.ts';
import type { EngineHandlers } from '../core/engine-api.ts';
import { EngineError } from '../core/errors.ts';
import type { RunSummary } from '../core/run.ts';
import { STRESS_KINDS } from '../core/stress.ts';

type ExplainKind = Extract<keyof EngineHandlers, `explain.${string}`> | 'evaluate.stress';

/** Side of the fake's maps, places. */
const SIDE = 7;

/** The fake engine's reasons: always the upper left corner, and the first pictures of the project. */
export function createFakeExplain(
  project: { dataset(): DatasetState; runs(): readonly RunSummary[] },
  wait: (signal: AbortSignal) => Promise<void>,
): Pick<EngineHandlers, ExplainKind> {
  const check = (runId: string): void => {
    if (!project.runs().some(({ id }) => id === runId))
      throw new EngineError('not-found', `There is no run "${runId}".`);
  };
  return {
    async 'evaluate.stress'({ runId, side }, { emit, signal }) {
      check(runId);
      emit({ done: 5, total: 10 });
      await wait(signal);
      const perClass = project.dataset().classes.map(({ id }) => ({
        classId: id,
        support: 5,
        before: 5,
        correct: 4,
      }));
      const [first] = project.dataset().classes;
      return {
        runId,
        side,
        splitHash: project.runs().find(({ id }) => id === runId)?.splitHash ?? '',
        total: 10,
        of: 10,
        correct: 9,
        curves: STRESS_KINDS.map((kind) => ({
          kind,
          points: [0, 0.25, 0.5].map((strength) => ({ strength, correct: Math.round(9 - 8 * strength) })),
        })),
        background: { covered: 0.7, correct: 8, chance: 0.5, perClass, enough: true },
        shortcuts:
          first === undefined
            ? []
            : [{ classId: first.id, cell: { row: 0, column: 3 }, tried: 5, flipped: 4, drop: 3 }],
        elapsedMs: 10,
      };
    },
    async 'explain.heat'({ runId, classId, method, cut = 11 }, { emit, signal }) {
      check(runId);
      if (method === 'occlusion') emit({ done: 1, total: 2 });
      await wait(signal);
      const values = Float32Array.from({ length: SIDE * SIDE }, (_, at) =>
        Math.max(0, 1 - (Math.floor(at / SIDE) + (at % SIDE)) / 4),
      );
      return {
        kind: 'places' as const,
        runId,
        classId,
        method,
        rows: SIDE,
        columns: SIDE,
        values,
        probability: 0.8,
        ...(method === 'occlusion' && { coveredProbability: 0.3 }),
        cut: method === 'occlusion' ? null : cut,
        cuts: [
          { cut: 4, name: 'features.4', rows: 14, columns: 14 },
          { cut: 11, name: 'features.11', rows: SIDE, columns: SIDE },
        ],
        elapsedMs: 10,
      };
    },
    async 'explain.featureMap'({ runId, method }, { emit, signal }) {
      check(runId);
      const { samples, revision } = project.dataset();
      emit({ kind: 'features', done: samples.size, total: samples.size });
      await wait(signal);
      const ids = [...samples.keys()];
      const points = (shift: number) =>
        Float32Array.from({ length: 2 * ids.length }, (_, at) => ((at * 37) % 97) / 97 / (1 + shift));
      return {
        runId,
        method,
        revision,
        ids,
        before: points(0),
        after: points(1),
        of: ids.length,
        elapsedMs: 5,
      };
    },
    async 'explain.neighbours'({ runId, id, count }, { emit, signal }) {
      check(runId);
      emit({ done: 1, total: 1 });
      await wait(signal);
      return [...project.dataset().samples.keys()]
        .filter((other) => other !== id)
        .slice(0, count)
        .map((other, at) => ({ id: other, similarity: 0.9 - 0.05 * at }));
    },
  };
}
