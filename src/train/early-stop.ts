/** The best epoch so far and how long ago it was. */
export interface BestState {
  readonly bestEpoch: number;
  readonly bestLoss: number;
  readonly epochsSince: number;
}

export interface BestDecision {
  readonly state: BestState;
  /** This epoch's weights are the ones to keep. */
  readonly improved: boolean;
  /** Patience has run out. */
  readonly stop: boolean;
}

export const NO_BEST: BestState = { bestEpoch: -1, bestLoss: Infinity, epochsSince: 0 };

/**
 * Folds one epoch's loss into the state. Pure. A loss that is not finite never improves.
 * `patience` epochs without a better loss end training; 0: never.
 */
export function nextBest(state: BestState, epoch: number, loss: number, patience: number): BestDecision {
  if (loss < state.bestLoss) {
    return { state: { bestEpoch: epoch, bestLoss: loss, epochsSince: 0 }, improved: true, stop: false };
  }
  const epochsSince = state.epochsSince + 1;
  return { state: { ...state, epochsSince }, improved: false, stop: patience > 0 && epochsSince >= patience };
}
