/**
 * @file `npm run bench -- evaluate --data DIR`: on real sets (a folder of sets or of zips of sets) how far certainty is off
 * before and after its temperature, on ids that it was not fitted to, and whether pictures of the other sets are told to be
 * none of the classes.
 */
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { BlobReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import type { TaskId } from '../src/core/tasks.ts';
import { areaUnderRoc, rankingOf } from '../src/evaluate/ranking.ts';
import {
  expectedCalibrationError,
  predictionTable,
  rankTable,
  scoresOf,
  temperedTable,
} from '../src/index.ts';
import { importFiles, openModel, settingsOf } from './evaluate.ts';
import type { BenchOptions } from './options.ts';
import { listByName, listFolders, type ListedPicture } from './picture-list.ts';
import { callEngine, openDoor, type BenchSite } from './site.ts';
import type { Row } from './table.ts';

/** Shares for checking and for the exam: certainty is what is measured here. */
const SHARES = { validation: 0.3, test: 0.3 };
/** Pictures of other sets that are asked about. */
const FOREIGN = 60;

interface SampleSet {
  readonly name: string;
  readonly task: TaskId;
  readonly samples: readonly ListedPicture[];
}

/** Certainty and novelty on each set of a folder, mean over the seeds: one part for each. */
export async function benchCertainty(
  site: BenchSite,
  options: BenchOptions,
  folder: string,
): Promise<(() => Promise<Row[]>)[]> {
  const sets = await listSets(folder);
  return sets.map((set) => {
    const others = sets.filter(({ name, task }) => name !== set.name && task === set.task);
    const foreign = others.flatMap(({ samples }) => spread(samples, Math.ceil(FOREIGN / others.length)));
    return () => setRows(site, set, foreign, options);
  });
}

/** What one split of a set gave. */
interface Found {
  readonly accuracy: number;
  readonly tested: number;
  readonly temperature: number;
  /** Expected calibration error and log loss of the exam. */
  readonly before: Gap;
  readonly after: Gap;
  readonly area: number | null;
  readonly turnedAway: number;
}

interface Gap {
  readonly ece: number;
  readonly loss: number;
}

async function setRows(
  site: BenchSite,
  set: SampleSet,
  foreign: readonly ListedPicture[],
  options: BenchOptions,
): Promise<Row[]> {
  const page = await openDoor(site);
  await openModel(page, set.task === 'image-classification' ? options.model : null, set.task);
  await importFiles(page, set.samples);
  const all: Found[] = [];
  for (let seed = 1; seed <= options.seeds; seed++) {
    const found = await examined(page, set, foreign, settingsOf(seed, options.open));
    console.log(
      `${set.name}, seed ${seed}: ${percent(found.accuracy)} of ${found.tested} right, temperature ${found.temperature.toFixed(2)}, ` +
        `off by ${percent(found.before.ece)} before and ${percent(found.after.ece)} after, ` +
        `log loss ${found.before.loss.toFixed(3)} and ${found.after.loss.toFixed(3)}, ` +
        `AUROC ${found.area?.toFixed(3) ?? 'not measured'}, turned away ${percent(found.turnedAway)}`,
    );
    all.push(found);
  }
  await page.context().close();
  return rowsOf(set, all, foreign.length);
}

async function examined(
  page: Page,
  { samples }: SampleSet,
  foreign: readonly ListedPicture[],
  settings: ReturnType<typeof settingsOf>,
): Promise<Found> {
  await callEngine(page, 'data.split', { settings: { ...SHARES, seed: settings.seed }, fresh: true });
  const run = (await callEngine(page, 'train.start', { settings })).result;
  const { result: report } = await callEngine(page, 'evaluate.run', { runId: run.id, side: 'test' });
  const { calibration } = (await callEngine(page, 'calibrate.run', { runId: run.id })).result;
  const temperature = calibration?.temperature ?? 1;
  const table = predictionTable(report.predictions, report.classIds.length);
  const gapOf = (one: typeof table): Gap => ({
    ece: expectedCalibrationError(one) ?? 0,
    loss: scoresOf(rankTable(one)).logLoss ?? 0,
  });
  const ids = await page.evaluate(() => window.graftBench.sampleIds());
  const nameOf = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
  const asked = new Set(report.predictions.map(({ id }) => nameOf.get(id)));
  const known = await noveltyOf(
    page,
    spread(
      samples.filter(({ name }) => asked.has(name)),
      FOREIGN,
    ),
  );
  const unknown = await noveltyOf(page, foreign);
  return {
    accuracy: report.accuracy,
    tested: report.total,
    temperature,
    before: gapOf(table),
    after: gapOf(temperedTable(table, temperature)),
    area: areaUnderRoc(rankingOf([...known, ...unknown], (at) => at >= known.length)),
    turnedAway: known.filter((one) => one > 1).length / Math.max(1, known.length),
  };
}

function rowsOf({ name }: SampleSet, all: readonly Found[], foreign: number): Row[] {
  const meanOf = (read: (one: Found) => number) => all.reduce((sum, one) => sum + read(one), 0) / all.length;
  const before = 100 * meanOf((one) => one.before.ece);
  const lower = all.filter(({ before: a, after: b }) => b.ece < a.ece).length;
  const left = all.filter(({ temperature }) => temperature === 1).length;
  const areas = all.flatMap(({ area }) => area ?? []);
  const note = `mean of ${all.length} splits, ${all[0]?.tested ?? 0} in each exam, ${percent(meanOf((one) => one.accuracy))} right`;
  return [
    { name: `${name}: calibration error before`, value: before, unit: 'points', note },
    {
      name: `${name}: calibration error after`,
      value: 100 * meanOf((one) => one.after.ece),
      unit: 'points',
      atMost: before,
      note: `lower in ${lower} of ${all.length} splits, temperature left at 1 in ${left}`,
    },
    {
      name: `${name}: log loss after, of before`,
      value: meanOf((one) => one.after.loss) / meanOf((one) => one.before.loss),
      unit: '',
      atMost: 1,
    },
    {
      name: `${name}: 1 - AUROC of none of these`,
      value: areas.length === 0 ? null : 1 - areas.reduce((sum, one) => sum + one, 0) / areas.length,
      unit: '',
      atMost: 0.15,
      note: `against ${foreign} of other sets; ${percent(meanOf((one) => one.turnedAway))} of its own exam turned away`,
    },
  ];
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function spread<T>(items: readonly T[], most: number): T[] {
  const step = Math.max(1, items.length / most);
  return items.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
}

async function noveltyOf(page: Page, pictures: readonly ListedPicture[]): Promise<number[]> {
  if (pictures.length === 0) return [];
  await page.setInputFiles(
    '#files',
    pictures.map(({ file }) => file),
  );
  return page.evaluate(() => window.graftBench.novelty());
}

/** The sets of a folder: subfolders with classes of samples, and zips of such. Of text there is no task yet. */
async function listSets(folder: string): Promise<SampleSet[]> {
  const sets: SampleSet[] = [];
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) =>
    a.name.localeCompare(b.name),
  )) {
    const path = join(folder, entry.name);
    const root = entry.isDirectory() ? path : entry.name.endsWith('.zip') ? await unpacked(path) : null;
    if (root === null) continue;
    const inFolders = await listFolders(root);
    const samples = inFolders.length > 0 ? inFolders : await listByName(root);
    const classes = new Set(samples.map((one) => dirname(one.path)));
    const task = samples.every(({ name }) => name.endsWith('.wav'))
      ? 'sound-classification'
      : 'image-classification';
    if (classes.size >= 2) sets.push({ name: entry.name, task, samples });
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
