import type { BlockInfo, ModelCard } from '../core/model-card.ts';

/** Catalogue of the fake engine: one bundled model, one on the web. */
export const FAKE_CARDS: readonly ModelCard[] = [
  {
    id: 'mobilenet-v3-small',
    name: 'MobileNetV3 Small',
    licence: 'Apache-2.0',
    source: 'torchvision, ImageNet',
    sizeBytes: 1.9e6,
    megaMacs: 56,
    inputSize: 224,
    featureSize: 576,
    task: 'image-classification',
    availability: 'bundled',
    cached: true,
    headOnly: false,
  },
  {
    id: 'mobilenet-v2-100',
    name: 'MobileNet V2 1.0',
    licence: 'Apache-2.0',
    source: 'TensorFlow, ImageNet',
    sizeBytes: 14e6,
    megaMacs: 300,
    inputSize: 224,
    featureSize: 1280,
    task: 'image-classification',
    availability: 'web',
    cached: false,
    headOnly: true,
  },
];

/** Blocks with the parameter counts of a small inverted-residual trunk. */
export const FAKE_BLOCKS: readonly BlockInfo[] = [
  464, 744, 3_864, 5_416, 13_736, 57_264, 57_264, 21_968, 29_800, 91_848, 294_096, 294_096, 56_448,
].map((parameters, index, all) => ({
  index,
  name: `features.${index}`,
  kind: index === 0 ? 'stem' : index === all.length - 1 ? 'conv' : 'inverted-residual',
  parameters,
  outputShape: [7, 7, 96],
}));
