import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_TRAIN_SETTINGS, EngineError, type EngineClient } from '../../src/index.ts';
import { createFakeClient, type FakeEngineOptions } from '../../src/testing/fake-engine.ts';
import { setConnection } from '../engine/engine-host.ts';
import { editDataset, importFiles, makeSplit, takeSampleSet, undo } from './data-actions.ts';
import { evaluateRun, predictFile } from './evaluate-actions.ts';
import { listModels, loadModel } from './model-actions.ts';
import { configure, openProject } from './project-actions.ts';
import { INITIAL_STATE } from './state.ts';
import { appStore, getState, setState } from './store.ts';
import { cancelTask } from './tasks.ts';
import { deleteRun, discardTraining, startTrainingRun, stopTraining } from './train-actions.ts';
import { setOpen } from './when-open.ts';

let client: EngineClient;

async function start(options: FakeEngineOptions = {}): Promise<void> {
  appStore.setState(INITIAL_STATE, true);
  client = createFakeClient(options);
  setConnection({ client, thread: 'worker' });
  await listModels();
  await openProject();
}

const project = () => {
  const { project: open } = getState();
  if (open === null) throw new Error('no project is open');
  return open;
};
const classes = ['Animals', 'Food', 'Vehicles', 'Faces'] as const;

beforeEach(() => start());
afterEach(() => {
  client.close();
});

describe('data actions', () => {
  it('mirror the sample set and take it back', async () => {
    const outcome = await takeSampleSet('emoji', classes);
    expect(outcome).toMatchObject({ ok: true, value: { accepted: 240 } });
    expect(project().dataset.samples.size).toBe(240);
    expect(project().undo.undo).toBe('add-samples');
    expect(await undo()).toBe(true);
    expect(project().dataset.samples.size).toBe(180);
  });

  it('keep what an import took in before it was cancelled, without a notice', async () => {
    await start({ stepMs: 15 });
    const file = new File(['x'], 'a.jpg');
    const files = Array.from({ length: 200 }, (_, index) => ({ path: `cat/${index}.jpg`, file }));
    const running = importFiles(files);
    await expect.poll(() => project().dataset.samples.size).toBeGreaterThan(0);
    expect(getState().tasks.import).toMatchObject({ unit: 'pictures', total: 200 });
    cancelTask('import');
    expect(await running).toMatchObject({ ok: false, cancelled: true });
    const taken = project().dataset.samples.size;
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(200);
    expect(getState().tasks.import).toBeUndefined();
    expect(getState().notices).toEqual([]);
  });

  it('deal the pictures of an import when all are there, and not while they arrive', async () => {
    let deals: number[] = [];
    await start({
      stepMs: 400,
      override: {
        'data.split': ({ settings }) => {
          const ids = [...project().dataset.samples.keys()];
          deals = [...deals, ids.length];
          return Promise.resolve({
            settings,
            train: ids,
            validation: [],
            test: [],
            hash: 'h',
            groupedSamples: 0,
          });
        },
      },
    });
    await takeSampleSet('emoji', classes);
    await expect.poll(() => project().split?.train.length, { timeout: 8_000 }).toBe(240);
    expect(deals).toEqual([240]);
  });

  it('say why a change could not be made', async () => {
    await start({
      override: { 'data.edit': () => Promise.reject(new EngineError('quota', 'The disk is full.')) },
    });
    expect(await editDataset({ kind: 'add-class', name: 'new' })).toBe(false);
    expect(getState().notices[0]).toMatchObject({ tone: 'error', body: { error: { code: 'quota' } } });
  });

  it('open the project anew when the mirror has lost step', async () => {
    await editDataset({ kind: 'add-class', name: 'one' });
    const open = project();
    setState({ project: { ...open, dataset: { ...open.dataset, revision: 40 } } });
    await editDataset({ kind: 'add-class', name: 'two' });
    await expect.poll(() => project().dataset.classes.map(({ name }) => name)).toEqual(['one', 'two']);
  });
});

