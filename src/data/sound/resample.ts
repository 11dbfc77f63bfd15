/** Zero crossings of the sinc on either side. */
const REACH = 16;

/**
 * A sound at another rate: a sinc under a Hann window, cut off at the lower of the two Nyquist frequencies.
 * Source: Smith, "Digital Audio Resampling" (https://ccrma.stanford.edu/~jos/resample/).
 * @param from Rate of `samples`, Hz. @param to The rate wanted, Hz.
 */
export function resample(
  samples: Float32Array<ArrayBuffer>,
  from: number,
  to: number,
): Float32Array<ArrayBuffer> {
  if (from === to) return samples;
  const scale = Math.min(1, to / from);
  const reach = REACH / scale;
  const result = new Float32Array(Math.max(1, Math.round((samples.length * to) / from)));
  for (let i = 0; i < result.length; i++) {
    const centre = (i * from) / to;
    const first = Math.max(0, Math.ceil(centre - reach));
    const last = Math.min(samples.length - 1, Math.floor(centre + reach));
    let sum = 0;
    for (let k = first; k <= last; k++) sum += (samples[k] ?? 0) * kernel((k - centre) * scale);
    result[i] = sum * scale;
  }
  return result;
}

/** @param x In zero crossings of the sinc, -{@link REACH}..{@link REACH}. */
function kernel(x: number): number {
  if (x === 0) return 1;
  const angle = Math.PI * x;
  return (Math.sin(angle) / angle) * (0.5 + 0.5 * Math.cos(angle / REACH));
}
