import type { PixelVariant } from '../../core/pixel-source.ts';
import type { TrunkInput } from '../../core/trunk-input.ts';
import { otherInput } from '../kinds/other-input.ts';
import { melFrames, RATE, samplesFor } from './mel.ts';
import { resample } from './resample.ts';
import type { Sound } from './wav.ts';
import { fitted } from './window.ts';

/**
 * What a trunk takes of a sound. Shape: `inputShape(input)`.
 * @throws {EngineError} `model-unsupported` if it takes something else.
 */
export function soundInput(
  { samples, rate }: Sound,
  input: TrunkInput,
  variant?: PixelVariant,
): Float32Array<ArrayBuffer> {
  if (input.kind !== 'mel') throw otherInput('sound', input);
  return melFrames(fitted(resample(samples, rate, RATE), samplesFor(input.frames), variant));
}
