/** Zero crossings of the sinc on either side. */
const REACH = 16;
/** Kernels kept; rates with more of them are nobody's, and hardly one would be used twice. */
const MOST_KEPT = 1_000;

/**
 * A sound at another rate: a sinc under a Hann window, cut off at the lower of the two Nyquist frequencies. Between two
 * whole rates few places between samples occur again and again, so the kernel is computed once for each.
 * Source: Smith, "Digital Audio Resampling" (https://ccrma.stanford.edu/~jos/resample/).
 * @param from Rate of `samples`, a whole number, Hz. @param to The rate wanted, likewise.
 */
export function resample(
  samples: Float32Array<ArrayBuffer>,
  from: number,
  to: number,
): Float32Array<ArrayBuffer> {
  if (from === to) return samples;
  const common = divisor(from, to);
  const [phases, stride] = [to / common, from / common];
  const kernels: Kernel[] = [];
  const scale = Math.min(1, to / from);
  const result = new Float32Array(Math.max(1, Math.round((samples.length * to) / from)));
  for (let i = 0; i < result.length; i++) {
    const place = i * stride;
    const phase = place % phases;
    const kernel = kernels[phase] ?? kernelAt(phase / phases, scale);
    if (phases <= MOST_KEPT) kernels[phase] = kernel;
    const { first, weights } = kernel;
    const start = (place - phase) / phases + first;
    const skipped = Math.max(0, -start);
    const end = Math.min(weights.length, samples.length - start);
    let sum = 0;
    for (let k = skipped; k < end; k++) sum += (samples[start + k] ?? 0) * (weights[k] ?? 0);
    result[i] = sum;
  }
  return result;
}

interface Kernel {
  /** Place of the first weight, samples after the one at or before the centre. */
  readonly first: number;
  readonly weights: Float32Array;
}

/** @param centre Between two samples, 0..1. @param scale Of the cut-off, as a part of the Nyquist frequency. */
function kernelAt(centre: number, scale: number): Kernel {
  const reach = REACH / scale;
  const first = Math.ceil(centre - reach);
  const length = Math.floor(centre + reach) - first + 1;
  const weights = new Float32Array(length);
  for (let k = 0; k < length; k++) weights[k] = scale * windowedSinc((first + k - centre) * scale);
  return { first, weights };
}

/** @param x In zero crossings of the sinc, -{@link REACH}..{@link REACH}. */
function windowedSinc(x: number): number {
  if (x === 0) return 1;
  const angle = Math.PI * x;
  return (Math.sin(angle) / angle) * (0.5 + 0.5 * Math.cos(angle / REACH));
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
