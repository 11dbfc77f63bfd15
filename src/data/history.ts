import { invertPatch } from '../core/dataset.ts';
import type { DatasetPatch, JournalStep } from '../core/dataset.ts';
import type { UndoState } from '../core/project.ts';
import { composePatches } from './plan-edit.ts';

/** Steps that can be taken back. */
const DEPTH = 100;

interface Step {
  readonly patch: DatasetPatch;
  readonly mergeKey: string | undefined;
}

/** What can be undone and redone. Patches are looked at first and moved only after they were applied. */
export interface History {
  /** A change just made. One with the `mergeKey` of the last step (an import, a burst) becomes part of that step. */
  push(patch: DatasetPatch, mergeKey?: string): void;
  /** Whether a change with this key would become part of the last step. */
  joins(mergeKey: string | undefined): boolean;
  /** The patch that would take back the last step. */
  peekUndo(): DatasetPatch | null;
  peekRedo(): DatasetPatch | null;
  /** Tells that the peeked patch was applied. */
  undone(): void;
  redone(): void;
  state(): UndoState;
  /** Takes over what a journal holds, oldest first, in place of what is there. */
  restore(steps: readonly JournalStep[]): void;
}

/** An empty history of bounded depth. */
export function createHistory(depth = DEPTH): History {
  let done: Step[] = [];
  let taken: Step[] = [];
  const joins = (mergeKey: string | undefined): boolean =>
    mergeKey !== undefined && done.at(-1)?.mergeKey === mergeKey && taken.length === 0;
  const history: History = {
    joins,
    push(patch, mergeKey) {
      const last = done.at(-1);
      if (last !== undefined && joins(mergeKey)) {
        done[done.length - 1] = { patch: composePatches(last.patch, patch), mergeKey };
      } else {
        done = [...done, { patch, mergeKey }].slice(-depth);
      }
      taken = [];
    },
    peekUndo() {
      const step = done.at(-1);
      return step === undefined ? null : invertPatch(step.patch);
    },
    peekRedo: () => taken.at(-1)?.patch ?? null,
    undone() {
      const step = done.pop();
      // A step that was taken back is closed: what comes later under its key is a new step.
      if (step !== undefined) taken.push({ patch: step.patch, mergeKey: undefined });
    },
    redone() {
      const step = taken.pop();
      if (step !== undefined) done.push(step);
    },
    state: () => ({ undo: done.at(-1)?.patch.kind ?? null, redo: taken.at(-1)?.patch.kind ?? null }),
    restore(steps) {
      done = [];
      taken = [];
      let key = '';
      for (const [index, { patch, does }] of steps.entries()) {
        if (does === 'do') key = `kept ${index}`;
        if (does === 'undo') history.undone();
        else if (does === 'redo') history.redone();
        else history.push(patch, key);
      }
    },
  };
  return history;
}
