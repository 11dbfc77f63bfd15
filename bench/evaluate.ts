/** @file Part of `npm run bench -- evaluate`: what an exam costs beside its forward passes. */
import { basename, dirname } from 'node:path';
import type { Page } from '@playwright/test';
import { TASKS, type TaskId } from '../src/core/tasks.ts';
import {
  bootstrapIntervals,
  DEFAULT_TRAIN_SETTINGS,
  predictionTable,
  rankTable,
  scoresOf,
  tunedFor,
  type TrainSettings,
} from '../src/index.ts';
import { writePatterns } from './pattern-files.ts';
import { callEngine, openDoor, type BenchSite } from './site.ts';
import type { Row } from './table.ts';

/** Pictures of the timed exam, and those that its run learns from. */
const EXAM = 1000;
const LEARNED = 60;

/** An exam of a thousand pictures against the forward passes that it needs. */
export async function benchExam(site: BenchSite): Promise<Row[]> {
  const page = await openDoor(site);
  const modelId = await openModel(page);
  const { forwardMs } = (await callEngine(page, 'device.probe', { modelId, backend: 'auto', refresh: true }))
    .result;
  const { files } = await writePatterns(EXAM + LEARNED);
  await importFiles(
    page,
    files.map((file) => ({ file, path: `${basename(dirname(file))}/${basename(file)}` })),
  );
  const ids = await page.evaluate(() => window.graftBench.sampleIds());
  const names = files.map((file) => basename(file)).sort();
  const test = names.slice(LEARNED).flatMap((name) => ids[name] ?? []);
  await callEngine(page, 'data.split', {
    settings: { validation: 0, test: 0, seed: 1 },
    fresh: true,
    sides: Object.fromEntries(test.map((id) => [id, 'test' as const])),
  });
  const run = (await callEngine(page, 'train.start', { settings: settingsOf(1, { kind: 'head' }) })).result;
  const cold = await callEngine(page, 'evaluate.run', { runId: run.id, side: 'test' });
  const warm = await callEngine(page, 'evaluate.run', { runId: run.id, side: 'test' });
  const forward = forwardMs * cold.result.total;
  const startedMs = performance.now();
  const ranked = rankTable(predictionTable(cold.result.predictions, cold.result.classIds.length));
  scoresOf(ranked);
  await bootstrapIntervals(ranked, new AbortController().signal);
  const scoringMs = performance.now() - startedMs;
  await page.context().close();
  return [
    {
      name: `exam of ${cold.result.total}, features known, with forward passes`,
      value: (forward + warm.elapsedMs) / forward,
      unit: 'forward times',
      atMost: 1.1,
      note: `${forwardMs.toFixed(1)} ms forward a picture, ${warm.elapsedMs.toFixed(0)} ms of scoring`,
    },
    {
      name: `exam of ${cold.result.total}, from the files`,
      value: cold.elapsedMs / forward,
      unit: 'forward times',
      note: `${cold.elapsedMs.toFixed(0)} ms, decoding included`,
    },
    { name: 'all scores with intervals', value: scoringMs, unit: 'ms', note: 'in Node, once' },
  ];
}

/** Settings of a run that goes so deep. */
export const settingsOf = (seed: number, open: TrainSettings['open']): TrainSettings => ({
  ...DEFAULT_TRAIN_SETTINGS,
  ...tunedFor(open),
  open,
  seed,
});

/** An empty project of a task with a model loaded; tells which. */
export async function openModel(
  page: Page,
  wanted: string | null = null,
  task: TaskId = 'image-classification',
): Promise<string> {
  const { settings } = (await callEngine(page, 'project.new', {})).result;
  const modelId = wanted ?? TASKS[task].firstModel;
  await callEngine(page, 'project.configure', { settings: { ...settings, task, modelId } });
  await callEngine(page, 'models.load', { modelId });
  return modelId;
}

/** Files into the project, by their paths. */
export async function importFiles(
  page: Page,
  pictures: readonly { readonly file: string; readonly path: string }[],
): Promise<void> {
  await page.setInputFiles(
    '#files',
    pictures.map(({ file }) => file),
  );
  const { error } = await page.evaluate(
    (paths) => window.graftBench.importFiles(paths),
    pictures.map(({ path }) => path),
  );
  if (error !== null) throw new Error(`The import failed: ${error}`);
}
