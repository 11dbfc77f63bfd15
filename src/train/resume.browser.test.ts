import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { TrainEvent } from '../core/run.ts';
import type { OpenPlan, TrainSettings } from '../core/train-settings.ts';
import { DEFAULT_TRAIN_SETTINGS } from '../core/train-settings.ts';
import { openBackend } from '../runtime/backends.ts';
import { createToyPixels } from '../testing/toy-pixels.ts';
import { createToyTrunk } from '../testing/toy-trunk.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-file.ts';
import type { TrainCheckpoint } from './checkpoint.ts';
import { createFeatureCache } from './feature-cache.ts';
import { createFeatureExtractor } from './features.ts';
import { createTrainControl, type TrainControl } from './train-control.ts';
import type { TrainOutcome, TrainTask } from './train-task.ts';
import { trainModel } from './trainer.ts';

const samples = (from: number, to: number) =>
  [0, 1, 2].flatMap((label) =>
    Array.from({ length: to - from }, (_, i) => {
      const id = `${label}/${from + i}`;
      return { id, contentHash: id, label };
    }),
  );

/** A run in a thread of its own: nothing is shared with another one. */
async function run(
  settings: Partial<TrainSettings>,
  extra: Partial<TrainTask> = {},
  onEvent: (event: TrainEvent) => void = () => undefined,
): Promise<TrainOutcome> {
  const network = createToyTrunk();
  const extractor = createFeatureExtractor({
    modelId: 'toy',
    network,
    pixels: createToyPixels(),
    cache: createFeatureCache({ budgetBytes: 1e7 }),
  });
  const generator = trainModel({
    extractor,
    settings: { ...DEFAULT_TRAIN_SETTINGS, epochs: 4, batchSize: 7, patience: 0, ...settings },
    classes: 3,
    train: samples(0, 10),
    validation: samples(10, 14),
    control: createTrainControl(),
    signal: new AbortController().signal,
    ...extra,
  });
  try {
    for (;;) {
      const next = await generator.next();
      if (next.done === true) return next.value;
      onEvent(next.value);
    }
  } finally {
    network.dispose();
  }
}

/** 30 samples in batches of 7. */
const STEPS_PER_EPOCH = 5;

/** Pauses for a moment before a step, which takes a checkpoint there. Steps count from 0, once `begin` was called. */
function pausingAt(step: number): TrainControl & { begin: () => void } {
  const control = createTrainControl();
  let counting = false;
  // Asked twice before each step, and once at the end of each epoch, of which the first has no steps.
  const question = 1 + 2 * step + Math.floor(step / STEPS_PER_EPOCH);
  let asked = 0;
  return {
    ...control,
    begin() {
      counting = true;
    },
    state: () => (counting && asked++ === question ? 'pause' : 'run'),
    gate: () => Promise.resolve(),
  };
}

/** The checkpoint that a run takes before a step, through its file. */
async function checkpointAt(step: number, settings: Partial<TrainSettings>): Promise<TrainCheckpoint> {
  const at = { epoch: 1 + Math.floor(step / STEPS_PER_EPOCH), offset: 7 * (step % STEPS_PER_EPOCH) };
  const taken: TrainCheckpoint[] = [];
  const control = pausingAt(step);
  await run(settings, { control, onCheckpoint: (one) => Promise.resolve(void taken.push(one)) }, (event) => {
    // While pictures are looked at it is asked as well.
    if (event.kind === 'stage' && event.stage === 'training') control.begin();
  });
  const bytes = await encodeCheckpoint({
    sequence: 1,
    savedAtMs: 0,
    batchSize: 7,
    // Others are taken by the clock.
    checkpoint: taken.find(({ epoch, offset }) => epoch === at.epoch && offset === at.offset)!,
  });
  return (await decodeCheckpoint(bytes)).checkpoint;
}

/** All but how long it took. */
const without = (outcome: TrainOutcome) => ({
  ...outcome,
  seconds: null,
  epochs: outcome.epochs.map((log) => ({ ...log, elapsedMs: 0 })),
  seenIds: [...outcome.seenIds].sort(),
});

