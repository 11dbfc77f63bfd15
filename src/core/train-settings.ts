/** How much of the trunk learns. The head always does. */
export type OpenPlan =
  | { readonly kind: 'head' }
  /** The last `blocks` blocks of the trunk, counted from the head; at least 1. */
  | { readonly kind: 'last'; readonly blocks: number }
  | { readonly kind: 'all' };

/**
 * What learns in the open blocks: every weight; small matrices beside the weights, which stay (LoRA); or the biases
 * and shifts alone.
 */
export type TuningKind = 'weights' | 'lora' | 'bias';

export interface Tuning {
  readonly kind: TuningKind;
  /** Inner size of the small matrices of LoRA, 1..64. */
  readonly rank: number;
  /** LoRA adds `alpha / rank` times the product of its matrices. */
  readonly alpha: number;
  /** Only parameters whose names match learn, see `matchesNames`; empty: all of the open blocks. */
  readonly names: string;
}

/** Random changes to training pictures. Strengths are 0 (off) to 1. Applied to training ids only. */
export interface Augmentation {
  readonly flip: boolean;
  /** Largest part of the side that a crop may cut away, 0..0.5. */
  readonly crop: number;
  /** Largest rotation either way, degrees, 0..45. */
  readonly rotateDegrees: number;
  /** Largest relative change of brightness, contrast and saturation, 0..0.5. */
  readonly colour: number;
  /** Of sounds: noise of up to this part of their own loudness is mixed in, 0..0.5. Absent: none. */
  readonly noise?: number;
  /** Variants per picture that are cached when the trunk below the cut is frozen. 0: no augmentation. */
  readonly variants: number;
}

export interface TrainSettings {
  readonly open: OpenPlan;
  readonly tuning: Tuning;
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: 'adamw' | 'sgd';
  /** Learning rate of the head at the end of warm-up. */
  readonly headLearningRate: number;
  /** Learning rate of the open blocks of the trunk. */
  readonly trunkLearningRate: number;
  /** Decoupled for AdamW, L2 for SGD; never on biases and BatchNorm parameters. */
  readonly weightDecay: number;
  /** SGD only. */
  readonly momentum: number;
  /** Part of all steps spent warming up, 0..0.5; the rest follows a cosine to zero. */
  readonly warmup: number;
  /** Global gradient norm above which gradients are scaled down; 0: never. */
  readonly clipNorm: number;
  /** Weigh classes by inverse frequency, so that a small class counts as much as a large one. */
  readonly classWeights: boolean;
  /** Epochs without a better validation loss after which training ends; 0: never. */
  readonly patience: number;
  /** Keep BatchNorm running statistics as they were. Off: open blocks use batch statistics and update them. */
  readonly freezeBatchNorm: boolean;
  readonly augmentation: Augmentation;
  readonly seed: number;
  /**
   * Where the weights begin; absent: as pre-trained. `random` forgets all of that, to show what it was worth; only with
   * every weight open.
   */
  readonly begin?: 'random';
}

export const NO_AUGMENTATION: Augmentation = {
  flip: false,
  crop: 0,
  rotateDegrees: 0,
  colour: 0,
  variants: 0,
};

/** Every weight of the open blocks. Rank and alpha as in Hu et al. 2021, "LoRA" (https://arxiv.org/abs/2106.09685). */
export const ALL_WEIGHTS: Tuning = { kind: 'weights', rank: 8, alpha: 16, names: '' };

/** The same settings twice give the same losses on the same device and back-end. */
export const DEFAULT_TRAIN_SETTINGS: TrainSettings = {
  open: { kind: 'head' },
  tuning: ALL_WEIGHTS,
  epochs: 20,
  batchSize: 16,
  optimizer: 'adamw',
  headLearningRate: 1e-3,
  trunkLearningRate: 1e-4,
  weightDecay: 0.01,
  momentum: 0.9,
  warmup: 0.1,
  clipNorm: 1,
  classWeights: true,
  patience: 6,
  freezeBatchNorm: true,
  augmentation: NO_AUGMENTATION,
  seed: 7,
};
