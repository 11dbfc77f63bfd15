/**
 * @file Faults at random moments, and what is left after them. One run is disturbed many times and must end with the
 * losses of one that nobody disturbed; what the page was told before a fault must be there after it.
 */
import { expect } from '@playwright/test';
import { createRng, type Rng } from '../../src/core/rng.ts';
import { patternJpeg } from '../../src/testing/files/pictures.ts';
import type { GraftPage } from '../pages/graft-page.ts';
import { cutCheckpoint, fillDisk, readKept, type KeptRun } from './disk.ts';
import { killEngine, told } from './tap.ts';

/** What came of the faults of one kind. */
export interface Tally {
  faults: number;
  /** Samples that were told and are gone, or whose picture is. */
  lostSamples: number;
  /** Runs that were set back by more than 30 s and by more than one epoch, or are gone though they were older. */
  lostRuns: number;
  /** The farthest that a run was set back, ms. */
  worstSetBackMs: number;
  /** Runs that were compared with an undisturbed one. */
  compared: number;
  /** The largest difference of a loss from that of the undisturbed run. */
  lossDifference: number;
}

const emptyTally = (): Tally => ({
  faults: 0,
  lostSamples: 0,
  lostRuns: 0,
  worstSetBackMs: 0,
  compared: 0,
  lossDifference: 0,
});

/** What a person may lose of a run, ms. */
const MAY_LOSE_MS = 30_000;
/** A fault comes at most so long after a run was started or went on, ms. */
const LATEST_MS = 4_000;
/** A run with its engine starting anew, ms. */
const RUN_LIMIT_MS = 240_000;

/** Does the harm and brings the page back to where a person can go on. */
type Harm = (graft: GraftPage, rng: Rng) => Promise<void>;

const startAgain = async (graft: GraftPage): Promise<void> => {
  await graft.alerts.getByRole('button', { name: graft.say('common:startAgain') }).click();
  // Asked at the end of opening; until the new thread has begun, the page looks as ready as before.
  await expect.poll(async () => (await told(graft.page)).unfinished, { timeout: 60_000 }).not.toBeUndefined();
  await graft.ready();
  // A question that was open when the engine died is asked again, with the files that it is about.
  await graft.page.keyboard.press('Escape');
};

/** The engine's thread is ended. */
export const killed: Harm = async (graft) => {
  await killEngine(graft.page);
  await startAgain(graft);
};

export const reloaded: Harm = async (graft) => {
  await graft.page.reload();
  await graft.ready();
};

/** The engine's thread is ended, and the younger checkpoint is cut at a random byte. */
export const cut: Harm = async (graft, rng) => {
  await killEngine(graft.page);
  await cutCheckpoint(graft.page, rng.next());
  await startAgain(graft);
};

/** No byte more can be kept for a while; every second time the page is reloaded meanwhile. */
export function diskFilled(): Harm {
  let times = 0;
  return async (graft, rng) => {
    await fillDisk(graft.page, 1);
    await graft.page.waitForTimeout(500 + 2500 * rng.next());
    if (times++ % 2 === 0) await graft.page.reload();
    else await killEngine(graft.page).then(() => startAgain(graft));
    await graft.ready();
    await fillDisk(graft.page, null);
  };
}

/** A project with a run that nobody disturbed, to disturb others like it. */
export interface Subject {
  readonly graft: GraftPage;
  readonly rng: Rng;
  readonly samples: number;
  readonly undisturbed: KeptRun;
}

interface SubjectOptions {
  readonly folder: string;
  readonly samples: number;
  readonly epochs: number;
  readonly seed: number;
  /** 1: a rescue that halves the batch leaves it as it is. */
  readonly batchSize?: number;
  /** Chooses model and back-end; without it, what the page has chosen. */
  readonly prepare?: (graft: GraftPage) => Promise<void>;
}

/** The page must have been opened, with the tap on. */
export async function createSubject(
  graft: GraftPage,
  { folder, samples, epochs, seed, batchSize, prepare }: SubjectOptions,
): Promise<Subject> {
  await prepare?.(graft);
  await graft.prepare.addFolder(folder);
  await graft.prepare.waitForPictures(samples);
  await graft.fineTune.open();
  await graft.fineTune.choosePreset('deep');
  await graft.fineTune.setNumber('epochs', epochs);
  await graft.fineTune.setNumber('patience', 0);
  if (batchSize !== undefined) await graft.fineTune.setNumber('batchSize', batchSize);
  await graft.fineTune.start();
  await ended(graft);
  const [undisturbed] = (await readKept(graft.page)).runs;
  if (undisturbed?.status !== 'done') throw new Error(`The first run is ${String(undisturbed?.status)}.`);
  return { graft, rng: createRng(seed), samples, undisturbed };
}

async function ended(graft: GraftPage): Promise<void> {
  await expect
    .poll(async () => (await told(graft.page)).ended, { timeout: RUN_LIMIT_MS, intervals: [200] })
    .not.toBeNull();
}

/** Disturbs runs until the harm was done so often; each run is gone on with until it ends, and compared. */
export async function disturbRuns({ graft, ...subject }: Subject, harm: Harm, times: number): Promise<Tally> {
  const tally = emptyTally();
  let canGoOn = false;
  while (tally.faults < times) {
    await begin(graft, canGoOn);
    const disturbed = await waitOrEnd(graft, subject.rng.next() * LATEST_MS);
    if (!disturbed) {
      await compare({ graft, ...subject }, tally);
      canGoOn = false;
      continue;
    }
    canGoOn = await disturb({ graft, ...subject }, harm, tally, canGoOn);
  }
  await begin(graft, canGoOn);
  await ended(graft);
  await compare({ graft, ...subject }, tally);
  return tally;
}

