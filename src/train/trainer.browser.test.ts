import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainEvent } from '../core/run.ts';
import type { TrainSettings } from '../core/train-settings.ts';
import { DEFAULT_TRAIN_SETTINGS } from '../core/train-settings.ts';
import { asImageTrunk, towards } from '../graph/image-trunk.ts';
import { ModelNetwork } from '../graph/model-network.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import { openBackend } from '../runtime/backends.ts';
import { toyMobileNet } from '../testing/toy-model.ts';
import { createToyPixels } from '../testing/toy-pixels.ts';
import { createToyTrunk } from '../testing/toy-trunk.ts';
import { createFeatureCache } from './feature-cache.ts';
import { createFeatureExtractor } from './features.ts';
import { fromScratch } from './presets.ts';
import { createTrainControl } from './train-control.ts';
import type { TrainOutcome, TrainTask } from './train-task.ts';
import { trainModel } from './trainer.ts';

beforeAll(() => openBackend('cpu'));

const samples = (from: number, to: number) =>
  [0, 1, 2].flatMap((label) =>
    Array.from({ length: to - from }, (_, i) => {
      const id = `${label}/${from + i}`;
      return { id, contentHash: id, label };
    }),
  );

function taskOf(
  settings: Partial<TrainSettings>,
  extra: Partial<TrainTask> = {},
  network: TrunkNetwork = createToyTrunk(),
) {
  const pixels = createToyPixels();
  const extractor = createFeatureExtractor({
    modelId: 'toy',
    network,
    pixels,
    cache: createFeatureCache({ budgetBytes: 1e7 }),
  });
  const task: TrainTask = {
    extractor,
    settings: {
      ...DEFAULT_TRAIN_SETTINGS,
      epochs: 4,
      batchSize: 8,
      headLearningRate: 0.01,
      trunkLearningRate: 0.01,
      ...settings,
    },
    classes: 3,
    train: samples(0, 10),
    validation: samples(10, 14),
    control: createTrainControl(),
    signal: new AbortController().signal,
    ...extra,
  };
  return { task, pixels, network };
}

async function run(
  task: TrainTask,
  onEvent: (event: TrainEvent) => void = () => undefined,
): Promise<TrainOutcome> {
  const generator = trainModel(task);
  for (;;) {
    const next = await generator.next();
    if (next.done === true) return next.value;
    onEvent(next.value);
  }
}

