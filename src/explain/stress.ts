/** @file The stress test: the same pictures, made worse in many ways, and what the answers are then. */
import type { ClassId } from '../core/dataset.ts';
import { assertNotAborted } from '../core/errors.ts';
import { createRng, deriveSeed } from '../core/rng.ts';
import type {
  BackgroundClass,
  Shortcut,
  StressCell,
  StressCurve,
  StressKind,
  StressReport,
} from '../core/stress.ts';
import { STRESS_KINDS } from '../core/stress.ts';
import { wilsonInterval } from '../evaluate/metrics.ts';
import { logOdds } from './log-odds.ts';
import {
  blurred,
  brightened,
  contrasted,
  covered,
  croppedIn,
  middleBox,
  mirrored,
  noisy,
  type PixelBox,
  type SquarePicture,
  transplanted,
  turned,
} from './perturb.ts';

/** Strengths, in the units of {@link StressReport.curves}, in the order of their axis. The one at `UNTOUCHED` changes nothing. */
const STRENGTHS: Readonly<Record<StressKind, readonly number[]>> = {
  brightness: [-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6],
  contrast: [-0.8, -0.5, -0.25, 0, 0.25, 0.5, 1],
  blur: [0, 0.005, 0.01, 0.02, 0.03],
  noise: [0, 0.05, 0.1, 0.2, 0.3],
  crop: [0, 0.1, 0.25, 0.4, 0.55],
  rotation: [-45, -30, -15, 0, 15, 30, 45],
  mirror: [0, 1],
  jpeg: [100, 50, 25, 10, 5],
  background: [0, 0.3, 0.5, 0.7, 0.85],
};
const UNTOUCHED: Readonly<Record<StressKind, number>> = {
  brightness: 0,
  contrast: 0,
  blur: 0,
  noise: 0,
  crop: 0,
  rotation: 0,
  mirror: 0,
  jpeg: 100,
  background: 0,
};
/** With so much of the middle covered, what is left counts as background. */
const BACKGROUND = 0.7;
/** Part of the right answers that must survive on the background alone for a warning. */
const ENOUGH = 0.7;
/** Cells per side in which shortcuts are looked for; only those at the edge: the thing itself is in the middle. */
const CELLS = 4;
/** A cell is covered with half a cell around it, so that what straddles its border goes too. */
const MARGIN = 0.5;
/** A class with fewer right pictures than this shows nothing. */
const LEAST = 3;
/** Pictures of other classes that a part is copied into, at most. */
const RECIPIENTS = 12;
/** Part of them that must change their answer. */
const FLIPPED = 0.5;
const BATCH = 8;

export interface StressSample {
  readonly id: string;
  /** Index of the class. */
  readonly truth: number;
}

