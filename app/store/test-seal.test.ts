import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_TRAIN_SETTINGS, type EngineClient } from '../../src/index.ts';
import { createFakeClient } from '../../src/testing/fake-engine.ts';
import { setConnection } from '../engine/engine-host.ts';
import { runComparison } from './compare-actions.ts';
import { makeSplit, takeSampleSet } from './data-actions.ts';
import { evaluateRun } from './evaluate-actions.ts';
import { listModels } from './model-actions.ts';
import { openProject } from './project-actions.ts';
import { INITIAL_STATE } from './state.ts';
import { appStore, getState } from './store.ts';
import { cancelTask } from './tasks.ts';
import { sealStore } from './test-seal.ts';
import { startTrainingRun } from './train-actions.ts';

let client: EngineClient;

beforeEach(async () => {
  appStore.setState(INITIAL_STATE, true);
  client = createFakeClient();
  setConnection({ client, thread: 'worker' });
  await listModels();
  await openProject();
});
afterEach(() => {
  client.close();
});

const project = () => {
  const { project: open } = getState();
  if (open === null) throw new Error('no project is open');
  return open;
};
const classes = ['Animals', 'Food', 'Vehicles', 'Faces'] as const;

describe('the sealed test set', () => {
  const settings = { ...DEFAULT_TRAIN_SETTINGS, epochs: 1 };
  const asked = () => sealStore.getState().asked;

  /** So many runs, all examined. */
  async function opened(runs: number): Promise<void> {
    await takeSampleSet('emoji', classes);
    await makeSplit(project().settings.split);
    for (let run = 0; run < runs; run++) {
      await startTrainingRun(settings);
      expect(await evaluateRun(project().runs.at(-1)?.id ?? '')).toMatchObject({ ok: true });
    }
    expect(project().openings).toHaveLength(runs);
    expect(asked()).toBeNull();
  }

  it('is opened five times without a word, and then only when the person agrees', async () => {
    await opened(5);
    await startTrainingRun(settings);
    const id = project().runs.at(-1)?.id ?? '';
    const refused = evaluateRun(id);
    await expect.poll(asked).toMatchObject({ opened: 5, more: 1 });
    asked()?.answer(false);
    expect(await refused).toMatchObject({ ok: false, cancelled: true });
    expect(project().reports[id]).toBeUndefined();
    expect(project().openings).toHaveLength(5);
    const agreed = evaluateRun(id);
    await expect.poll(asked).not.toBeNull();
    asked()?.answer(true);
    expect(await agreed).toMatchObject({ ok: true, value: { runId: id } });
    expect(project().openings).toHaveLength(6);
    // Looking at the same result again shows nothing new.
    expect(await evaluateRun(id)).toMatchObject({ ok: true });
    expect(project().openings).toHaveLength(6);
    expect(getState().notices).toEqual([]);
  });

  it('is asked about once before a comparison; a no teaches nothing, a yes examines every run', async () => {
    await opened(4);
    const refused = runComparison([settings, settings]);
    await expect.poll(asked).toMatchObject({ opened: 4, more: 2 });
    asked()?.answer(false);
    await refused;
    expect(project().runs).toHaveLength(4);
    const agreed = runComparison([settings, settings]);
    await expect.poll(asked).not.toBeNull();
    asked()?.answer(true);
    await agreed;
    expect(asked()).toBeNull();
    expect(project().runs).toHaveLength(6);
    expect(Object.keys(project().reports)).toHaveLength(6);
    expect(getState().notices).toEqual([]);
  });

  it('takes the question back when what asked is cancelled', async () => {
    await opened(5);
    const running = runComparison([settings]);
    await expect.poll(asked).not.toBeNull();
    cancelTask('compare');
    await running;
    expect(asked()).toBeNull();
    expect(project().runs).toHaveLength(5);
  });
});
