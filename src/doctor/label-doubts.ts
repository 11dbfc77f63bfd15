/** @file Labels that the other samples contradict. */
import type { ClassId, SampleId } from '../core/dataset.ts';
import type { LabelDoubt } from '../core/doctor.ts';

/** What a head that did not see a sample says of it. */
export interface OutOfFold {
  readonly ids: readonly SampleId[];
  readonly classIds: readonly ClassId[];
  /** The given class of each sample, as an index. */
  readonly labels: ArrayLike<number>;
  /** Shape: `[ids.length, classIds.length]`. */
  readonly probabilities: ArrayLike<number>;
}

/**
 * Every sample with the class that speaks most against its own, the most doubtful first. `margin` is the probability of
 * that class less that of the given one.
 */
export function rankedDoubts({ ids, classIds, labels, probabilities }: OutOfFold): LabelDoubt[] {
  const classes = classIds.length;
  const ranked = ids.map((id, row): LabelDoubt => {
    const given = labels[row] ?? 0;
    let rival = given === 0 ? 1 : 0;
    const of = (c: number) => probabilities[row * classes + c] ?? 0;
    for (let c = 0; c < classes; c++) if (c !== given && of(c) > of(rival)) rival = c;
    return { id, suggested: classIds[rival] ?? '', margin: of(rival) - of(given) };
  });
  return ranked.sort((a, b) => b.margin - a.margin);
}

/** From this margin on a label is doubted in any case: where classes are easy, hardly any sample reaches the usual. */
const SURE = 0.5;

/** What a person should look at: the confident doubts, and those with a large margin. The most doubtful first. */
export function labelDoubts(given: OutOfFold): LabelDoubt[] {
  const confident = confidentDoubts(given);
  const known = new Set(confident.map(({ id }) => id));
  const sure = rankedDoubts(given).filter(({ id, margin }) => margin >= SURE && !known.has(id));
  return [...confident, ...sure].sort((a, b) => b.margin - a.margin);
}

/**
 * The doubts that count: another class is at least as probable as that class is, on average, for its own samples.
 * Source: Northcutt, Jiang and Chuang 2021, "Confident Learning" (https://arxiv.org/abs/1911.00068), section 3.1, ranked
 * by the normalised margin of section 3.2.
 */
export function confidentDoubts(given: OutOfFold): LabelDoubt[] {
  const { ids, classIds, labels, probabilities } = given;
  const classes = classIds.length;
  const sums = new Float64Array(classes);
  const counts = new Float64Array(classes);
  ids.forEach((_, row) => {
    const label = labels[row] ?? 0;
    sums[label] = (sums[label] ?? 0) + (probabilities[row * classes + label] ?? 0);
    counts[label] = (counts[label] ?? 0) + 1;
  });
  const isUsual = (label: number, value: number) =>
    value * Math.max(1, counts[label] ?? 0) >= (sums[label] ?? 0);
  const doubts = ids.flatMap((id, row): LabelDoubt[] => {
    const given = labels[row] ?? 0;
    const of = (c: number) => probabilities[row * classes + c] ?? 0;
    let best: number | null = null;
    for (let c = 0; c < classes; c++)
      if (isUsual(c, of(c)) && of(c) > (best === null ? -1 : of(best))) best = c;
    if (best === null || best === given) return [];
    return [{ id, suggested: classIds[best] ?? '', margin: of(best) - of(given) }];
  });
  return doubts.sort((a, b) => b.margin - a.margin);
}
