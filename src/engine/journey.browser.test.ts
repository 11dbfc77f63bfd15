import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkerClient } from '../client/client.ts';
import type { EngineClient } from '../core/engine-api.ts';
import { createRng } from '../core/rng.ts';
import type { TrainEvent } from '../core/run.ts';
import { ALL_WEIGHTS } from '../core/train-settings.ts';
import { TRAIN_PRESETS, tunedFor } from '../train/presets.ts';

/** The real engine in a real worker: real store, decoders, back-ends and pre-trained model; small drawn pictures. */
const CLASSES = ['disc', 'cross', 'stripes'] as const;
const EACH = 20;

let client: EngineClient;
beforeAll(async () => {
  client = createWorkerClient(
    new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module' }),
  );
  await client.call('project.new', {});
});
afterAll(() => client.close());

async function drawn(kind: number, seed: number): Promise<File> {
  const rng = createRng(seed * 31 + kind);
  const canvas = new OffscreenCanvas(240, 200);
  const pen = canvas.getContext('2d')!;
  pen.fillStyle = `hsl(${rng.below(360)} 40% 80%)`;
  pen.fillRect(0, 0, 240, 200);
  pen.translate(70 + rng.below(100), 60 + rng.below(80));
  pen.rotate(rng.next());
  pen.fillStyle = pen.strokeStyle = `hsl(${rng.below(360)} 80% 30%)`;
  const size = 25 + rng.below(20);
  pen.lineWidth = 12;
  pen.beginPath();
  if (kind === 0) {
    pen.arc(0, 0, size, 0, 7);
    pen.fill();
  } else if (kind === 1) {
    pen.moveTo(-size, 0);
    pen.lineTo(size, 0);
    pen.moveTo(0, -size);
    pen.lineTo(0, size);
    pen.stroke();
  } else for (let i = -2; i <= 2; i++) pen.fillRect(-size, i * 14, size * 2, 6);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
  return new File([blob], `${seed}.jpg`);
}

describe('the whole engine', () => {
  it('goes from pictures to a saved, evaluated, fine-tuned model', { timeout: 180_000 }, async () => {
    const files = await Promise.all(
      CLASSES.flatMap((name, kind) =>
        Array.from({ length: EACH }, async (_, i) => ({
          path: `shapes/${name}/${i}.jpg`,
          file: await drawn(kind, i),
        })),
      ),
    );
    const imported = await client.call('data.import', { files });
    expect(imported).toMatchObject({ accepted: CLASSES.length * EACH, rejected: [] });
    const split = await client.call('data.split', { settings: { validation: 0.2, test: 0.2, seed: 3 } });
    expect(split.test).toHaveLength(12);

    expect(await client.call('instant.update', {})).toMatchObject({ ready: true, samples: 60 });
    const instant = await client.call('predict.file', { file: await drawn(1, 500) });
    expect(instant.speaker).toEqual({ kind: 'instant' });

    const head = await client.call('train.start', { settings: TRAIN_PRESETS.quick });
    expect(head).toMatchObject({ number: 1, trainableParameters: 577 * 3 });
    const events: TrainEvent[] = [];
    const deep = await client.call(
      'train.start',
      { settings: { ...TRAIN_PRESETS.deep, epochs: 2 } },
      { onEvent: (event) => events.push(event) },
    );
    expect(events.flatMap((event) => (event.kind === 'epoch' ? [event.log.epoch] : []))).toEqual([0, 1, 2]);
    expect(deep.trainableParameters).toBeGreaterThan(100_000);

    const reports = [];
    for (const { id } of [head, deep])
      reports.push(await client.call('evaluate.run', { runId: id, side: 'test' }));
    for (const report of reports) {
      expect([...report.predictions.map(({ id }) => id)].sort()).toEqual([...split.test].sort());
      expect(report.accuracy).toBeGreaterThanOrEqual(0.75);
    }

    const unseen = await drawn(0, 900);
    const before = await client.call('predict.file', { file: unseen });
    expect(before.speaker).toMatchObject({ kind: 'run', runId: deep.id });
    const saved = await client.call('project.save', {});
    await client.call('project.new', {});
    const loaded = await client.call('project.load', { file: saved });
    expect(loaded.runs).toHaveLength(2);
    const after = await client.call('predict.file', { file: unseen });
    expect(after.probabilities).toEqual(before.probabilities);
    const again = await client.call('evaluate.run', { runId: deep.id, side: 'test' });
    expect(again.predictions).toEqual(reports[1]?.predictions);
  });

  it(
    'keeps a run of adapters small, and its answers through a project file',
    { timeout: 120_000 },
    async () => {
      const { deep } = TRAIN_PRESETS;
      const tuning = { ...ALL_WEIGHTS, kind: 'lora' as const, rank: 4, alpha: 8 };
      const settings = { ...deep, ...tunedFor(deep.open, 'lora'), epochs: 2, tuning };
      const { storedBytes } = await client.call('train.estimate', { settings });
      const run = await client.call('train.start', { settings });
      expect(run.settings.tuning).toEqual(tuning);
      expect(run.trainableParameters * 4).toBe(storedBytes);
      expect(run.trainableParameters).toBeLessThan(run.totalParameters / 20);

      const unseen = await drawn(2, 901);
      const before = await client.call('predict.file', { file: unseen });
      expect(before.speaker).toMatchObject({ kind: 'run', runId: run.id });
      const saved = await client.call('project.save', {});
      await client.call('project.new', {});
      await client.call('project.load', { file: saved });
      expect((await client.call('predict.file', { file: unseen })).probabilities).toEqual(
        before.probabilities,
      );
    },
  );

  it('holds a steady number of tensors over further runs', { timeout: 120_000 }, async () => {
    const settings = { ...TRAIN_PRESETS.deep, epochs: 1, patience: 0 };
    const counts: number[] = [];
    for (let i = 0; i < 3; i++) {
      const { id } = await client.call('train.start', { settings });
      await client.call('evaluate.run', { runId: id, side: 'test' });
      await client.call('runs.delete', { runId: id });
      counts.push((await client.call('device.memory', {})).tensors);
    }
    expect(counts[2]).toBe(counts[1]);
  });

  it(
    'rejects a run that is cancelled within 200 ms, starts the next one at once and leaves no tensor',
    { timeout: 60_000 },
    async () => {
      const { tensors } = await client.call('device.memory', {});
      const controller = new AbortController();
      let abortedMs = 0;
      const run = client.call(
        'train.start',
        { settings: { ...TRAIN_PRESETS.all, epochs: 50, patience: 0 } },
        {
          signal: controller.signal,
          onEvent(event) {
            if (event.kind !== 'batch' || abortedMs > 0) return;
            abortedMs = performance.now();
            controller.abort();
          },
        },
      );
      await expect(run).rejects.toMatchObject({ code: 'cancelled' });
      expect(performance.now() - abortedMs).toBeLessThan(200);
      // The cancelled run is still on its last step.
      const next = await client.call('train.start', {
        settings: { ...TRAIN_PRESETS.all, open: { kind: 'head' }, epochs: 1 },
      });
      expect(next.status).toBe('done');
      expect((await client.call('device.memory', {})).tensors).toBe(tensors);
    },
  );
});
