import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkerClient } from '../client/client.ts';
import type { CallParams, EngineClient } from '../core/engine-api.ts';
import type { HeatMap } from '../core/explain.ts';
import type { RunSummary } from '../core/run.ts';
import { supportedTemperature } from '../evaluate/calibration.ts';
import { predictionTable } from '../evaluate/prediction-table.ts';
import { massInside } from '../explain/heat-grid.ts';
import { PLANTED_CORNER, plantedPicture } from '../testing/planted-pictures.ts';
import { TRAIN_PRESETS } from '../train/presets.ts';

/** The real engine in a real worker, on pictures of two classes that only a coloured corner tells apart. */
const EACH = 24;
/** A place of the map is wider than the corner: what lies in or at it. */
const AT_CORNER = { ...PLANTED_CORNER, right: 3 / 7, bottom: 3 / 7 };

let client: EngineClient;
beforeAll(async () => {
  client = createWorkerClient(
    new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module' }),
  );
  await client.call('project.new', {});
  const files = await Promise.all(
    [true, false].flatMap((marked) =>
      Array.from({ length: EACH }, async (_, i) => ({
        path: `planted/${marked ? 'marked' : 'plain'}/${i}.jpg`,
        file: await plantedPicture(marked, i),
      })),
    ),
  );
  await client.call('data.import', { files });
  await client.call('data.split', { settings: { validation: 0.2, test: 0.3, seed: 3 } });
}, 120_000);
afterAll(() => client.close());

/** A map of places, as pictures have. */
async function heatOf(params: CallParams<'explain.heat'>): Promise<HeatMap> {
  const heat = await client.call('explain.heat', params);
  if (heat.kind === 'places') return heat;
  throw new Error('A picture has places.');
}

async function markedTest(run: RunSummary): Promise<{ classId: string; ids: string[] }> {
  const report = await client.call('evaluate.run', { runId: run.id, side: 'test' });
  const label = run.classes.findIndex(({ name }) => name === 'marked');
  return {
    classId: run.classes[label]?.id ?? '',
    ids: report.predictions
      .filter((one) => one.truth === label && one.predicted === label)
      .map(({ id }) => id),
  };
}