export interface StressTask {
  readonly runId: string;
  readonly side: StressReport['side'];
  readonly splitHash: string;
  readonly classIds: readonly ClassId[];
  readonly samples: readonly StressSample[];
  /** Pictures of the side, of which the samples are all or some. */
  readonly of: number;
  readonly size: number;
  readonly pixels: (id: string) => Promise<Uint8Array>;
  /** Logits of some pictures. Shape of `pictures`: `[count, size, size, 3]`; of the result: `[count, classes]`. */
  readonly logits: (pictures: Float32Array<ArrayBuffer>, count: number) => Promise<Float32Array>;
  /** The picture as a JPEG of a quality 1..100 shows it. */
  readonly asJpeg: (picture: SquarePicture, quality: number) => Promise<Uint8Array>;
  readonly signal: AbortSignal;
  /** In pictures of the side. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What became of one sample. */
interface Outcome {
  readonly sample: StressSample;
  readonly right: boolean;
  /** Right, by kind and strength. */
  readonly rightAt: ReadonlyMap<StressKind, readonly boolean[]>;
  /** How much the log-odds of its class fall with each cell at the edge covered. */
  readonly drops: readonly number[];
}

/**
 * Changes each sample in every way and asks for its class; then looks for small parts at the edge that decide for a class:
 * the part whose covering takes most from the class is copied into pictures of others, and if most of those are called that
 * class then, it is a shortcut.
 * @throws {EngineError} `cancelled`.
 */
export async function stressTest(task: StressTask): Promise<StressReport> {
  const { runId, side, splitHash, samples, of, signal, onProgress } = task;
  const startedMs = performance.now();
  const outcomes: Outcome[] = [];
  for (const sample of samples) {
    outcomes.push(await outcomeOf(task, sample));
    assertNotAborted(signal);
    onProgress?.(outcomes.length, samples.length);
  }
  return {
    runId,
    side,
    splitHash,
    total: samples.length,
    of,
    correct: outcomes.filter(({ right }) => right).length,
    curves: STRESS_KINDS.map((kind) => curveOf(kind, outcomes)),
    background: backgroundOf(task, outcomes),
    shortcuts: await shortcutsOf(task, outcomes),
    elapsedMs: performance.now() - startedMs,
  };
}

async function outcomeOf(task: StressTask, sample: StressSample): Promise<Outcome> {
  const picture: SquarePicture = { pixels: await task.pixels(sample.id), size: task.size };
  const changes = STRESS_KINDS.flatMap((kind) =>
    STRENGTHS[kind]
      .filter((strength) => strength !== UNTOUCHED[kind])
      .map((strength) => ({ kind, strength })),
  );
  const pictures = [picture.pixels];
  for (const { kind, strength } of changes)
    pictures.push(await changed(task, sample, picture, kind, strength));
  pictures.push(...EDGE_CELLS.map((cell) => covered(picture, cellBox(cell, task.size))));
  const logits = await logitsOf(task, pictures);
  const isRight = (at: number) => largestAt(logits[at] ?? []) === sample.truth;
  const right = isRight(0);
  const found = new Map(changes.map(({ kind, strength }, at) => [`${kind}/${strength}`, isRight(at + 1)]));
  const odds = logits.map((row) => logOdds(row, sample.truth));
  return {
    sample,
    right,
    rightAt: new Map(
      STRESS_KINDS.map((kind) => [
        kind,
        STRENGTHS[kind].map((strength) => found.get(`${kind}/${strength}`) ?? right),
      ]),
    ),
    drops: EDGE_CELLS.map((_, at) => (odds[0] ?? 0) - (odds[1 + changes.length + at] ?? 0)),
  };
}

/** One change of one picture; noise is drawn from the picture's id, so that a test gives the same twice. */
async function changed(
  { asJpeg }: StressTask,
  { id }: StressSample,
  picture: SquarePicture,
  kind: StressKind,
  strength: number,
): Promise<Uint8Array> {
  switch (kind) {
    case 'brightness':
      return brightened(picture, strength);
    case 'contrast':
      return contrasted(picture, strength);
    case 'blur':
      return blurred(picture, strength);
    case 'noise':
      return noisy(picture, strength, createRng(deriveSeed(Math.round(strength * 1000), id)));
    case 'crop':
      return croppedIn(picture, strength);
    case 'rotation':
      return turned(picture, strength);
    case 'mirror':
      return mirrored(picture);
    case 'jpeg':
      return asJpeg(picture, strength);
    case 'background':
      return covered(picture, middleBox(picture.size, strength));
  }
}

async function logitsOf(
  { logits, signal }: StressTask,
  pictures: readonly Uint8Array[],
): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  for (let start = 0; start < pictures.length; start += BATCH) {
    const batch = pictures.slice(start, start + BATCH);
    const length = batch[0]?.length ?? 0;
    const all = new Float32Array(batch.length * length);
    batch.forEach((one, at) => all.set(one, at * length));
    const found = await logits(all, batch.length);
    assertNotAborted(signal);
    const classes = found.length / batch.length;
    batch.forEach((_, at) => rows.push(found.slice(at * classes, (at + 1) * classes)));
  }
  return rows;
}

function curveOf(kind: StressKind, outcomes: readonly Outcome[]): StressCurve {
  const points = STRENGTHS[kind].map((strength, at) => ({
    strength,
    correct: outcomes.filter(({ rightAt }) => rightAt.get(kind)?.[at] === true).length,
  }));
  return { kind, points };
}

