import { applyPatch, EMPTY_DATASET } from '../core/dataset.ts';
import type {
  DatasetPatch,
  DatasetState,
  JournalStep,
  SampleId,
  SampleRecord,
  StepKind,
} from '../core/dataset.ts';
import type { DatasetChange } from '../core/engine-api.ts';
import { EngineError } from '../core/errors.ts';
import type { UndoState } from '../core/project.ts';
import { createHistory } from './history.ts';
import { isEmptyPatch } from './plan-edit.ts';

/** The one place where the data set changes: one change after another, each kept before it is told. */
export interface DatasetHolder {
  state(): DatasetState;
  undoState(): UndoState;
  /** The sample made from a source, if it is in the data set. */
  bySource(sourceHash: string): SampleRecord | undefined;
  /** An id for a new sample: from its content, so that the same pictures have the same ids everywhere. */
  freeId(sourceHash: string, taken: ReadonlySet<SampleId>): SampleId;
  /**
   * Plans a change on the latest state and makes it. Steps of one `mergeKey` in a row are undone together.
   * @throws {EngineError} `quota`: nothing has changed.
   */
  change(plan: (state: DatasetState) => DatasetPatch, mergeKey?: string): Promise<DatasetChange>;
  /** `null` if there is nothing to take back. */
  undo(): Promise<DatasetChange | null>;
  redo(): Promise<DatasetChange | null>;
  /** Takes over another data set with what can be taken back. A change that is being kept is not made any more. */
  replace(state: DatasetState, history?: readonly JournalStep[]): void;
}

/** @param keep Stores a change; awaited before the patch is applied. */
export function createDatasetHolder(
  keep: (step: JournalStep, revision: number) => Promise<void>,
  tell: (change: DatasetChange) => void,
): DatasetHolder {
  let state = EMPTY_DATASET;
  let generation = 0;
  const history = createHistory();
  const sources = new Map<string, SampleId>();
  let last: Promise<unknown> = Promise.resolve();

  const index = (patch: DatasetPatch) => {
    for (const { id, before, after } of patch.samples) {
      if (before !== null && sources.get(before.sourceHash) === id) sources.delete(before.sourceHash);
      if (after !== null) sources.set(after.sourceHash, id);
    }
  };
  const queued = <T>(action: () => Promise<T>): Promise<T> => {
    const result = last.then(action);
    last = result.catch(() => undefined);
    return result;
  };
  const commit = async (patch: DatasetPatch, does: StepKind, then: () => void): Promise<DatasetChange> => {
    if (!isEmptyPatch(patch)) {
      const begun = generation;
      await keep({ patch, does }, state.revision + 1);
      if (generation !== begun) throw new EngineError('cancelled', 'The project was left meanwhile.');
      state = applyPatch(state, patch);
      index(patch);
      then();
    }
    const change = { patch, revision: state.revision, undo: history.state() };
    if (!isEmptyPatch(patch)) tell(change);
    return change;
  };
  return {
    state: () => state,
    undoState: () => history.state(),
    bySource: (sourceHash) => state.samples.get(sources.get(sourceHash) ?? ''),
    freeId(sourceHash, taken) {
      const base = sourceHash.slice(0, 20);
      let id = base;
      for (let n = 2; state.samples.has(id) || taken.has(id); n++) id = `${base}-${n}`;
      return id;
    },
    change: (plan, mergeKey) =>
      queued(() => {
        const patch = plan(state);
        const does = history.joins(mergeKey) ? 'more' : 'do';
        return commit(patch, does, () => history.push(patch, mergeKey));
      }),
    undo: () =>
      queued(async () => {
        const patch = history.peekUndo();
        return patch === null ? null : commit(patch, 'undo', () => history.undone());
      }),
    redo: () =>
      queued(async () => {
        const patch = history.peekRedo();
        return patch === null ? null : commit(patch, 'redo', () => history.redone());
      }),
    replace(next, steps = []) {
      state = next;
      generation++;
      history.restore(steps);
      sources.clear();
      for (const { id, sourceHash } of next.samples.values()) sources.set(sourceHash, id);
    },
  };
}
