import { MEL_BANDS } from '../../core/trunk-input.ts';
import { melFrames, samplesFor } from './mel.ts';
import { fitted } from './window.ts';

/** Frames below which a spectrum is not drawn narrower: about a second. */
const LEAST_FRAMES = 96;
/** Where the colour runs from and to: the background of the page's dark stage, its leaf green, paper. */
const RAMP = [
  [19, 23, 20],
  [47, 125, 79],
  [251, 250, 246],
] as const;

/** Samples that are drawn of a sound. */
export const drawnLength = (samples: Float32Array): number =>
  Math.max(samples.length, samplesFor(LEAST_FRAMES));

/** The mel spectrum of a whole sound as a picture: time to the right, high above low, one pixel a frame and band. */
export function drawSpectrogram(samples: Float32Array): OffscreenCanvas {
  const whole = fitted(samples, drawnLength(samples));
  const levels = melFrames(whole);
  const frames = levels.length / MEL_BANDS;
  let low = Infinity;
  let high = -Infinity;
  for (const level of levels) {
    low = Math.min(low, level);
    high = Math.max(high, level);
  }
  const canvas = new OffscreenCanvas(frames, MEL_BANDS);
  const context = canvas.getContext('2d');
  const image = new ImageData(frames, MEL_BANDS);
  for (let frame = 0; frame < frames; frame++) {
    for (let band = 0; band < MEL_BANDS; band++) {
      const share = ((levels[frame * MEL_BANDS + band] ?? low) - low) / Math.max(high - low, 1e-6);
      image.data.set([...colourOf(share), 255], 4 * ((MEL_BANDS - 1 - band) * frames + frame));
    }
  }
  context?.putImageData(image, 0, 0);
  return canvas;
}

function colourOf(share: number): number[] {
  const at = Math.min(RAMP.length - 1.001, share * (RAMP.length - 1));
  const [from, to] = [RAMP[Math.floor(at)] ?? RAMP[0], RAMP[Math.floor(at) + 1] ?? RAMP[2]];
  return from.map((value, i) => Math.round(value + ((to[i] ?? value) - value) * (at % 1)));
}
