/** @file How much more data would help: a power law through heads taught on parts of the data, and its band. */
import type { Interval } from '../core/evaluation.ts';
import type { LearningCurve } from '../core/learning-curve.ts';
import { createRng, type Rng } from '../core/rng.ts';
import { percentileInterval } from './bootstrap.ts';

/** `error(n) = floor + scale * n^-rate`. Source: Hestness et al., Deep Learning Scaling is Predictable, 2017. */
export interface PowerLaw {
  readonly floor: number;
  readonly scale: number;
  readonly rate: number;
}

/** A measured point. */
export interface CurveSample {
  /** Samples learned from. */
  readonly n: number;
  /** Share of right answers. */
  readonly accuracy: number;
  /** How often it was measured. */
  readonly weight: number;
}

const RATES = Array.from({ length: 20 }, (_, at) => 0.1 * (at + 1));

/**
 * The power law nearest to the points, least squares weighted by how often each was measured. The rate is searched on a
 * grid; floor and scale follow in closed form and are not negative: more data never hurts, no error is below zero.
 */
export function fitPowerLaw(points: readonly CurveSample[]): PowerLaw {
  let best: PowerLaw = { floor: 0, scale: 0, rate: 1 };
  let least = Infinity;
  for (const rate of RATES) {
    const found = fitAtRate(points, rate);
    const loss = points.reduce(
      (sum, { n, accuracy, weight }) => sum + weight * (1 - accuracy - errorAt(found, n)) ** 2,
      0,
    );
    if (loss < least - 1e-12) {
      least = loss;
      best = found;
    }
  }
  return best;
}

function fitAtRate(points: readonly CurveSample[], rate: number): PowerLaw {
  let total = 0;
  let meanX = 0;
  let meanY = 0;
  for (const { n, accuracy, weight } of points) {
    total += weight;
    meanX += weight * n ** -rate;
    meanY += weight * (1 - accuracy);
  }
  if (total === 0) return { floor: 0, scale: 0, rate };
  meanX /= total;
  meanY /= total;
  let cross = 0;
  let square = 0;
  let through = 0;
  let own = 0;
  for (const { n, accuracy, weight } of points) {
    const x = n ** -rate;
    cross += weight * (x - meanX) * (1 - accuracy - meanY);
    square += weight * (x - meanX) ** 2;
    through += weight * x * (1 - accuracy);
    own += weight * x * x;
  }
  const scale = square === 0 ? 0 : cross / square;
  if (scale <= 0) return { floor: meanY, scale: 0, rate };
  const floor = meanY - scale * meanX;
  return floor >= 0 ? { floor, scale, rate } : { floor: 0, scale: through / own, rate };
}

function errorAt({ floor, scale, rate }: PowerLaw, n: number): number {
  return Math.min(1, floor + scale * n ** -rate);
}

/** The accuracy that a law expects of `n` samples. */
export function accuracyAt(law: PowerLaw, n: number): number {
  return 1 - errorAt(law, n);
}

/** The points of a curve: of all classes together, or the share of one class that is found. */
export function curveSamples(curve: LearningCurve, classAt: number | null): CurveSample[] {
  return curve.points.flatMap(({ repeats }) => {
    const measured = repeats.map(({ samples, right }) => measure(curve, classAt, samples, right, null));
    const [first] = measured;
    if (first === undefined) return [];
    const accuracy = measured.reduce((sum, one) => sum + one.accuracy, 0) / measured.length;
    return [{ n: first.n, accuracy, weight: measured.length }];
  });
}

function measure(
  curve: LearningCurve,
  classAt: number | null,
  samples: readonly number[],
  right: readonly boolean[],
  rows: readonly number[] | null,
): { n: number; accuracy: number } {
  const n = classAt === null ? samples.reduce((sum, one) => sum + one, 0) : (samples[classAt] ?? 0);
  const asked = rows ?? rowsOf(curve, classAt);
  const hits = asked.filter((row) => right[row] === true).length;
  return { n, accuracy: asked.length === 0 ? 0 : hits / asked.length };
}

/** Rows of the exam that count. */
function rowsOf({ truth }: LearningCurve, classAt: number | null): number[] {
  return truth.flatMap((own, row) => (classAt === null || own === classAt ? [row] : []));
}

/** What more samples would bring. */
export interface ExpectedGain {
  /** Change of the share of right answers. */
  readonly gain: number;
  /** Its band: 95 % of the laws that other exams and other draws would give. */
  readonly band: Interval;
}

/** Laws that are drawn for a band. */
const DRAWS = 300;

/**
 * What `more` further samples of a class (`null`: of each class) would bring, with a band: exam samples and repeats are
 * drawn anew with replacement, and the law is fitted to each draw. `null` where there is no exam sample, or fewer than three points.
 */
export function expectedGain(
  curve: LearningCurve,
  classAt: number | null,
  more: number,
): ExpectedGain | null {
  const rows = rowsOf(curve, classAt);
  const points = curveSamples(curve, classAt);
  const last = points.at(-1);
  if (rows.length === 0 || last === undefined || points.length < 3) return null;
  const added = classAt === null ? more * curve.classIds.length : more;
  const gainOf = (law: PowerLaw) => accuracyAt(law, last.n + added) - accuracyAt(law, last.n);
  const gains = drawnLaws(curve, classAt).map(gainOf);
  return { gain: gainOf(fitPowerLaw(points)), band: percentileInterval(gains) };
}

/** The laws that other exams and other draws would give: always the same ones for the same curve. */
function drawnLaws(curve: LearningCurve, classAt: number | null): PowerLaw[] {
  const rows = rowsOf(curve, classAt);
  const rng = createRng(1);
  return Array.from({ length: DRAWS }, () => fitPowerLaw(drawn(curve, classAt, rows, rng)));
}

/**
 * Between what accuracies the laws lie at each of some numbers of samples, 95 %: the band around the fitted curve. Empty
 * where {@link expectedGain} says nothing.
 */
export function expectedBand(
  curve: LearningCurve,
  classAt: number | null,
  counts: readonly number[],
): (Interval & { readonly n: number })[] {
  if (rowsOf(curve, classAt).length === 0 || curveSamples(curve, classAt).length < 3) return [];
  const laws = drawnLaws(curve, classAt);
  return counts.map((n) => ({ n, ...percentileInterval(laws.map((law) => accuracyAt(law, n))) }));
}

function drawn(
  curve: LearningCurve,
  classAt: number | null,
  rows: readonly number[],
  rng: Rng,
): CurveSample[] {
  const pick = <T>(items: readonly T[]): T =>
    items[Math.min(items.length - 1, Math.floor(rng.next() * items.length))] as T;
  const exam = rows.map(() => pick(rows));
  return curve.points.flatMap(({ repeats }) => {
    if (repeats.length === 0) return [];
    const chosen = repeats.map(() => pick(repeats));
    const measured = chosen.map(({ samples, right }) => measure(curve, classAt, samples, right, exam));
    const accuracy = measured.reduce((sum, one) => sum + one.accuracy, 0) / measured.length;
    return [{ n: measured[0]?.n ?? 0, accuracy, weight: measured.length }];
  });
}
