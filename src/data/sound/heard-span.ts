import type { HeatTime } from '../../core/explain.ts';
import { framesIn, RATE, samplesFor, STEP } from './mel.ts';
import { drawnLength } from './spectrogram.ts';
import { startOf } from './window.ts';

/** Frames of a trunk's input, from one on. */
interface Frames {
  /** That go in. */
  readonly frames: number;
  readonly from: number;
  readonly to: number;
}

/**
 * When some of the frames that a trunk heard of a sound are, in the sound and on its spectrogram.
 * @param samples 16 kHz.
 */
export function heardSpan(samples: Float32Array, { frames, from, to }: Frames): HeatTime {
  const heard = startOf(samples, samplesFor(frames));
  const length = drawnLength(samples);
  const drawn = startOf(samples, length);
  // A frame stands for the step in the middle of what it is computed from.
  const lead = (samplesFor(1) - STEP) / 2;
  const seconds = (frame: number): number => (heard + frame * STEP + lead) / RATE;
  const share = (frame: number): number => (heard + frame * STEP - drawn) / (framesIn(length) * STEP);
  return { fromSeconds: seconds(from), toSeconds: seconds(to), left: share(from), right: share(to) };
}
