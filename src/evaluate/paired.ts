/** @file Two runs on the same samples: whether one is better, or the difference is noise. */
import type { Interval, SamplePrediction } from '../core/evaluation.ts';

/** The common samples of two results, by who was right. */
export interface PairedComparison {
  readonly common: number;
  readonly bothRight: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neither: number;
  /** McNemar's exact test, two-sided: how often chance alone would give a difference like this. 1 if they never differ. */
  readonly pValue: number;
  /** Accuracy of the second less that of the first, on the common samples; `null` without any. */
  readonly difference: number | null;
  /** Of the difference, 95 %, Agresti and Min. */
  readonly interval: Interval;
}

/** Compares two results on the ids that both have and on whose truth both agree (a label that was mended is left out). */
export function comparePaired(
  first: readonly SamplePrediction[],
  second: readonly SamplePrediction[],
  sameTruth: (a: SamplePrediction, b: SamplePrediction) => boolean = (a, b) => a.truth === b.truth,
): PairedComparison {
  const others = new Map(second.map((one) => [one.id, one]));
  const counts = { bothRight: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  let common = 0;
  for (const one of first) {
    const other = others.get(one.id);
    if (other === undefined || !sameTruth(one, other)) continue;
    common++;
    const right = one.predicted === one.truth;
    const otherRight = other.predicted === other.truth;
    counts[right ? (otherRight ? 'bothRight' : 'onlyFirst') : otherRight ? 'onlySecond' : 'neither']++;
  }
  const { onlyFirst, onlySecond } = counts;
  return {
    common,
    ...counts,
    pValue: mcnemarExact(onlyFirst, onlySecond),
    difference: common === 0 ? null : (onlySecond - onlyFirst) / common,
    interval: differenceInterval(onlyFirst, onlySecond, common),
  };
}

/**
 * McNemar's test, exact: of the samples on which the two differ, each is right with chance one half if neither is better.
 * Two-sided binomial. Source: McNemar, 1947; as statsmodels' `mcnemar(exact=True)`.
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  const least = Math.min(onlyFirst, onlySecond);
  // In logarithms: 2^-n is 0 from n = 1075 on.
  let log = -n * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= least; k++) {
    tail += Math.exp(log);
    log += Math.log(n - k) - Math.log(k + 1);
  }
  return Math.min(1, 2 * tail);
}

/**
 * 95 % interval of a difference of paired shares: Wald's after half a sample is added to each of the four cells, which keeps
 * it honest for few samples. Source: Agresti and Min, 2005.
 */
function differenceInterval(onlyFirst: number, onlySecond: number, common: number): Interval {
  const n = common + 2;
  const b = onlyFirst + 0.5;
  const c = onlySecond + 0.5;
  const difference = (c - b) / n;
  const half = (1.959963984540054 * Math.sqrt(b + c - (c - b) ** 2 / n)) / n;
  return { low: Math.max(-1, difference - half), high: Math.min(1, difference + half) };
}
