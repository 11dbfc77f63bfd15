import type { WeightMap } from '../graph/trunk-network.ts';
import type { FeatureRequest } from './features.ts';
import type { LinearHead } from './linear-head.ts';
import type { OptimizerState } from './optimizer.ts';

/** A picture with its class, as a step sees it. */
export interface Example {
  readonly request: FeatureRequest;
  readonly label: number;
}

/** What a step or a pass over examples found. `loss` is the mean over the examples, in nats. */
export interface Score {
  readonly loss: number;
  readonly accuracy: number;
}

/** Everything that a run learned: the head on raw pooled features, and the values of the opened part of the trunk. */
export interface TrainedWeights {
  readonly head: LinearHead;
  /** Blocks below this one are as pre-trained. */
  readonly cut: number;
  /** `null` for a head-only run. */
  readonly trunk: WeightMap | null;
}

/** Everything that a learner changes, exactly as it computes with it: from here the next step is the same step. */
export interface LearnerState {
  /** All parameters that learn, flat, in the learner's own order. */
  readonly parameters: Float32Array<ArrayBuffer>;
  readonly optimizer: OptimizerState;
  /** Running statistics that follow the batches, by name. */
  readonly statistics: WeightMap;
}

/** A model in training: plain arrays for a head alone, tensors for an open trunk. The trainer drives either. */
export interface Learner {
  readonly trainableParameters: number;
  /** One step of the optimizer on a batch; `factor` is the schedule's. Learning is refused if the loss is not finite. */
  step(batch: readonly Example[], factor: number): Promise<Score>;
  evaluate(examples: readonly Example[]): Promise<Score>;
  /** A copy of the current weights. */
  weights(): Promise<TrainedWeights>;
  /** A copy of everything that changes. */
  state(): Promise<LearnerState>;
  /** Goes on from a state of a learner of the same plan. @throws {EngineError} `project-damaged` if it is of another. */
  restore(state: LearnerState): void;
  /** Pictures per second are too many to yield after each step: true if steps are short. */
  readonly shortSteps: boolean;
  dispose(): void;
}