function backgroundOf({ classIds }: StressTask, outcomes: readonly Outcome[]): StressReport['background'] {
  const at = STRENGTHS.background.indexOf(BACKGROUND);
  const isRight = ({ rightAt }: Outcome) => rightAt.get('background')?.[at] === true;
  const perClass: BackgroundClass[] = classIds.map((classId, label) => {
    const own = outcomes.filter(({ sample }) => sample.truth === label);
    return {
      classId,
      support: own.length,
      before: own.filter(({ right }) => right).length,
      correct: own.filter(isRight).length,
    };
  });
  const correct = outcomes.filter(isRight).length;
  const before = outcomes.filter(({ right }) => right).length;
  const chance = Math.max(0, ...perClass.map(({ support }) => support)) / Math.max(1, outcomes.length);
  const enough =
    outcomes.length > 0 &&
    correct >= ENOUGH * before &&
    wilsonInterval(correct, outcomes.length).low > chance;
  return { covered: BACKGROUND, correct, chance, perClass, enough };
}

/** The cells around the edge. */
const EDGE_CELLS: readonly StressCell[] = Array.from({ length: CELLS * CELLS }, (_, at) => ({
  row: Math.floor(at / CELLS),
  column: at % CELLS,
})).filter(({ row, column }) => [row, column].some((one) => one === 0 || one === CELLS - 1));

function cellBox({ row, column }: StressCell, size: number): PixelBox {
  const step = size / CELLS;
  const held = (value: number) => Math.min(size, Math.max(0, Math.round(value * step)));
  return {
    left: held(column - MARGIN),
    top: held(row - MARGIN),
    right: held(column + 1 + MARGIN),
    bottom: held(row + 1 + MARGIN),
  };
}

async function shortcutsOf(task: StressTask, outcomes: readonly Outcome[]): Promise<Shortcut[]> {
  const found: Shortcut[] = [];
  const right = outcomes.filter((one) => one.right);
  for (const [label, classId] of task.classIds.entries()) {
    const own = right.filter(({ sample }) => sample.truth === label);
    const others = spread(
      right.filter(({ sample }) => sample.truth !== label),
      RECIPIENTS,
    );
    if (own.length < LEAST || others.length < LEAST) continue;
    const drops = EDGE_CELLS.map(
      (_, at) => own.reduce((sum, { drops: all }) => sum + (all[at] ?? 0), 0) / own.length,
    );
    const at = largestAt(drops);
    const [cell, drop] = [EDGE_CELLS[at], drops[at] ?? 0];
    if (cell === undefined || drop <= 0) continue;
    const flipped = await flippedBy(task, { label, own, others, box: cellBox(cell, task.size) });
    if (flipped >= FLIPPED * others.length)
      found.push({ classId, cell, tried: others.length, flipped, drop });
  }
  return found;
}

interface Transplant {
  readonly label: number;
  readonly own: readonly Outcome[];
  readonly others: readonly Outcome[];
  readonly box: PixelBox;
}

/** How many pictures of others are called the class once a part of one of its pictures is in theirs. */
async function flippedBy(task: StressTask, { label, own, others, box }: Transplant): Promise<number> {
  const pictures: Uint8Array[] = [];
  for (const [at, { sample }] of others.entries()) {
    const donor = await task.pixels(own[at % own.length]?.sample.id ?? '');
    pictures.push(transplanted({ pixels: await task.pixels(sample.id), size: task.size }, donor, box));
  }
  const rows = await logitsOf(task, pictures);
  return rows.filter((row) => largestAt(row) === label).length;
}

/** At most so many of a list, spread evenly over it. */
export function spread<T>(all: readonly T[], most: number): T[] {
  const step = Math.max(1, all.length / most);
  return all.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
}

function largestAt(values: ArrayLike<number>): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) if ((values[at] ?? 0) > (values[best] ?? 0)) best = at;
  return best;
}
