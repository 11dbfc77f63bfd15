import { EngineError } from '../../core/errors.ts';
import type { PictureSettings, PixelRange } from '../../core/own-model.ts';
import { asImageTrunk, type ImageTrunkOptions, towards } from '../../graph/image-trunk.ts';
import type { Graph } from '../../graph/model/ir.ts';
import { channelAxisOf, type FeatureValue, stem } from './feature-values.ts';
import type { PictureInput } from './picture-input.ts';

/** Of RGB in 0..1; https://pytorch.org/vision/stable/models.html. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** The factor and the addend per channel that take bytes to a range. */
function scaling(range: PixelRange, bgr: boolean): Pick<ImageTrunkOptions, 'scale' | 'offset'> {
  switch (range) {
    case 'unit':
      return towards([0, 1]);
    case 'signed':
      return towards([-1, 1]);
    case 'bytes':
      return towards([0, 255]);
    case 'imagenet': {
      const scale = IMAGENET.std.map((std) => 1 / (255 * std));
      const offset = IMAGENET.mean.map((mean, i) => -mean / (IMAGENET.std[i] ?? 1));
      // The colours have been turned before they are scaled.
      return bgr ? { scale: scale.reverse(), offset: offset.reverse() } : { scale, offset };
    }
  }
}

/**
 * A network framed as a trunk: pixels in, the features that the settings name out.
 * @throws {EngineError} `model-no-features` if the settings name no usable value of it.
 */
export function framed(
  graph: Graph,
  input: PictureInput,
  values: readonly FeatureValue[],
  { inputSize, range, channelOrder, features }: PictureSettings,
): Graph {
  const chosen = findFeatures(values, features);
  if (chosen === undefined) {
    throw new EngineError('model-no-features', `"${features}" is no feature value of the network.`);
  }
  const bgr = channelOrder === 'bgr';
  return asImageTrunk(graph, {
    inputSize,
    ...scaling(range, bgr),
    channelsFirst: input.channelsFirst,
    bgr,
    features: chosen.value,
    featureAxes: chosen.shape.length + 1,
    featureChannels: channelAxisOf(chosen.shape, input.channelsFirst) + 1,
  });
}

/** Importers number values that files do not name; another version may number them anew, so the name before it counts. */
function findFeatures(values: readonly FeatureValue[], name: string): FeatureValue | undefined {
  const usable = values.filter((value) => value.usable);
  return (
    usable.find(({ value }) => value === name) ??
    (name.includes('#') ? usable.findLast(({ value }) => stem(value) === stem(name)) : undefined)
  );
}
