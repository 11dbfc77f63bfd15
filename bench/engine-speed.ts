/** @file Times of the engine itself, asked through the bench's door. */
import { dirname, basename } from 'node:path';
import type { Page } from '@playwright/test';
import {
  DEFAULT_TRAIN_SETTINGS,
  reasonLine,
  type BackendName,
  type OpenPlan,
  type TrainSettings,
} from '../src/index.ts';
import { planName } from './options.ts';
import { writePatterns } from './pattern-files.ts';
import { askEngine, callEngine, openDoor, type BenchSite } from './site.ts';
import type { Row } from './table.ts';

const HEAD_PICTURES = 300;
const HEAD_EPOCHS = 50;
const MANY_PICTURES = 1000;

/** Forward per back-end, picture to feature, head training, step per plan, cancelling, tensors. */
export async function benchEngine(site: BenchSite): Promise<Row[]> {
  const page = await openDoor(site);
  const modelId = await openModel(page);
  const rows: Row[] = await forwardRows(page, modelId);
  await importPatterns(page, HEAD_PICTURES, 0);
  await callEngine(page, 'data.split', { settings: { validation: 0, test: 0, seed: 1 }, fresh: true });
  rows.push(...(await headRows(page)));
  for (const open of [{ kind: 'head' }, { kind: 'last', blocks: 3 }, { kind: 'all' }] as const) {
    rows.push(await stepRow(page, open));
  }
  rows.push(await leakRow(page), ...(await cancelRows(page)));
  // Waits for the last step of the run that was cancelled.
  await callEngine(page, 'train.start', { settings: settingsOf({ kind: 'head' }, 1) });
  rows.push(...(await memory(page, 'after training')).rows);
  await page.context().close();
  return rows;
}

/** What pictures leave in memory when nothing has been trained yet. */
export async function benchMemory(site: BenchSite, long: boolean): Promise<Row[]> {
  const page = await openDoor(site);
  await openModel(page);
  const start = await memory(page, 'at the start');
  await importPatterns(page, MANY_PICTURES, 0);
  await callEngine(page, 'instant.update', {});
  const rows = [...start.rows, ...(await memory(page, `after ${MANY_PICTURES} pictures`)).rows];
  if (long) rows.push(await growthRow(page, start.heapBytes));
  await page.context().close();
  return rows;
}

async function openModel(page: Page): Promise<string> {
  const { modelId } = (await callEngine(page, 'project.new', {})).result.settings;
  await callEngine(page, 'models.load', { modelId });
  return modelId;
}

async function forwardRows(page: Page, modelId: string): Promise<Row[]> {
  const { result } = await callEngine(page, 'device.probe', { modelId, backend: 'auto', refresh: true });
  const rows: Row[] = [];
  for (const probe of result.probes) {
    const name = `forward, ${probe.backend}`;
    const unit = 'ms a picture';
    if (probe.status === 'ok') {
      const note =
        probe.backend === result.backend ? `chosen: ${result.backend}, ${result.threads} threads` : '';
      rows.push({ name, value: probe.forwardMs, unit, note });
      continue;
    }
    // Passed over by the probe; asked for by name it gets its time.
    const value = await forwardMs(page, modelId, probe.backend);
    const why = 'reason' in probe ? reasonLine(probe.reason) : probe.status;
    rows.push({ name, value, unit, note: `not chosen: ${why}` });
  }
  await callEngine(page, 'device.probe', { modelId, backend: 'auto', refresh: true });
  return rows;
}

/** `null` where a back-end does not work. */
async function forwardMs(page: Page, modelId: string, backend: BackendName): Promise<number | null> {
  try {
    return (await callEngine(page, 'device.probe', { modelId, backend, refresh: true })).result.forwardMs;
  } catch {
    return null;
  }
}

async function importPatterns(page: Page, count: number, firstSeed: number): Promise<void> {
  const { files } = await writePatterns(count, firstSeed);
  await page.setInputFiles('#files', files);
  const paths = files.map((file) => `${basename(dirname(file))}/${basename(file)}`);
  const { error, result } = await page.evaluate((list) => window.graftBench.importFiles(list), paths);
  if (error !== null || result?.accepted !== count)
    throw new Error(`The import failed: ${error ?? 'files missing'}`);
}

