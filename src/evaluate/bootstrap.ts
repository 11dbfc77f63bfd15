/** @file Intervals of scores that no formula gives one for: the percentile bootstrap, with a seed. */
import { assertNotAborted } from '../core/errors.ts';
import type { Interval } from '../core/evaluation.ts';
import { createPacer } from '../core/pacing.ts';
import { createRng } from '../core/rng.ts';
import { SCORE_NAMES, scoresOf, type RankedTable, type ScoreName } from './scores.ts';

/** Multiply-adds that a bootstrap may cost, about a quarter of a second. */
const BUDGET = 3e7;
const MOST_DRAWS = 1000;
const LEAST_DRAWS = 100;
/** Below this share of draws in which a score could be said, its interval would be one of lucky draws. */
const LEAST_SAID = 0.5;

export type ScoreIntervals = Readonly<Record<ScoreName, Interval | null>>;

/**
 * 95 % percentile bootstrap over the samples: each draw takes as many of them, with replacement. `null` where a score could
 * not be said in most draws. The same predictions give the same intervals. Gives way to messages between draws, so that the
 * page may ask it. Source: Efron, 1979.
 *
 * @throws {EngineError} `cancelled`.
 */
export async function bootstrapIntervals(
  ranked: RankedTable,
  signal: AbortSignal,
  seed = 1,
): Promise<ScoreIntervals> {
  assertNotAborted(signal);
  const { count, classes } = ranked.table;
  const draws = Math.round(
    Math.min(MOST_DRAWS, Math.max(LEAST_DRAWS, BUDGET / Math.max(1, count * (classes + 2)))),
  );
  const rng = createRng(seed);
  const values = Object.fromEntries(SCORE_NAMES.map((name) => [name, [] as number[]])) as Record<
    ScoreName,
    number[]
  >;
  const weights = new Float64Array(count);
  const pace = createPacer();
  for (let draw = 0; draw < draws && count > 0; draw++) {
    if (await pace()) assertNotAborted(signal);
    weights.fill(0);
    for (let i = 0; i < count; i++) {
      const at = Math.min(count - 1, Math.floor(rng.next() * count));
      weights[at] = (weights[at] ?? 0) + 1;
    }
    const scores = scoresOf(ranked, weights);
    for (const name of SCORE_NAMES) {
      const value = scores[name];
      if (value !== null) values[name].push(value);
    }
  }
  return Object.fromEntries(
    SCORE_NAMES.map((name) => [
      name,
      values[name].length < Math.max(1, draws * LEAST_SAID) ? null : percentileInterval(values[name]),
    ]),
  ) as Record<ScoreName, Interval | null>;
}

/** The middle 95 % of values, linear between ranks as NumPy's `percentile`. The values are not empty. */
export function percentileInterval(values: readonly number[]): Interval {
  const sorted = Float64Array.from(values).sort();
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

/** A quantile of sorted values, linear between ranks. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}
