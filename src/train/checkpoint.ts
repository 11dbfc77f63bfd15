/**
 * @file Where a run is, so exactly that it can go on elsewhere as if nothing had happened: what the learner computes
 * with, the order of the samples and the place in it, and what is the best so far.
 */
import type { EpochLog } from '../core/run.ts';
import type { BestState } from './early-stop.ts';
import type { LearnerState, TrainedWeights } from './learner.ts';
import type { Standardiser } from './linear-head.ts';

export interface TrainCheckpoint {
  /** The epoch that is going on or comes next, from 1. */
  readonly epoch: number;
  /** Training samples of it that steps have seen. */
  readonly offset: number;
  /** Random generator of the order, before this epoch's shuffle. */
  readonly orderState: number;
  /** Sums over the steps of this epoch so far, as parts of the epoch's means. */
  readonly pass: { readonly loss: number; readonly accuracy: number };
  readonly epochs: readonly EpochLog[];
  readonly best: { readonly state: BestState; readonly weights: TrainedWeights };
  readonly standardiser: Standardiser;
  readonly learner: LearnerState;
  readonly seenIds: readonly string[];
  /** What every learning rate is multiplied by; below 1 after a loss that was no number. */
  readonly rateFactor: number;
}

/** At most this long is a run without a checkpoint, ms: half of what a person may lose. */
const LONGEST_MS = 15_000;
/** Keeping may take at most this part of the time. */
const SHARE = 0.05;
/** Epochs shorter than this are kept several at a time, ms. */
const SHORTEST_MS = 500;

/** Says when a checkpoint is due. */
export interface CheckpointClock {
  /** At the end of an epoch: every epoch, unless epochs are so short that keeping them would be the most work. */
  isDue(atEpochEnd: boolean): boolean;
  /** One was kept; it took so many ms. */
  kept(tookMs: number): void;
}

export function createCheckpointClock(now: () => number = () => performance.now()): CheckpointClock {
  let keptMs = -Infinity;
  let pauseMs = 0;
  return {
    isDue(atEpochEnd) {
      const since = now() - keptMs;
      return (
        since >= Math.max(LONGEST_MS, pauseMs) || (atEpochEnd && since >= Math.max(SHORTEST_MS, pauseMs))
      );
    },
    kept(tookMs) {
      keptMs = now();
      // Even the largest model is kept within what may be lost.
      pauseMs = Math.min(tookMs / SHARE, 2 * LONGEST_MS);
    },
  };
}
