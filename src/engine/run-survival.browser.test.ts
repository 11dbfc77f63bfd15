import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EngineError } from '../core/errors.ts';
import type { TrainEvent } from '../core/run.ts';
import { openBackend } from '../runtime/backends.ts';
import { fill, settings, startToyEngine } from '../testing/toy-engine.ts';
import { reasonOf } from './run-survival.ts';

let engine: ReturnType<typeof startToyEngine>;
beforeEach(async () => {
  await openBackend('cpu');
  engine = startToyEngine();
});
afterEach(() => engine.client.close());

test('carries a run through the loss of its device: half the batch, another back-end, told', async () => {
  const { client, probed, lose } = engine;
  await fill(client, 2, 20);
  const events: TrainEvent[] = [];
  const run = await client.call(
    'train.start',
    { settings: settings({ open: { kind: 'all' }, epochs: 6, patience: 0 }) },
    {
      onEvent(event) {
        events.push(event);
        if (event.kind === 'epoch' && event.log.epoch === 1 && probed.length === 1) lose('webgpu');
      },
    },
  );
  expect(probed).toEqual([
    ['webgpu', 'webgl', 'wasm', 'cpu'],
    ['webgl', 'wasm', 'cpu'],
  ]);
  expect(events.filter(({ kind }) => kind === 'rescued')).toEqual([
    { kind: 'rescued', reason: 'device-lost', epoch: 1, batchSize: 8, rateFactor: 1, backend: 'webgl' },
  ]);
  expect(run).toMatchObject({ status: 'done', backend: 'webgl', number: 1 });
  expect(run.epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  const { runs } = await client.call('project.open', {});
  expect(runs.map(({ status }) => status)).toEqual(['done']);
});

test('goes on in another thread where the first one was cut off, and leaves no checkpoint behind', async () => {
  const { client, session } = engine;
  await fill(client, 2, 20);
  const change = settings({ open: { kind: 'last', blocks: 1 }, epochs: 4, patience: 0 });
  const whole = await client.call('train.start', { settings: change });
  const cut = client.call(
    'train.start',
    { settings: change },
    { onEvent: (event) => void (event.kind === 'epoch' && client.call('train.pause', {})) },
  );
  await vi.waitFor(async () => expect(await client.call('train.unfinished', {})).not.toBeNull());
  client.close();
  await expect(cut).rejects.toMatchObject({ code: 'cancelled' });
  engine = startToyEngine(session);
  const unfinished = await engine.client.call('train.unfinished', {});
  expect(unfinished).toMatchObject({ number: 2, epoch: 1, epochs: 4, stale: false });
  const run = await engine.client.call('train.continue', { runId: unfinished!.runId });
  const losses = ({ epochs }: typeof run) => epochs.map((one) => [one.trainLoss, one.validationLoss]);
  expect(losses(run)).toEqual(losses(whole));
  expect(run).toMatchObject({ status: 'done', number: 2 });
  expect(await engine.client.call('train.unfinished', {})).toBeNull();
  expect(await session.store.list('checkpoints')).toEqual([]);
});

test('keeps the latest checkpoint of a run whose result a full disk refuses, and goes on once there is room', async () => {
  const { client, session } = engine;
  await fill(client, 2, 20);
  const { store } = session;
  const write = store.write.bind(store);
  const change = settings({ open: { kind: 'last', blocks: 1 }, epochs: 4, patience: 0 });
  const refused = client.call(
    'train.start',
    { settings: change },
    {
      onEvent(event) {
        // The first checkpoint is there before the first epoch is told.
        if (event.kind === 'epoch' && event.log.epoch === 2)
          store.write = () => Promise.reject(new EngineError('quota', 'No room left.'));
      },
    },
  );
  await expect(refused).rejects.toMatchObject({ code: 'quota' });
  store.write = write;
  const unfinished = await client.call('train.unfinished', {});
  expect(unfinished).toMatchObject({ number: 1, stale: false });
  const run = await client.call('train.continue', { runId: unfinished!.runId });
  expect(run).toMatchObject({ status: 'done', number: 1 });
  expect(run.epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4]);
});

describe('when memory runs out in a step', () => {
  /** A run in which matrix products fail at the given ones of the pictures that it has learned from in epochs. */
  async function starved(failsAt: readonly number[]) {
    const { client, probed } = engine;
    await fill(client, 2, 20);
    const events: TrainEvent[] = [];
    let epochs = 0;
    let starve = false;
    const backend = tf.backend();
    const write = backend.write.bind(backend);
    vi.spyOn(backend, 'write').mockImplementation((...values) => {
      if (!starve) return write(...values);
      starve = false;
      throw new RangeError('Array buffer allocation failed');
    });
    const run = await client.call(
      'train.start',
      { settings: settings({ open: { kind: 'all' }, epochs: 6, patience: 0, batchSize: 16 }) },
      {
        onEvent(event) {
          events.push(event);
          if (event.kind === 'epoch' && failsAt.includes(epochs++)) starve = true;
        },
      },
    );
    vi.restoreAllMocks();
    return { run, probed, rescues: events.filter(({ kind }) => kind === 'rescued') };
  }

  test('the run goes back with half the batch, on the same back-end', async () => {
    const { run, probed, rescues } = await starved([2]);
    expect(rescues).toMatchObject([{ reason: 'out-of-memory', batchSize: 8, backend: 'webgpu' }]);
    expect(probed).toHaveLength(1);
    expect(run).toMatchObject({ status: 'done', backend: 'webgpu' });
    expect(run.epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('and when it runs out again, on the next back-end', async () => {
    const { run, probed, rescues } = await starved([2, 5]);
    expect(rescues).toMatchObject([
      { reason: 'out-of-memory', batchSize: 8, backend: 'webgpu' },
      { reason: 'out-of-memory', batchSize: 4, backend: 'webgl' },
    ]);
    expect(probed).toEqual([
      ['webgpu', 'webgl', 'wasm', 'cpu'],
      ['webgl', 'wasm', 'cpu'],
    ]);
    expect(run).toMatchObject({ status: 'done', backend: 'webgl' });
  });
});

describe('the reason for which a run can be carried on', () => {
  test.each([
    ['V8, a buffer', () => new Float32Array(2 ** 53 - 1)],
    ['WebAssembly, its memory', () => new WebAssembly.Memory({ initial: 65_536, maximum: 65_536 }).grow(1)],
  ])('is read from what the browser itself throws: %s', (_what, allocate) => {
    let thrown: unknown = null;
    try {
      allocate();
    } catch (error) {
      thrown = error;
    }
    expect(reasonOf(thrown)).toBe('out-of-memory');
  });

  test('is none for anything else', () => {
    expect(reasonOf(new TypeError('x is not a function'))).toBeNull();
    expect(reasonOf(new EngineError('cancelled', 'out of memory'))).toBeNull();
    expect(reasonOf(new EngineError('device-lost', ''))).toBe('device-lost');
  });
});
