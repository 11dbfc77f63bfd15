import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorkerClient } from '../client/client.ts';
import type { EngineClient } from '../core/engine-api.ts';
import { createRng } from '../core/rng.ts';
import type { RunSummary } from '../core/run.ts';
import { writeWav } from '../data/sound/wav.ts';
import { TRAIN_PRESETS } from '../train/presets.ts';

const RATE = 16_000;
const SECONDS = 1.5;
const EACH = 20;
/** Of the tone, s. */
const BURST = 0.25;
/** A place of the map stands for more than its own time: what lies in the tone or this near it, s. */
const NEAR = 0.1;

/** When the tone begins, by number of the sound. */
const burstAt = (index: number): number => 0.35 + ((index * 7) % EACH) * (0.55 / EACH);

/** Quiet noise; in one class a tone stands in it somewhere. */
function planted(hasTone: boolean, index: number): Uint8Array<ArrayBuffer> {
  const rng = createRng(2 * index + Number(hasTone) + 1);
  const from = burstAt(index) * RATE;
  const samples = Float32Array.from({ length: SECONDS * RATE }, (_, i) => {
    const tone =
      hasTone && i >= from && i < from + BURST * RATE ? 0.4 * Math.sin((2 * Math.PI * 1100 * i) / RATE) : 0;
    return tone + 0.03 * (2 * rng.next() - 1);
  });
  return writeWav({ samples, rate: RATE });
}

let client: EngineClient;
let run: RunSummary;
beforeAll(async () => {
  client = createWorkerClient(
    new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module' }),
  );
  await client.call('project.new', { task: 'sound-classification' });
  const files = [true, false].flatMap((hasTone) =>
    Array.from({ length: EACH }, (_, i) => {
      const path = `sounds/${hasTone ? 'tone' : 'noise'}/${i}.wav`;
      return { path, file: new File([planted(hasTone, i)], `${i}.wav`, { type: 'audio/wav' }) };
    }),
  );
  await client.call('data.import', { files });
  await client.call('data.split', { settings: { validation: 0.2, test: 0.3, seed: 3 } });
  run = await client.call('train.start', { settings: TRAIN_PRESETS.quick });
}, 180_000);
afterAll(() => client.close());

it('most of the map lies in the time of a planted tone', { timeout: 120_000 }, async () => {
  const classId = run.classes.find(({ name }) => name === 'tone')?.id ?? '';
  const { dataset, split } = await client.call('project.open', {});
  const tones = (split?.test ?? []).flatMap((id) => {
    const sample = dataset.samples.get(id);
    return sample?.classId === classId ? [sample] : [];
  });
  expect(tones.length).toBeGreaterThanOrEqual(4);
  const shares: number[] = [];
  for (const { id, name } of tones) {
    const from = burstAt(Number.parseInt(name, 10)) - NEAR;
    const isNear = (time: number) => time >= from && time <= from + BURST + 2 * NEAR;
    const map = await client.call('explain.heat', { runId: run.id, of: id, classId, method: 'grad-cam' });
    if (map.kind !== 'places' || map.time === undefined) throw new Error('A sound has a time.');
    const { time, columns, values } = map;
    const timeOf = (place: number) =>
      time.fromSeconds + (((place % columns) + 0.5) / columns) * (time.toSeconds - time.fromSeconds);
    const all = values.reduce((sum, value) => sum + value, 0);
    const near = values.reduce((sum, value, place) => sum + (isNear(timeOf(place)) ? value : 0), 0);
    shares.push(near / all);
    expect(isNear(timeOf(values.indexOf(Math.max(...values)))), name).toBe(true);
  }
  // By chance it would be less than half.
  expect(Math.min(...shares)).toBeGreaterThan(0.6);
  expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeGreaterThan(0.75);
});

it('covering parts is for pictures, and a cut has bands where the network still has them', async () => {
  const { dataset } = await client.call('project.open', {});
  const [sample] = dataset.samples.values();
  const asked = { runId: run.id, of: sample?.id ?? '', classId: run.classes[0]?.id ?? '' };
  await expect(client.call('explain.heat', { ...asked, method: 'occlusion' })).rejects.toMatchObject({
    code: 'not-ready',
  });
  const deep = await client.call('explain.heat', { ...asked, method: 'grad-cam' });
  if (deep.kind !== 'places') throw new Error('A sound has places.');
  const early = deep.cuts.find(({ columns }) => columns === 8);
  const map = await client.call('explain.heat', { ...asked, method: 'grad-cam', cut: early?.cut ?? 0 });
  expect(map).toMatchObject({ rows: 8, columns: early?.rows });
});
