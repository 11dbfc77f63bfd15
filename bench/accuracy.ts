/** @file `npm run bench -- accuracy`: held-out accuracy through the engine that the page uses. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TASKS } from '../src/core/tasks.ts';
import { DEFAULT_TRAIN_SETTINGS, tunedFor, type DeviceReport, type TrainSettings } from '../src/index.ts';
import { argmax } from '../src/train/linear-head.ts';
import { teachNGrams } from '../src/train/n-grams.ts';
import { planName, type BenchOptions } from './options.ts';
import { listFolders, listSplit, type ListedPicture } from './picture-list.ts';
import { callEngine, openDoor, type BenchSite } from './site.ts';
import { listTexts, type ListedText } from './text-list.ts';

export interface AccuracyReport {
  readonly model: string;
  readonly open: string;
  readonly mean: number;
  /** Pictures in the test set. */
  readonly tested: number;
  readonly seeds: readonly {
    readonly seed: number;
    readonly accuracy: number;
    readonly seconds: { readonly features: number; readonly train: number; readonly evaluate: number };
  }[];
  readonly device: string;
}

/** Share of the training pictures kept aside for early stopping when a split is given, unless told otherwise. */
const GIVEN_SPLIT_VALIDATION = 0.15;

export async function benchAccuracy(site: BenchSite, options: BenchOptions): Promise<AccuracyReport> {
  const data = options.data ?? '.';
  const scratch = await mkdtemp(join(tmpdir(), 'accuracy-'));
  try {
    return await measure(site, options, await listSamples(data, options, scratch));
  } finally {
    await rm(scratch, { recursive: true });
  }
}

function listSamples(data: string, { task, train, split }: BenchOptions, scratch: string) {
  if (TASKS[task].sample === 'text') return listTexts(data, train, scratch);
  return split === null ? listFolders(data) : listSplit(data, split);
}

async function measure(
  site: BenchSite,
  options: BenchOptions,
  pictures: readonly ListedSample[],
): Promise<AccuracyReport> {
  const page = await openDoor(site);
  const { settings } = (await callEngine(page, 'project.new', {})).result;
  const modelId = options.model ?? TASKS[options.task].firstModel;
  await callEngine(page, 'project.configure', { settings: { ...settings, task: options.task, modelId } });
  await callEngine(page, 'models.load', { modelId });
  const device = (await callEngine(page, 'device.probe', { modelId, backend: 'auto' })).result;
  await page.setInputFiles(
    '#files',
    pictures.map(({ file }) => file),
  );
  const imported = await page.evaluate(
    (paths) => window.graftBench.importFiles(paths),
    pictures.map(({ path }) => path),
  );
  if (imported.error !== null) throw new Error(imported.error);
  for (const { name, error } of imported.result?.rejected ?? []) {
    const file = pictures.find(({ path, name: own }) => path === name || own === name)?.file ?? name;
    console.error(`left out: ${file}: ${error.code}`);
  }
  const ids = await page.evaluate(() => window.graftBench.sampleIds());
  const seeds = [];
  let tested = 0;
  for (let seed = 1; seed <= options.seeds; seed++) {
    const split = (await callEngine(page, 'data.split', splitFor(pictures, ids, options, seed))).result;
    const baseline = await baselineOf(pictures, ids, new Set(split.test));
    if (baseline !== null) console.log(`seed ${seed}: words and pairs of words alone: ${percent(baseline)}`);
    const train: TrainSettings = {
      ...DEFAULT_TRAIN_SETTINGS,
      ...tunedFor(options.open, options.tuning.kind),
      open: options.open,
      tuning: options.tuning,
      seed,
      ...(options.epochs !== null && { epochs: options.epochs }),
    };
    const run = (await callEngine(page, 'train.start', { settings: train })).result;
    // With `--split` all seeds are examined on one test set; their mean is told, not the best.
    const exam = { runId: run.id, side: 'test', confirmed: true } as const;
    const evaluation = await callEngine(page, 'evaluate.run', exam);
    const accuracy = evaluation.result.accuracy;
    tested = evaluation.result.total;
    const seconds = { ...run.seconds, evaluate: evaluation.elapsedMs / 1000 };
    seeds.push({ seed, accuracy, seconds });
    console.log(
      `seed ${seed}: ${percent(accuracy)} of ${tested}, ${run.epochs.length} epochs, best ${run.bestEpoch}`,
    );
  }
  const mean = seeds.reduce((sum, { accuracy }) => sum + accuracy, 0) / seeds.length;
  console.log(`mean: ${percent(mean)}`);
  return { model: modelId, open: planName(options.open), mean, tested, seeds, device: deviceName(device) };
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

function deviceName({ backend, threads, forwardMs }: DeviceReport): string {
  return `${backend}, ${threads} threads, ${forwardMs.toFixed(1)} ms a picture`;
}

type ListedSample = ListedPicture | ListedText;

/** Of texts: what a model says that has read nothing before. `null` for other samples. */
async function baselineOf(
  samples: readonly ListedSample[],
  ids: Readonly<Record<string, string>>,
  test: ReadonlySet<string>,
): Promise<number | null> {
  const texts = samples.filter((sample): sample is ListedText => 'text' in sample && sample.name in ids);
  if (texts.length === 0) return null;
  const labels = [...new Set(texts.map(({ label }) => label))].sort();
  const isTest = ({ name }: ListedText) => test.has(ids[name] ?? '');
  const model = await teachNGrams(
    texts.filter((one) => !isTest(one)).map(({ text, label }) => ({ text, label: labels.indexOf(label) })),
    { classes: labels.length, seed: 1, pause: () => Promise.resolve() },
  );
  const asked = texts.filter(isTest);
  const right = asked.filter(({ text, label }) => labels[argmax(model.probabilities(text))] === label);
  return right.length / asked.length;
}

/** A given split fixes the test ids (and what is not among them is for learning); otherwise the seed draws it all. */
function splitFor(
  pictures: readonly ListedPicture[],
  ids: Readonly<Record<string, string>>,
  options: BenchOptions,
  seed: number,
) {
  if (pictures.every(({ side }) => side === null)) {
    return { settings: { validation: options.validation ?? 0.15, test: 0.15, seed }, fresh: true };
  }
  const sides = Object.fromEntries(
    pictures.flatMap(({ name, side }) => {
      const id = ids[name];
      return side === 'test' && id !== undefined ? [[id, 'test' as const]] : [];
    }),
  );
  const validation = options.validation ?? GIVEN_SPLIT_VALIDATION;
  return { settings: { validation, test: 0, seed }, fresh: true, sides };
}