describe('training actions', () => {
  const settings = { ...DEFAULT_TRAIN_SETTINGS, epochs: 3 };

  beforeEach(async () => {
    await takeSampleSet('emoji', classes);
    await makeSplit(project().settings.split);
  });

  it('fold the run, keep it and let it answer', async () => {
    const running = startTrainingRun(settings);
    expect(getState().training.status).toBe('running');
    const outcome = await running;
    expect(outcome).toMatchObject({ ok: true, value: { status: 'done', number: 1 } });
    expect(project().runs).toHaveLength(1);
    expect(project().activeRunId).toBe(project().runs[0]?.id);
    expect(getState().training.status).toBe('idle');
  });

  it('keep the best of a stopped run and nothing of a discarded one', async () => {
    await start({ stepMs: 15 });
    await takeSampleSet('emoji', classes);
    await makeSplit(project().settings.split);
    const stopped = startTrainingRun({ ...settings, epochs: 400 });
    await expect.poll(() => getState().training.epochs.length).toBeGreaterThan(1);
    await stopTraining();
    expect(await stopped).toMatchObject({ ok: true, value: { status: 'stopped' } });
    const discarded = startTrainingRun({ ...settings, epochs: 400 });
    await expect.poll(() => getState().training.epochs.length).toBeGreaterThan(1);
    discardTraining();
    expect(await discarded).toMatchObject({ ok: false, cancelled: true });
    expect(project().runs).toHaveLength(1);
    expect(getState().training.status).toBe('idle');
  });

  it('keep a report with its run and drop both together', async () => {
    await startTrainingRun(settings);
    const id = project().runs[0]?.id ?? '';
    expect(await evaluateRun(id)).toMatchObject({ ok: true });
    expect(project().reports[id]?.total).toBe(project().split?.test.length);
    await deleteRun(id);
    expect(project().runs).toEqual([]);
    expect(project().reports).toEqual({});
    expect(project().activeRunId).toBeNull();
  });
});

describe('while there is no engine', () => {
  beforeEach(() => {
    setOpen(false);
    setConnection(null);
  });

  it('a file to be answered waits for the next one, and can be taken back', async () => {
    const file = new File(['x'], 'a.jpg');
    const waiting = predictFile(file, { signal: new AbortController().signal });
    const unwanted = new AbortController();
    const takenBack = predictFile(file, { signal: unwanted.signal });
    unwanted.abort();
    await expect(takenBack).rejects.toMatchObject({ name: 'AbortError' });
    let asked = 0;
    const answered = new EngineError('file-empty', 'It holds nothing.');
    await start({
      override: {
        'predict.file': () => {
          asked += 1;
          return Promise.reject(answered);
        },
      },
    });
    setOpen(true);
    await expect(waiting).rejects.toMatchObject({ code: 'file-empty' });
    expect(asked).toBe(1);
  });

  it('what cannot wait is said to have come too early, and not said twice where the banner says more', async () => {
    setState({ engine: { status: 'starting', thread: 'worker', error: null } });
    expect(await takeSampleSet('emoji', classes)).toMatchObject({ ok: false, cancelled: false });
    expect(getState().notices).toMatchObject([{ body: { message: { key: 'common:notices.starting' } } }]);
    setState({ notices: [], engine: { status: 'dead', thread: 'worker', error: null } });
    await takeSampleSet('emoji', classes);
    expect(getState().notices).toEqual([]);
  });
});

describe('model and project actions', () => {
  it('keep the model that was there when another cannot be loaded', async () => {
    expect(await loadModel('no-such-model')).toBe(false);
    expect(getState().model?.card.id).toBe('mobilenet-v3-small');
    expect(getState().modelError).toMatchObject({ modelId: 'no-such-model', error: { code: 'not-found' } });
  });

  it('show a setting at once and keep the time it was saved', async () => {
    const saving = configure({ name: 'Fruit or not' });
    expect(project().settings.name).toBe('Fruit or not');
    await saving;
    expect(project().savedAtMs).toBe(0);
  });

  it('send the first and the last of many quick changes of settings, and not those between', async () => {
    const sent: string[] = [];
    await start({
      override: {
        'project.configure': ({ settings }) => {
          sent.push(settings.name);
          return Promise.resolve({ savedAtMs: sent.length });
        },
      },
    });
    await Promise.all(['a', 'ab', 'abc', 'abcd'].map((name) => configure({ name })));
    expect(sent).toEqual(['a', 'abcd']);
    expect(project().savedAtMs).toBe(2);
    await configure({ name: 'later' });
    expect(sent).toEqual(['a', 'abcd', 'later']);
  });
});
