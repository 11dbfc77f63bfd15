/**
 * @file `npm run bench -- evaluate`: what an exam costs beside its forward passes, and on real sets (`--data`, a folder of
 * sets or of zips of sets) how far certainty is off before and after its temperature, and whether pictures of the other
 * sets are told to be none of the classes.
 */
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { BlobReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { areaUnderRoc, rankingOf } from '../src/evaluate/ranking.ts';
import {
  bootstrapIntervals,
  DEFAULT_TRAIN_SETTINGS,
  expectedCalibrationError,
  predictionTable,
  rankTable,
  scoresOf,
  temperedTable,
  tunedFor,
  type EvaluationReport,
  type TrainSettings,
} from '../src/index.ts';
import type { BenchOptions } from './options.ts';
import { writePatterns } from './pattern-files.ts';
import { listFolders, type ListedPicture } from './picture-list.ts';
import { callEngine, openDoor, type BenchSite } from './site.ts';
import type { Row } from './table.ts';

/** Pictures of the timed exam, and those that its run learns from. */
const EXAM = 1000;
const LEARNED = 60;
/** Shares for checking and for the exam: certainty is what is measured here. */
const SHARES = { validation: 0.3, test: 0.3 };
/** Pictures of other sets that are asked about. */
const FOREIGN = 60;

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
    { name: 'all scores with intervals', value: scoringMs, unit: 'ms', note: 'on the page, once' },
  ];
}

interface PictureSet {
  readonly name: string;
  readonly pictures: readonly ListedPicture[];
}

/** Certainty and novelty on each set of a folder, mean over the seeds. */
export async function benchCertainty(site: BenchSite, options: BenchOptions, folder: string): Promise<Row[]> {
  const sets = await listSets(folder);
  const rows: Row[] = [];
  for (const set of sets) {
    const foreign = sets.flatMap(({ name, pictures }) =>
      name === set.name ? [] : spread(pictures, Math.ceil(FOREIGN / Math.max(1, sets.length - 1))),
    );
    rows.push(...(await setRows(site, set, foreign, options)));
  }
  return rows;
}

async function setRows(
  site: BenchSite,
  set: PictureSet,
  foreign: readonly ListedPicture[],
  options: BenchOptions,
): Promise<Row[]> {
  const page = await openDoor(site);
  await openModel(page, options.model);
  await importFiles(page, set.pictures);
  const before: number[] = [];
  const after: number[] = [];
  const accuracies: number[] = [];
  const areas: number[] = [];
  const turnedAway: number[] = [];
  let last: EvaluationReport | null = null;
  for (let seed = 1; seed <= options.seeds; seed++) {
    await callEngine(page, 'data.split', { settings: { ...SHARES, seed }, fresh: true });
    const run = (await callEngine(page, 'train.start', { settings: settingsOf(seed, options.open) })).result;
    const { result: report } = await callEngine(page, 'evaluate.run', { runId: run.id, side: 'test' });
    const { calibration } = (await callEngine(page, 'calibrate.run', { runId: run.id })).result;
    const table = predictionTable(report.predictions, report.classIds.length);
    before.push(expectedCalibrationError(table) ?? 0);
    after.push(expectedCalibrationError(temperedTable(table, calibration?.temperature ?? 1)) ?? 0);
    accuracies.push(report.accuracy);
    last = report;
    const ids = await page.evaluate(() => window.graftBench.sampleIds());
    const nameOf = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
    const examined = new Set(report.predictions.map(({ id }) => nameOf.get(id)));
    const known = await noveltyOf(
      page,
      spread(
        set.pictures.filter(({ name }) => examined.has(name)),
        FOREIGN,
      ),
    );
    const unknown = await noveltyOf(page, foreign);
    const area = areaUnderRoc(rankingOf([...known, ...unknown], (at) => at >= known.length));
    if (area !== null) areas.push(area);
    turnedAway.push(known.filter((one) => one > 1).length / Math.max(1, known.length));
  }
  await page.context().close();
  const note = `mean of ${options.seeds} splits, ${last?.total ?? 0} in each exam, ${percent(mean(accuracies))} right`;
  return [
    { name: `${set.name}: calibration error before`, value: 100 * mean(before), unit: 'points', note },
    {
      name: `${set.name}: calibration error after`,
      value: 100 * mean(after),
      unit: 'points',
      atMost: 100 * mean(before),
      note: `lower in ${after.filter((one, at) => one < (before[at] ?? 0)).length} of ${after.length} splits`,
    },
    {
      name: `${set.name}: 1 - AUROC of none of these`,
      value: areas.length === 0 ? null : 1 - mean(areas),
      unit: '',
      atMost: 0.15,
      note: `against ${foreign.length} pictures of other sets; ${percent(mean(turnedAway))} of its own exam turned away`,
    },
  ];
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length);
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function spread<T>(items: readonly T[], most: number): T[] {
  const step = Math.max(1, items.length / most);
  return items.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
}

/** Settings of a run that goes so deep. */
export const settingsOf = (seed: number, open: TrainSettings['open']): TrainSettings => ({
  ...DEFAULT_TRAIN_SETTINGS,
  ...tunedFor(open),
  open,
  seed,
});

/** An empty project with a model loaded; tells which. */
export async function openModel(page: Page, wanted: string | null = null): Promise<string> {
  const { settings } = (await callEngine(page, 'project.new', {})).result;
  const modelId = wanted ?? settings.modelId;
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

async function noveltyOf(page: Page, pictures: readonly ListedPicture[]): Promise<number[]> {
  if (pictures.length === 0) return [];
  await page.setInputFiles(
    '#files',
    pictures.map(({ file }) => file),
  );
  return page.evaluate(() => window.graftBench.novelty());
}

/** The sets of a folder: subfolders with classes of pictures, and zips of such. */
async function listSets(folder: string): Promise<PictureSet[]> {
  const sets: PictureSet[] = [];
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) =>
    a.name.localeCompare(b.name),
  )) {
    const path = join(folder, entry.name);
    const root = entry.isDirectory() ? path : entry.name.endsWith('.zip') ? await unpacked(path) : null;
    if (root === null) continue;
    const pictures = await listFolders(root);
    const classes = new Set(pictures.map((one) => dirname(one.path)));
    if (classes.size >= 2) sets.push({ name: entry.name, pictures });
  }
  return sets;
}

/** The files of a zip as `class/name` in a folder of their own; what an archiver added is left out. */
async function unpacked(zip: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-set-'));
  const reader = new ZipReader(new BlobReader(new Blob([await readFile(zip)])));
  for (const entry of await reader.getEntries()) {
    const [className, name] = entry.filename.split('/').slice(-2);
    if (entry.directory || className === undefined || name === undefined || name.startsWith('.')) continue;
    if (entry.filename.startsWith('__MACOSX/')) continue;
    await mkdir(join(folder, className), { recursive: true });
    await writeFile(join(folder, className, name), await entry.getData(new Uint8ArrayWriter()));
  }
  await reader.close();
  return folder;
}