function correlation(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, one, at) => sum + one * (y[at] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

const PLANS = [{ kind: 'head' }, { kind: 'last', blocks: 1 }, { kind: 'all' }] as const;

describe('trainModel', () => {
  it.each(PLANS)('learns and repeats itself with the same seed: $kind', async (open) => {
    const first = await run(taskOf({ open }).task);
    const second = await run(taskOf({ open }).task);
    expect(first.status).toBe('done');
    expect(first.epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4]);
    expect(first.epochs.at(-1)!.trainLoss).toBeLessThan(first.epochs[0]!.trainLoss);
    const losses = (outcome: TrainOutcome) =>
      outcome.epochs.map(({ trainLoss, validationLoss }) => [trainLoss, validationLoss]);
    expect(losses(second)).toEqual(losses(first));
    const other = await run(taskOf({ open, seed: 8 }).task);
    expect(losses(other)).not.toEqual(losses(first));
  });

  it.each(PLANS)('leaks no tensor: $kind', async (open) => {
    const { task, network } = taskOf({ open, epochs: 25 });
    const before = tf.memory().numTensors;
    await run(task); // 25 epochs of 4 steps
    expect(tf.memory().numTensors).toBe(before);
    network.dispose();
  });

  it('begins with random weights where it is told to, and learns', async () => {
    const graph = asImageTrunk(toyMobileNet(8, [2, 1, 1, 1, 1, 1]), {
      inputSize: 8,
      ...towards([-1, 1]),
      featureAxes: 4,
    });
    const network = new ModelNetwork(graph);
    const { task } = taskOf(
      { ...fromScratch(DEFAULT_TRAIN_SETTINGS), epochs: 12, batchSize: 8, trunkLearningRate: 0.01 },
      {},
      network,
    );
    const before = tf.memory().numTensors;
    const outcome = await run(task);
    expect(tf.memory().numTensors).toBe(before);
    // Nothing is known at first: three classes, each as likely.
    expect(outcome.epochs[0]!.trainLoss).toBeCloseTo(Math.log(3), 5);
    expect(outcome.epochs.at(-1)!.trainLoss).toBeLessThan(0.9 * Math.log(3));
    const known = [...(outcome.weights.trunk ?? [])].filter(
      ([name]) => graph.parameters.get(name)?.role === 'weight',
    );
    expect(known.length).toBeGreaterThan(3);
    for (const [name, { data }] of known) {
      const own = graph.parameters.get(name)!.data as Float32Array;
      // As far from the pre-trained values as one random draw is from another.
      expect(correlation(data, own), name).toBeLessThan(0.9);
    }
    network.dispose();
  });

  it('keeps the weights of the best epoch, not of the last', async () => {
    const kept: number[] = [];
    const { task } = taskOf({ open: { kind: 'all' }, trunkLearningRate: 0.2, epochs: 6 });
    const outcome = await run({
      ...task,
      onBest: async (_, __, epoch) => Promise.resolve(void kept.push(epoch)),
    });
    const best = outcome.epochs.reduce((a, b) => (b.validationLoss! < a.validationLoss! ? b : a));
    expect(outcome.bestEpoch).toBe(best.epoch);
    expect(kept.at(-1)).toBe(best.epoch);
  });

  it('computes each feature once, and again for no later run', async () => {
    const { task, pixels } = taskOf({ open: { kind: 'last', blocks: 1 } });
    await run(task);
    expect(pixels.asked).toHaveLength(42);
    await run(task);
    await run({ ...task, settings: { ...task.settings, open: { kind: 'head' } } });
    expect(pixels.asked).toHaveLength(42);
  });

  it('augments training pictures only', async () => {
    const augmentation = { flip: true, crop: 0.2, rotateDegrees: 5, colour: 0.1, variants: 2 };
    const { task, pixels } = taskOf({ augmentation });
    await run(task);
    const times = (id: string) => pixels.asked.filter((one) => one === id).length;
    expect(task.train.map(({ id }) => times(id))).toEqual(task.train.map(() => 3));
    expect(task.validation.map(({ id }) => times(id))).toEqual(task.validation.map(() => 1));
  });

  it('draws new variants each epoch when nothing is frozen', async () => {
    const augmentation = { flip: true, crop: 0.2, rotateDegrees: 5, colour: 0.1, variants: 1 };
    const { task, pixels } = taskOf({ open: { kind: 'all' }, augmentation, epochs: 3 });
    await run(task);
    expect(pixels.asked.filter((one) => one === '0/0')).toHaveLength(1 + 3);
  });

  it('records the ids it saw, which are the training ids and no other', async () => {
    const { task } = taskOf({});
    const { seenIds } = await run(task);
    expect(new Set(seenIds)).toEqual(new Set(task.train.map(({ id }) => id)));
    expect(task.validation.filter(({ id }) => seenIds.includes(id))).toEqual([]);
  });

  it.each(PLANS)('stops in the middle of an epoch and keeps the best so far: $kind', async (open) => {
    const { task } = taskOf({ open, epochs: 1000 });
    const outcome = await run(task, (event) => {
      if (event.kind === 'epoch' && event.log.epoch === 2) task.control.stop();
    });
    expect(outcome.status).toBe('stopped');
    expect(outcome.epochs).toHaveLength(3);
  });

  it('waits while paused, and stop ends a pause', async () => {
    const { task } = taskOf({ open: { kind: 'all' } });
    const events: string[] = [];
    const outcome = await run(task, (event) => {
      if (event.kind === 'epoch' && event.log.epoch === 1) task.control.pause();
      if (event.kind === 'paused') setTimeout(() => task.control.stop(), 20);
      events.push(event.kind);
    });
    expect(events.slice(-2)).toEqual(['paused', 'resumed']);
    expect(outcome.status).toBe('stopped');
  });

  it('says that it waits while pictures are still looked at, and goes on', async () => {
    const { task } = taskOf({ epochs: 1 });
    const events: string[] = [];
    const outcome = await run(task, (event) => {
      if (event.kind === 'features' && !events.includes('paused')) task.control.pause();
      if (event.kind === 'paused') setTimeout(() => task.control.resume(), 20);
      events.push(event.kind);
    });
    expect(events.indexOf('paused')).toBeGreaterThan(-1);
    expect(events.indexOf('resumed')).toBe(events.indexOf('paused') + 1);
    expect(outcome.epochs).toHaveLength(2);
  });

  it('is stopped while pictures are still looked at, with nothing learned', async () => {
    for (const paused of [false, true]) {
      const { task } = taskOf({ epochs: 1 });
      const before = tf.memory().numTensors;
      const stopped = run(task, (event) => {
        if (event.kind === 'features') task.control[paused ? 'pause' : 'stop']();
        if (event.kind === 'paused') setTimeout(() => task.control.stop(), 20);
      });
      await expect(stopped).rejects.toMatchObject({ code: 'stopped-early' });
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  it('ends with cancelled when it is aborted, without a leak', async () => {
    const controller = new AbortController();
    const { task } = taskOf({ open: { kind: 'all' } }, { signal: controller.signal });
    const before = tf.memory().numTensors;
    const outcome = run(task, (event) => {
      if (event.kind === 'epoch') controller.abort();
    });
    await expect(outcome).rejects.toMatchObject({ code: 'cancelled' });
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(PLANS)('names a loss that is not finite and keeps the state before it: $kind', async (open) => {
    const { task } = taskOf({
      open,
      optimizer: 'sgd',
      clipNorm: 0,
      headLearningRate: 1e30,
      trunkLearningRate: 1e30,
    });
    const outcome = await run(task);
    expect(outcome.status).toBe('failed');
    expect(outcome.failure).toMatchObject({ code: 'loss-not-finite' });
    expect(outcome.bestEpoch).toBe(0);
    expect(outcome.weights.head.weights.every(Number.isFinite)).toBe(true);
  });

  it('stops early when validation gets no better', async () => {
    const { task } = taskOf({ headLearningRate: 0.5, epochs: 200, patience: 2 });
    const outcome = await run(task);
    expect(outcome.status).toBe('early-stopped');
    expect(outcome.epochs.length - 1 - outcome.bestEpoch).toBe(2);
  });

  it('trains without a validation side and keeps the last epoch', async () => {
    const { task } = taskOf({}, { validation: [] });
    const outcome = await run(task);
    expect(outcome.bestEpoch).toBe(4);
    expect(outcome.epochs[4]).toMatchObject({ validationLoss: null, validationAccuracy: null });
  });
});
