import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_TRAIN_SETTINGS } from '../core/train-settings.ts';
import { openBackend } from '../runtime/backends.ts';
import { fill, settings, startToyEngine } from '../testing/toy-engine.ts';
import { decodeRun } from '../train/run-weights.ts';

let engine: ReturnType<typeof startToyEngine>;
beforeEach(async () => {
  await openBackend('cpu');
  engine = startToyEngine();
});
afterEach(() => engine.client.close());

describe('the engine', () => {
  it.each([{ kind: 'head' }, { kind: 'last', blocks: 1 }, { kind: 'all' }] as const)(
    'trains, stores, evaluates on unseen ids only and predicts: $kind',
    async (open) => {
      const { client, session } = engine;
      await fill(client, 3, 20);
      const run = await client.call('train.start', { settings: settings({ open }) });
      expect(run).toMatchObject({ status: 'done', number: 1, backend: 'webgpu' });
      const report = await client.call('evaluate.run', { runId: run.id, side: 'test' });
      const split = session.data.split()!;
      expect(report.predictions.map(({ id }) => id).sort()).toEqual([...split.test].sort());
      expect(report.splitHash).toBe(split.hash);
      expect(report.accuracy).toBeGreaterThan(0.8);
      const bitmap = await createImageBitmap(new ImageData(2, 2));
      const answer = await client.call('predict.bitmap', { bitmap });
      expect(answer.speaker).toEqual({ kind: 'run', runId: run.id, bestEpoch: run.bestEpoch });
      expect(answer.probabilities.indexOf(Math.max(...answer.probabilities))).toBe(2);
      expect(answer.probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      const snapshot = await client.call('project.open', {});
      expect(snapshot).toMatchObject({
        activeRunId: run.id,
        runs: [{ id: run.id }],
        reports: { [run.id]: report },
      });
    },
  );

  it('opens the test set to five runs, and to more when that is confirmed', async () => {
    const { client, session } = engine;
    await fill(client, 3, 20);
    const examine = async (runId: string, confirmed?: boolean) =>
      client.call('evaluate.run', { runId, side: 'test', ...(confirmed !== undefined && { confirmed }) });
    const runs = [];
    for (let at = 0; at < 6; at++) {
      runs.push((await client.call('train.start', { settings: settings({ epochs: 1 }) })).id);
      if (at < 5) await examine(runs[at]!);
    }
    const [first = '', sixth = ''] = [runs[0], runs[5]];
    await expect(examine(sixth)).rejects.toMatchObject({
      code: 'test-set-sealed',
      detail: { opened: 5, free: 5 },
    });
    expect(session.snapshot().reports[sixth]).toBeUndefined();
    // The validation side is there to be looked at, and the first run has looked already.
    await client.call('evaluate.run', { runId: sixth, side: 'validation' });
    await examine(first);
    await client.call('runs.delete', { runId: first });
    await expect(examine(sixth, false)).rejects.toMatchObject({ code: 'test-set-sealed' });
    expect((await examine(sixth, true)).runId).toBe(sixth);
    const { openings } = await client.call('project.open', {});
    expect(openings.map(({ runId }) => runId)).toEqual(runs);
  });

  it.each([{ kind: 'head' }, { kind: 'last', blocks: 1 }] as const)(
    'saw no evaluated id in any batch: $kind',
    async (open) => {
      const { client, session } = engine;
      await fill(client, 3, 20);
      const change = {
        open,
        augmentation: { ...DEFAULT_TRAIN_SETTINGS.augmentation, flip: true, variants: 2 },
      };
      const run = await client.call('train.start', { settings: settings(change) });
      const blob = await session.readRunWeights(run.id);
      const { seenIds } = await decodeRun(new Uint8Array(await blob.arrayBuffer()));
      expect([...seenIds].sort()).toEqual([...session.data.split()!.train].sort());
      for (const side of ['validation', 'test'] as const) {
        const { predictions } = await client.call('evaluate.run', { runId: run.id, side });
        expect(predictions.length).toBeGreaterThan(0);
        expect(predictions.filter(({ id }) => seenIds.includes(id))).toEqual([]);
      }
    },
  );

  it.each([{ kind: 'head' }, { kind: 'last', blocks: 1 }] as const)(
    'calibrates a run and keeps what it found with it: $kind',
    async (open) => {
      const { client, session } = engine;
      await fill(client, 3, 40);
      const run = await client.call('train.start', { settings: settings({ open }) });
      const before = await client.call('evaluate.run', { runId: run.id, side: 'test' });
      const { calibration } = await client.call('calibrate.run', { runId: run.id });
      const { split } = await client.call('project.open', {});
      expect(calibration).toMatchObject({
        samples: split!.validation.length,
        splitHash: split!.hash,
        abstainBelow: 0,
      });
      expect(calibration!.noveltyThreshold).toBeGreaterThan(0);
      // The array of predictions stays as the model learned: what is calibrated is derived from it.
      const after = await client.call('evaluate.run', { runId: run.id, side: 'test' });
      expect(after.predictions).toEqual(before.predictions);
      const ask = async (width: number) =>
        client.call('predict.bitmap', { bitmap: await createImageBitmap(new ImageData(width, 1)) });
      const known = await ask(2);
      expect(known.novelty).toBeLessThan(2);
      const closed = await client.call('calibrate.abstain', { runId: run.id, below: 1 });
      expect(closed.calibration).toEqual({ ...calibration, abstainBelow: 1 });
      const held = await ask(2);
      // A toy may be certain to the last digit; nothing is above that.
      expect(held.doubt !== undefined || Math.max(...held.probabilities) === 1).toBe(true);
      client.close();
      engine = startToyEngine(session);
      expect((await engine.client.call('project.open', {})).runs[0]!.calibration).toEqual(closed.calibration);
      const again = await engine.client.call('predict.bitmap', {
        bitmap: await createImageBitmap(new ImageData(2, 1)),
      });
      expect(again.novelty).toBeCloseTo(known.novelty!, 5);
    },
  );

  it('draws a learning curve on the whole exam, and nothing of it is kept; it can be cancelled', async () => {
    const { client, session } = engine;
    await fill(client, 2, 40);
    const curve = await client.call('evaluate.learningCurve', { seed: 1 });
    const { test, train } = session.data.split()!;
    expect(curve.truth).toHaveLength(test.length);
    expect(curve.points.map(({ fraction, repeats }) => [fraction, repeats.length])).toEqual([
      [0.1, 6],
      [0.25, 5],
      [0.5, 4],
      [1, 1],
    ]);
    const [whole] = curve.points.at(-1)!.repeats;
    expect(whole!.samples.reduce((a, b) => a + b, 0)).toBe(train.length);
    expect(whole!.right.filter(Boolean).length / test.length).toBeGreaterThan(0.8);
    expect(await client.call('evaluate.learningCurve', { seed: 1 })).toEqual(curve);
    expect((await client.call('project.open', {})).runs).toEqual([]);
    const controller = new AbortController();
    const cancelled = client.call(
      'evaluate.learningCurve',
      { seed: 2 },
      { signal: controller.signal, onEvent: () => controller.abort() },
    );
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('counts words in texts only', async () => {
    const { client } = engine;
    await fill(client, 2, 20);
    await expect(client.call('evaluate.baseline', { seed: 1 })).rejects.toMatchObject({
      code: 'model-unsupported',
      detail: { kind: 'picture' },
    });
  });

  it('gives the same probabilities after a restart', async () => {
    const { client, session } = engine;
    await fill(client, 2, 20);
    const run = await client.call('train.start', {
      settings: settings({ open: { kind: 'last', blocks: 1 } }),
    });
    const before = await client.call('evaluate.run', { runId: run.id, side: 'test' });
    client.close();
    engine = startToyEngine(session);
    const after = await engine.client.call('evaluate.run', { runId: run.id, side: 'test' });
    expect(after.predictions).toEqual(before.predictions);
  });

  it('refuses to test a run on pictures that it learned from', async () => {
    const { client } = engine;
    await fill(client, 2, 20);
    const run = await client.call('train.start', { settings: settings({}) });
    await client.call('data.split', { settings: { validation: 0.2, test: 0.4, seed: 99 }, fresh: true });
    const report = client.call('evaluate.run', { runId: run.id, side: 'test' });
    await expect(report).rejects.toMatchObject({ code: 'not-ready', detail: { run: 1 } });
  });

  it('has an instant head as soon as two classes have three pictures', async () => {
    const { client } = engine;
    await fill(client, 2, 2);
    expect(await client.call('instant.update', {})).toMatchObject({ ready: false });
    const early = client.call('predict.bitmap', { bitmap: await createImageBitmap(new ImageData(1, 1)) });
    await expect(early).rejects.toMatchObject({ code: 'not-ready' });
    await fill(client, 2, 1);
    expect(await client.call('instant.update', {})).toMatchObject({ ready: true, samples: 6 });
    const answer = await client.call('predict.bitmap', {
      bitmap: await createImageBitmap(new ImageData(1, 1)),
    });
    expect(answer.speaker).toEqual({ kind: 'instant' });
    expect(answer.classIds).toHaveLength(2);
  });

  it('refuses to train one class, or nothing, and says so', async () => {
    const { client } = engine;
    const nothing = client.call('train.start', { settings: settings({}) });
    await expect(nothing).rejects.toMatchObject({ code: 'too-few-samples' });
    await fill(client, 1, 5);
    await expect(client.call('train.start', { settings: settings({}) })).rejects.toMatchObject({
      code: 'too-few-classes',
    });
  });

  it('stops on request and keeps the best so far; an aborted run leaves nothing', async () => {
    const { client } = engine;
    await fill(client, 2, 20);
    const stopped = client.call(
      'train.start',
      { settings: settings({ open: { kind: 'all' }, epochs: 10_000, patience: 0 }) },
      {
        onEvent: (event) =>
          void (event.kind === 'epoch' && event.log.epoch === 2 && client.call('train.stop', {})),
      },
    );
    expect(await stopped).toMatchObject({ status: 'stopped' });
    const controller = new AbortController();
    const discarded = client.call(
      'train.start',
      { settings: settings({ open: { kind: 'all' }, epochs: 10_000, patience: 0 }) },
      { signal: controller.signal, onEvent: (event) => event.kind === 'epoch' && controller.abort() },
    );
    await expect(discarded).rejects.toMatchObject({ code: 'cancelled' });
    await vi.waitFor(async () => expect((await client.call('project.open', {})).runs).toHaveLength(1));
  });

  it('keeps the best state of a run whose loss is no number, as failed', async () => {
    const { client } = engine;
    await fill(client, 2, 10);
    const run = client.call('train.start', {
      settings: settings({ optimizer: 'sgd', headLearningRate: 1e30, clipNorm: 0 }),
    });
    await expect(run).rejects.toMatchObject({ code: 'loss-not-finite' });
    const { runs } = await client.call('project.open', {});
    expect(runs).toMatchObject([{ status: 'failed', bestEpoch: 0 }]);
    expect((await client.call('evaluate.run', { runId: runs[0]!.id, side: 'test' })).total).toBeGreaterThan(
      0,
    );
  });

  it('answers only the newest of many live pictures', async () => {
    const { client } = engine;
    await fill(client, 2, 5);
    await client.call('instant.update', {});
    const bitmaps = await Promise.all(
      [1, 1, 1, 1, 2].map((width) => createImageBitmap(new ImageData(width, 1))),
    );
    const answers = await Promise.allSettled(
      bitmaps.map((bitmap) => client.call('predict.bitmap', { bitmap })),
    );
    expect(answers.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(answers[2]).toMatchObject({ reason: { code: 'cancelled' } });
  });

  it('measures once per device and takes the kept result at the next start', async () => {
    const first = await engine.client.call('device.probe', { modelId: 'toy', backend: 'auto' });
    await engine.client.call('device.probe', { modelId: 'toy', backend: 'auto' });
    engine.client.close();
    const { session } = engine;
    engine = startToyEngine(session);
    const second = await engine.client.call('device.probe', { modelId: 'toy', backend: 'auto' });
    expect(engine.probed).toEqual([]);
    expect(second.probedAtMs).toBe(first.probedAtMs);
    await engine.client.call('device.probe', { modelId: 'toy', backend: 'auto', refresh: true });
    expect(engine.probed).toHaveLength(1);
    const chosen = await engine.client.call('device.probe', { modelId: 'toy', backend: 'wasm' });
    expect(chosen).toMatchObject({ backend: 'wasm', chosenBy: 'person' });
  });

  it('goes on with what it had after a back-end that was asked for does not work', async () => {
    const { client, probed } = engine;
    await client.call('device.probe', { modelId: 'toy', backend: 'auto' });
    await expect(client.call('device.probe', { modelId: 'toy', backend: 'webgl' })).rejects.toThrow(
      'no WebGL',
    );
    await fill(client, 2, 8);
    const { status } = await client.call('train.start', { settings: settings({ open: { kind: 'head' } }) });
    expect(status).toBe('done');
    expect(probed.length).toBe(2);
  });

  it('estimates parameters, time and memory of a plan', async () => {
    const { client } = engine;
    await fill(client, 2, 20);
    const head = await client.call('train.estimate', { settings: settings({ open: { kind: 'head' } }) });
    const all = await client.call('train.estimate', { settings: settings({ open: { kind: 'all' } }) });
    expect(head).toMatchObject({ trainableParameters: 18, totalParameters: 78 + 200 + 18 });
    expect(all.trainableParameters).toBe(all.totalParameters);
    expect(all.seconds).toBeGreaterThan(head.seconds);
  });

  it('leaves no tensor behind but the loaded trunks', async () => {
    const { client } = engine;
    await fill(client, 2, 10);
    await client.call('train.start', { settings: settings({}) });
    const { tensors } = await client.call('device.memory', {});
    for (let i = 0; i < 3; i++) {
      const run = await client.call('train.start', { settings: settings({ open: { kind: 'all' } }) });
      await client.call('evaluate.run', { runId: run.id, side: 'test' });
      await client.call('runs.delete', { runId: run.id });
    }
    expect(await client.call('device.memory', {})).toMatchObject({ tensors });
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
