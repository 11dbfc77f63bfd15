import {
  EngineError,
  newOpenings,
  opensBeyondFree,
  timesOpened,
  type RunSummary,
  type TrainSettings,
} from '../../src/index.ts';
import { evaluateRun } from './evaluate-actions.ts';
import { getState } from './store.ts';
import { cancelTask, runTask } from './tasks.ts';
import { askToOpen } from './test-seal.ts';
import { startTrainingRun } from './train-actions.ts';

/**
 * Teaches one plan after the other on the recorded split and examines each. A run that is cancelled ends the rest; the
 * finished ones stay. The person's own settings are not changed by what is compared. Where it would open the test set more
 * often than is free the person is asked once, before anything is taught; a no ends it there.
 */
export async function runComparison(plans: readonly TrainSettings[]): Promise<void> {
  await runTask('compare', 'parts', async ({ signal, report }) => {
    const stop = () => {
      cancelTask('train');
      cancelTask('evaluate');
    };
    const confirmed = await agreedToOpen(
      plans.map(() => null),
      signal,
    );
    signal.addEventListener('abort', stop);
    try {
      for (const [at, settings] of plans.entries()) {
        report({ done: at, total: plans.length });
        const outcome = await startTrainingRun(settings, { keepSettings: true });
        // Why it failed has been told already.
        if (!outcome.ok) throw new EngineError('cancelled', 'The comparison was stopped.');
        signal.throwIfAborted();
        await evaluateRun(outcome.value.id, 'test', { confirmed });
        signal.throwIfAborted();
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  });
}

/**
 * Teaches on from a run, with the data as it is now, and examines both on the same pictures: what mending has brought. Tells the new
 * run, `null` if it was stopped. Asks beforehand as above.
 */
export async function teachOn(run: RunSummary): Promise<string | null> {
  const done = await runTask('compare', 'parts', async ({ signal, report }) => {
    const stop = () => {
      cancelTask('train');
      cancelTask('evaluate');
    };
    const confirmed = await agreedToOpen([run.id, null], signal);
    signal.addEventListener('abort', stop);
    try {
      report({ done: 0, total: 3 });
      const outcome = await startTrainingRun(run.settings, { keepSettings: true, from: run.id });
      // Why it failed has been told already.
      if (!outcome.ok) throw new EngineError('cancelled', 'Teaching on was stopped.');
      for (const [at, id] of [run.id, outcome.value.id].entries()) {
        signal.throwIfAborted();
        report({ done: at + 1, total: 3 });
        await evaluateRun(id, 'test', { confirmed });
      }
      return outcome.value.id;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  });
  return done.ok ? done.value : null;
}

/**
 * Whether the person has agreed to all that a comparison opens; false where nobody need be asked. Asked before and for all
 * runs at once: a question after hours of teaching would find nobody, and a no would leave runs that nothing tells of.
 * @throws {EngineError} `cancelled` if they did not.
 */
async function agreedToOpen(runIds: readonly (string | null)[], signal: AbortSignal): Promise<boolean> {
  const { project } = getState();
  const split = project?.split ?? null;
  if (project === null || split === null) return false;
  const { openings } = project;
  if (!opensBeyondFree(openings, split.hash, runIds)) return false;
  const counts = {
    opened: timesOpened(openings, split.hash),
    more: newOpenings(openings, split.hash, runIds),
  };
  if (await askToOpen(counts, signal)) return true;
  throw new EngineError('cancelled', 'The test set stays sealed.');
}
