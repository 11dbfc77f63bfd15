import type { BlockInfo } from '../core/model-card.ts';
import type { TrainEstimate } from '../core/run.ts';
import type { TrainSettings } from '../core/train-settings.ts';
import { inputLength } from '../core/trunk-input.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import { cutOf } from './trainer.ts';

export interface EstimateInput {
  readonly network: TrunkNetwork;
  readonly settings: TrainSettings;
  readonly classes: number;
  readonly train: number;
  readonly validation: number;
  /** Pictures whose activations are not in the cache yet, variants counted. */
  readonly missing: number;
  /** Measured forward pass of the whole trunk, ms per picture. */
  readonly forwardMs: number;
}

/**
 * A training step of an open part costs so many of its forward passes. Measured on WASM, 2 threads, batch 16: 1.6 on
 * a quiet machine for the last three blocks; a machine in use is slower.
 */
const STEP_PER_FORWARD = 2.5;
/** Decoding and resizing one 640 x 480 JPEG where it does not hide behind the forward pass, ms. */
const DECODE_MS = 5;
/** Softmax regression in plain arithmetic: forward and gradient, multiply-adds per second. */
const HEAD_RATE = 4e8;
/** Activations kept for the backward pass, per picture of a batch, relative to all outputs of the open blocks. */
const ACTIVATIONS_PER_BLOCK = 6;

/** What a plan would cost. Seconds grow with the part of the multiplications that lies above the cut. */
export function estimateTraining(input: EstimateInput): TrainEstimate {
  const { network, settings, classes, train, validation, missing, forwardMs } = input;
  const { blocks, featureSize } = network;
  const cut = cutOf(settings.open, blocks.length);
  const head = (featureSize + 1) * classes;
  const trunk = blocks.reduce((sum, one) => sum + one.parameters, 0);
  const open = blocks.slice(cut);
  const opened = network.openSize(cut, settings.tuning);
  const volume = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
  const work = multiplications(blocks);
  const total = work.reduce((a, b) => a + b, 0);
  const share = total === 0 ? 1 : work.slice(cut).reduce((a, b) => a + b, 0) / total;

  const featuresMs = missing * (cut === 0 ? DECODE_MS : Math.max(forwardMs, DECODE_MS));
  const openMs = forwardMs * share;
  const headMs = ((train * 2 + validation) * head * 1000) / HEAD_RATE;
  const epochMs = headMs + openMs * (STEP_PER_FORWARD * train + validation);
  const cached =
    (train * (cut === 0 ? 1 : settings.augmentation.variants + 1) + validation) *
    (cut === 0 ? inputLength(network.input) : 2 * volume(network.cutShape(cut)));
  const activations = open.reduce((sum, one) => sum + volume(one.outputShape), 0) * ACTIVATIONS_PER_BLOCK * 4;
  return {
    trainableParameters: opened + head,
    totalParameters: trunk + head,
    seconds: (featuresMs + settings.epochs * epochMs) / 1000,
    // Parameters: the values, their gradients and two moments.
    memoryBytes: trunk * 4 + (opened + head) * 16 + cached + settings.batchSize * activations,
    storedBytes: 4 * (opened + head),
  };
}

/** Each parameter of a convolution is used once per position of its output; a pooled block has the positions before it. */
function multiplications(blocks: readonly BlockInfo[]): number[] {
  let positions = 1;
  return blocks.map(({ outputShape, parameters }) => {
    const [height, width, channels] = outputShape;
    if (height !== undefined && width !== undefined && channels !== undefined) positions = height * width;
    return parameters * positions;
  });
}
