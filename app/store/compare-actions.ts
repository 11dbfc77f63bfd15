import { EngineError, type RunSummary, type TrainSettings } from '../../src/index.ts';
import { evaluateRun } from './evaluate-actions.ts';
import { cancelTask, runTask } from './tasks.ts';
import { startTrainingRun } from './train-actions.ts';

/**
 * Teaches one plan after the other on the recorded split and examines each. A run that is cancelled ends the rest; the
 * finished ones stay. The person's own settings are not changed by what is compared.
 */
export async function runComparison(plans: readonly TrainSettings[]): Promise<void> {
  await runTask('compare', 'parts', async ({ signal, report }) => {
    const stop = () => {
      cancelTask('train');
      cancelTask('evaluate');
    };
    signal.addEventListener('abort', stop);
    try {
      for (const [at, settings] of plans.entries()) {
        report({ done: at, total: plans.length });
        const outcome = await startTrainingRun(settings, { keepSettings: true });
        // Why it failed has been told already.
        if (!outcome.ok) throw new EngineError('cancelled', 'The comparison was stopped.');
        signal.throwIfAborted();
        await evaluateRun(outcome.value.id);
        signal.throwIfAborted();
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  });
}

/**
 * Teaches on from a run, with the data as it is now, and examines both on the same pictures: what mending has brought. Tells the new
 * run, `null` if it was stopped.
 */
export async function teachOn(run: RunSummary): Promise<string | null> {
  const done = await runTask('compare', 'parts', async ({ signal, report }) => {
    const stop = () => {
      cancelTask('train');
      cancelTask('evaluate');
    };
    signal.addEventListener('abort', stop);
    try {
      report({ done: 0, total: 3 });
      const outcome = await startTrainingRun(run.settings, { keepSettings: true, from: run.id });
      // Why it failed has been told already.
      if (!outcome.ok) throw new EngineError('cancelled', 'Teaching on was stopped.');
      for (const [at, id] of [run.id, outcome.value.id].entries()) {
        signal.throwIfAborted();
        report({ done: at + 1, total: 3 });
        await evaluateRun(id);
      }
      return outcome.value.id;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  });
  return done.ok ? done.value : null;
}