async function begin(graft: GraftPage, canGoOn: boolean): Promise<void> {
  await graft.fineTune.open();
  const button = canGoOn
    ? graft.page.getByRole('button', { name: graft.say('fineTune:unfinished.goOn') })
    : graft.fineTune.teachButton;
  await button.click();
  await expect.poll(async () => (await told(graft.page)).startedAtMs).not.toBeNull();
}

/** True: the run still goes after so long. */
async function waitOrEnd(graft: GraftPage, delayMs: number): Promise<boolean> {
  await graft.page.waitForTimeout(delayMs);
  return (await told(graft.page)).ended === null;
}

/** One fault in a run that goes. `wentOn`: it had been kept before, and went on from there. Tells whether it can go on. */
async function disturb(subject: Subject, harm: Harm, tally: Tally, wentOn: boolean): Promise<boolean> {
  const { graft, rng, samples } = subject;
  const before = await told(graft.page);
  const atMs = Date.now();
  await harm(graft, rng);
  tally.faults++;
  await expect.poll(async () => (await told(graft.page)).unfinished).not.toBeUndefined();
  const kept = await readKept(graft.page);
  tally.lostSamples += Math.max(0, samples - kept.whole);
  const after = (await told(graft.page)).unfinished ?? null;
  if (after === null && kept.runs.at(-1)?.status === 'done') {
    // It ended before the harm was done.
    await compare(subject, tally);
    return false;
  }
  const startedAtMs = before.startedAtMs ?? atMs;
  // A run that had been kept and is gone is lost, however young; one that has just begun counts from its beginning.
  const setBackMs = atMs - (after?.savedAtMs ?? (wentOn ? 0 : startedAtMs));
  tally.worstSetBackMs = Math.max(tally.worstSetBackMs, setBackMs);
  const setBackEpochs = before.epoch + 1 - (after?.epoch ?? 0);
  if (setBackMs > MAY_LOSE_MS && setBackEpochs > 1) tally.lostRuns++;
  return after !== null && !after.stale;
}

/** The last run against the undisturbed one. */
async function compare({ graft, undisturbed }: Subject, tally: Tally): Promise<void> {
  const run = (await readKept(graft.page)).runs.at(-1);
  tally.compared++;
  tally.lossDifference = Math.max(tally.lossDifference, lossDifference(undisturbed, run));
}

/** Infinite if a run did not end as the other did. */
function lossDifference(one: KeptRun, other: KeptRun | undefined): number {
  if (other?.status !== one.status || other.epochs.length !== one.epochs.length) return Infinity;
  const losses = ({ epochs }: KeptRun) => epochs.flatMap((log) => [log.trainLoss, log.validationLoss ?? 0]);
  const others = losses(other);
  return Math.max(...losses(one).map((loss, at) => Math.abs(loss - (others[at] ?? Infinity))));
}

/** The device of a back-end goes away under a run: it must be carried to its end without the person. */
export async function loseDevice(
  { graft, ...subject }: Subject,
  lose: (graft: GraftPage) => Promise<void>,
  times: number,
): Promise<Tally> {
  const { epochs } = subject.undisturbed;
  const usualMs = epochs.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
  const tally = emptyTally();
  while (tally.faults < times) {
    await begin(graft, false);
    await expect
      .poll(async () => (await told(graft.page)).epoch, { timeout: RUN_LIMIT_MS })
      .toBeGreaterThan(-1);
    if (await waitOrEnd(graft, subject.rng.next() * 0.7 * usualMs)) {
      await lose(graft);
      tally.faults++;
      await ended(graft);
      const { rescues } = await told(graft.page);
      if (rescues.length !== 1) tally.lostRuns++;
      const { whole } = await readKept(graft.page);
      tally.lostSamples += Math.max(0, subject.samples - whole);
    }
    await ended(graft);
    await compare({ graft, ...subject }, tally);
    // A back-end that was lost is not used again before the engine is started anew.
    await reloaded(graft, subject.rng);
  }
  return tally;
}

/** The engine's thread ends, or the page is reloaded, while pictures come in. */
export async function disturbImports(
  graft: GraftPage,
  rng: Rng,
  harm: Harm,
  { times, pictures }: { readonly times: number; readonly pictures: number },
): Promise<Tally> {
  const tally = emptyTally();
  for (; tally.faults < times; tally.faults++) {
    const before = await readKept(graft.page);
    const { samples } = await told(graft.page);
    const files = Array.from({ length: pictures }, (_, i) => ({
      name: `${tally.faults}-${i}.jpg`,
      mimeType: 'image/jpeg',
      buffer: Buffer.from(patternJpeg(i % 2, 10_000 + tally.faults * pictures + i)),
    }));
    await graft.prepare.pickFiles(files);
    await graft.prepare.nameTheClass('all');
    await graft.prepare.agree();
    await graft.page.waitForTimeout(600 * rng.next());
    const toldSamples = (await told(graft.page)).samples - samples;
    await harm(graft, rng);
    const after = await readKept(graft.page);
    tally.lostSamples += after.broken + Math.max(0, before.whole + toldSamples - after.whole);
  }
  return tally;
}