describe('a planted shortcut', () => {
  it.each([
    ['head only', TRAIN_PRESETS.quick],
    ['the last blocks', { ...TRAIN_PRESETS.deep, epochs: 3 }],
  ] as const)('is where the maps point: %s', { timeout: 180_000 }, async (_, settings) => {
    const run = await client.call('train.start', { settings });
    const { classId, ids } = await markedTest(run);
    expect(ids.length).toBeGreaterThanOrEqual(5);
    const masses: Record<'grad-cam' | 'occlusion', number[]> = { 'grad-cam': [], occlusion: [] };
    for (const id of ids) {
      for (const method of ['grad-cam', 'occlusion'] as const) {
        const map = await heatOf({ runId: run.id, of: id, classId, method });
        masses[method].push(massInside(map, AT_CORNER));
        const hottest = map.values.indexOf(Math.max(...map.values));
        const place = {
          top: Math.floor(hottest / map.columns) / map.rows,
          left: (hottest % map.columns) / map.columns,
        };
        expect(Math.max(place.top, place.left), `${method}, the hottest place`).toBeLessThan(AT_CORNER.right);
        // The corner itself is a sixteenth of the picture.
        expect(massInside(map, PLANTED_CORNER)).toBeGreaterThan(2.5 / 16);
      }
    }
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(masses['grad-cam'])).toBeGreaterThan(0.5);
    expect(mean(masses.occlusion)).toBeGreaterThan(0.5);
  });

  it.each([
    ['head only', { ...TRAIN_PRESETS.quick, epochs: 3 }],
    ['the last blocks', { ...TRAIN_PRESETS.deep, epochs: 2 }],
  ] as const)('can be taught on from where a run is: %s', { timeout: 120_000 }, async (_, settings) => {
    const first = await client.call('train.start', { settings });
    const second = await client.call('train.start', { settings, from: first.id });
    expect(second.startedFrom).toBe(first.id);
    // Before its first step it answers as the other one at its best.
    const before = first.epochs.find(({ epoch }) => epoch === first.bestEpoch)?.validationLoss ?? NaN;
    expect(second.epochs[0]?.validationLoss).toBeCloseTo(before, 4);
    const other = settings.open.kind === 'head' ? TRAIN_PRESETS.deep : TRAIN_PRESETS.quick;
    await expect(client.call('train.start', { settings: other, from: first.id })).rejects.toMatchObject({
      code: 'not-ready',
    });
  });

  it('is named by the stress test', { timeout: 180_000 }, async () => {
    const run = await client.call('train.start', { settings: TRAIN_PRESETS.quick });
    const report = await client.call('evaluate.stress', { runId: run.id, side: 'test' });
    const exam = await client.call('evaluate.run', { runId: run.id, side: 'test' });
    expect([report.total, report.correct, report.of]).toEqual([exam.total, exam.correct, exam.total]);
    const marked = run.classes.find(({ name }) => name === 'marked')?.id;
    expect(report.shortcuts).toMatchObject([{ classId: marked, cell: { row: 0, column: 0 } }]);
    expect(report.background.enough).toBe(true);
    for (const { points } of report.curves)
      expect(points.some(({ correct }) => correct === exam.correct)).toBe(true);
  });

  it('has a temperature only if the answers on the checking pictures support it', async () => {
    const run = await client.call('train.start', { settings: TRAIN_PRESETS.quick });
    const { calibration } = await client.call('calibrate.run', { runId: run.id });
    const checked = await client.call('evaluate.run', { runId: run.id, side: 'validation' });
    const table = predictionTable(checked.predictions, checked.classIds.length);
    expect(calibration?.samples).toBe(table.count);
    expect(calibration?.temperature).toBeCloseTo(supportedTemperature(table), 5);
  });

  it('shows what it learned from and is like a picture', { timeout: 60_000 }, async () => {
    const run = await client.call('train.start', { settings: TRAIN_PRESETS.quick });
    const { ids } = await markedTest(run);
    const { dataset, split } = await client.call('project.open', {});
    const found = await client.call('explain.neighbours', { runId: run.id, id: ids[0] ?? '', count: 6 });
    expect(found).toHaveLength(6);
    expect(found.every(({ id }) => split?.train.includes(id))).toBe(true);
    const similarities = found.map(({ similarity }) => similarity);
    expect(similarities).toEqual([...similarities].sort((a, b) => b - a));
    expect(found.every(({ id }) => dataset.samples.has(id))).toBe(true);
    const [learned = ''] = split?.train ?? [];
    const others = await client.call('explain.neighbours', { runId: run.id, id: learned, count: 6 });
    expect(others.map(({ id }) => id)).not.toContain(learned);
  });

  it('tells where maps can be taken, and refuses other places', { timeout: 60_000 }, async () => {
    const run = await client.call('train.start', { settings: TRAIN_PRESETS.quick });
    const { classId, ids } = await markedTest(run);
    const asked = { runId: run.id, of: ids[0] ?? '', classId, method: 'grad-cam' as const };
    const { cuts, cut } = await heatOf(asked);
    expect(cut).toBe(cuts.at(-1)?.cut);
    for (const one of cuts) {
      const map = await heatOf({ ...asked, cut: one.cut });
      expect([map.rows, map.columns, map.values.length]).toEqual([
        one.rows,
        one.columns,
        one.rows * one.columns,
      ]);
    }
    await expect(client.call('explain.heat', { ...asked, cut: 0 })).rejects.toMatchObject({
      code: 'not-ready',
    });
    await expect(client.call('explain.heat', { ...asked, classId: 'none' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