const augmentation = { flip: true, crop: 0.2, rotateDegrees: 5, colour: 0.1, variants: 2 };
const CASES: readonly (readonly [string, Partial<TrainSettings>])[] = [
  ['the head, AdamW', { open: { kind: 'head' } }],
  ['the head, SGD', { open: { kind: 'head' }, optimizer: 'sgd' }],
  [
    'one block, AdamW',
    { open: { kind: 'last', blocks: 1 }, headLearningRate: 0.01, trunkLearningRate: 0.01 },
  ],
  ['everything, SGD, augmented', { open: { kind: 'all' }, optimizer: 'sgd', augmentation }],
];

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  it.each(CASES)('goes on bit for bit as if nothing had happened: %s', async (_what, settings) => {
    await openBackend(backend);
    const undisturbed = without(await run(settings));
    // In the middle of the first epoch, of the third, and at the start of the last.
    for (const step of [3, 12, 15]) {
      const checkpoint = await checkpointAt(step, settings);
      expect(without(await run(settings, { checkpoint }))).toEqual(undisturbed);
    }
  });
});

it('refuses a checkpoint that is cut or changed, wherever', async () => {
  await openBackend('cpu');
  const checkpoint = await checkpointAt(3, { open: { kind: 'last', blocks: 1 } });
  const bytes = await encodeCheckpoint({ sequence: 1, savedAtMs: 0, batchSize: 7, checkpoint });
  for (let i = 0; i < 40; i++) {
    const at = Math.floor((bytes.length * i) / 40);
    await expect(decodeCheckpoint(bytes.slice(0, at))).rejects.toMatchObject({ code: 'project-damaged' });
    const changed = bytes.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    // A changed space between header and values is no damage; everything else is.
    if (bytes[at] === 0x20) continue;
    await expect(decodeCheckpoint(changed)).rejects.toMatchObject({ code: 'project-damaged' });
  }
});

it('refuses a checkpoint of another plan and leaves no tensor', async () => {
  await openBackend('cpu');
  const other: OpenPlan = { kind: 'all' };
  const checkpoint = await checkpointAt(3, { open: { kind: 'last', blocks: 1 } });
  const before = tf.memory().numTensors;
  await expect(run({ open: other }, { checkpoint })).rejects.toMatchObject({ code: 'project-damaged' });
  expect(tf.memory().numTensors).toBe(before);
});

describe('a loss that is no number', () => {
  /** A run on one open block whose activations are not numbers in some of its steps. */
  async function disturbed(isBad: (step: number) => boolean) {
    const network = createToyTrunk();
    const features = createFeatureExtractor({
      modelId: 'toy',
      network,
      pixels: createToyPixels(),
      cache: createFeatureCache({ budgetBytes: 1e7 }),
    });
    let steps = 0;
    const generator = trainModel({
      extractor: {
        network,
        ensure: (...request) => features.ensure(...request),
        missing: (...request) => features.missing(...request),
        async read(requests, ...rest) {
          const values = await features.read(requests, ...rest);
          // Only the steps read seven or fewer; the last of an epoch has two.
          const isStep = requests.length <= 7 && requests.every(({ id }) => Number(id.slice(2)) < 10);
          return isStep && isBad(steps++) ? values.fill(NaN) : values;
        },
      },
      settings: { ...DEFAULT_TRAIN_SETTINGS, open: { kind: 'last', blocks: 1 }, epochs: 3, batchSize: 7 },
      classes: 3,
      train: samples(0, 10),
      validation: samples(10, 14),
      control: createTrainControl(),
      signal: new AbortController().signal,
    });
    const rescued: unknown[] = [];
    let step = await generator.next();
    for (; step.done !== true; step = await generator.next())
      if (step.value.kind === 'rescued') rescued.push(step.value);
    network.dispose();
    return { rescued, outcome: step.value };
  }
  const BACK = { kind: 'rescued', reason: 'loss-not-finite', epoch: 1, batchSize: 7, rateFactor: 0.1 };

  it('takes the run back with a tenth of the rate, and it goes on', async () => {
    await openBackend('cpu');
    const { rescued, outcome } = await disturbed((step) => step === 4);
    expect(rescued).toEqual([BACK]);
    expect(outcome).toMatchObject({ status: 'done', failure: null });
    expect(outcome.epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3]);
  });

  it('ends it the second time, with what to do', async () => {
    await openBackend('cpu');
    const { rescued, outcome } = await disturbed((step) => step >= 4);
    expect(rescued).toEqual([BACK]);
    expect(outcome).toMatchObject({ status: 'failed', bestEpoch: 0 });
    expect(Number(outcome.failure?.detail?.['learningRate'])).toBeCloseTo(1e-4, 12);
  });
});