const settingsOf = (open: OpenPlan, epochs: number): TrainSettings => ({
  ...DEFAULT_TRAIN_SETTINGS,
  open,
  epochs,
  patience: 0,
});

async function headRows(page: Page): Promise<Row[]> {
  const { result } = await callEngine(page, 'train.start', {
    settings: settingsOf({ kind: 'head' }, HEAD_EPOCHS),
  });
  return [
    {
      name: 'picture to feature, 640 x 480 JPEG',
      value: (1000 * result.seconds.features) / HEAD_PICTURES,
      unit: 'ms',
      atMost: 16,
    },
    {
      name: `head training, ${HEAD_PICTURES} cached features, ${HEAD_EPOCHS} epochs`,
      value: result.seconds.train,
      unit: 's',
      atMost: 1,
    },
  ];
}

/** The quickest epoch after the first, which warms up. Epoch 0 is the closed-form head. */
async function stepRow(page: Page, open: OpenPlan): Promise<Row> {
  const { result } = await callEngine(page, 'train.start', { settings: settingsOf(open, 3) });
  const epochsMs = result.epochs.filter(({ epoch }) => epoch > 1).map(({ elapsedMs }) => elapsedMs);
  return {
    name: `training step, ${planName(open)}`,
    value: epochsMs.length > 0 ? Math.min(...epochsMs) / HEAD_PICTURES : null,
    unit: 'ms a picture',
    note: `batch ${result.settings.batchSize}`,
  };
}

/** Tensors before and after a run of more than 100 steps. */
async function leakRow(page: Page): Promise<Row> {
  const settings = settingsOf({ kind: 'last', blocks: 1 }, 6);
  const before = (await callEngine(page, 'device.memory', {})).result.tensors;
  await callEngine(page, 'train.start', { settings });
  const first = (await callEngine(page, 'device.memory', {})).result.tensors;
  await callEngine(page, 'train.start', { settings });
  const second = (await callEngine(page, 'device.memory', {})).result.tensors;
  return {
    name: 'tensors left by 114 training steps',
    value: second - first,
    unit: 'tensors',
    atMost: 0,
    note: `${before} before, ${first} and ${second} after one and two runs`,
  };
}

async function cancelRows(page: Page): Promise<Row[]> {
  const rows: Row[] = [];
  for (const open of [{ kind: 'head' }, { kind: 'all' }] as const) {
    const settings = settingsOf(open, 1000);
    const { cancelMs, error } = await askEngine(page, 'train.start', { settings }, { abortAt: 'batch' });
    const note =
      error?.startsWith('cancelled') === true ? {} : { note: error ?? 'ended before it was cancelled' };
    rows.push({
      name: `Cancel answered, ${planName(open)}`,
      value: cancelMs,
      unit: 'ms',
      atMost: 200,
      ...note,
    });
  }
  return rows;
}

async function memory(page: Page, when: string): Promise<{ rows: Row[]; heapBytes: number | null }> {
  const { tensors, tensorBytes, cacheBytes } = (await callEngine(page, 'device.memory', {})).result;
  const heapBytes = await page.evaluate(() => window.graftBench.memoryBytes());
  const rows = [
    {
      name: `heap ${when}`,
      value: heapBytes === null ? null : heapBytes / 1e6,
      unit: 'MB',
      note: 'page and workers, measureUserAgentSpecificMemory',
    },
    {
      name: `tensors ${when}`,
      value: tensors,
      unit: 'tensors',
      note: `${(tensorBytes / 1e6).toFixed(1)} MB, caches ${(cacheBytes / 1e6).toFixed(1)} MB`,
    },
  ];
  return { rows, heapBytes };
}

async function growthRow(page: Page, startBytes: number | null): Promise<Row> {
  for (let count = MANY_PICTURES; count < 5000; count += 1000) await importPatterns(page, 1000, count);
  await callEngine(page, 'instant.update', {});
  const { heapBytes } = await memory(page, 'after 5000 pictures');
  const grown = heapBytes === null || startBytes === null ? null : (heapBytes - startBytes) / 1e6;
  return { name: 'heap growth, 5000 pictures', value: grown, unit: 'MB', atMost: 300 };
}
