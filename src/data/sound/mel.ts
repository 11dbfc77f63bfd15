/**
 * @file Frames of the logarithmic mel spectrum as Google's speech embedding takes them: 16 kHz, a Hann window of 25 ms
 * in a transform of 512, a step of 10 ms, 32 bands from 60 to 3 800 Hz.
 * Source: the graph of openWakeWord's `melspectrogram.onnx`, against which the test compares; bands and their norm are
 * Slaney's (Auditory Toolbox, 1998).
 */
import { MEL_BANDS } from '../../core/trunk-input.ts';

/** Samples a second. */
export const RATE = 16_000;
const FFT = 512;
const WINDOW = 400;
/** Samples from one frame to the next. */
export const STEP = 160;
const BINS = FFT / 2 + 1;
const BAND_HZ = { low: 60, high: 3_800 };
/** Powers of samples as 16-bit integers; quieter than this below the loudest counts as silence, dB. */
const INTEGER = 32_768;
const RANGE_DB = 80;
const LEAST_POWER = 1e-10;

/** Samples that make so many frames. */
export const samplesFor = (frames: number): number => (frames - 1) * STEP + FFT;
/** Whole frames in so many samples. */
export const framesIn = (samples: number): number => Math.max(0, Math.floor((samples - FFT) / STEP) + 1);

/**
 * @param samples 16 kHz, -1..1; at least 512.
 * @returns `[framesIn(samples.length), 32]`, `dB / 10 + 2` of the power of 16-bit samples, as openWakeWord scales it.
 */
export function melFrames(samples: Float32Array): Float32Array<ArrayBuffer> {
  const frames = framesIn(samples.length);
  const levels = new Float32Array(frames * MEL_BANDS);
  const real = new Float64Array(FFT);
  const imaginary = new Float64Array(FFT);
  const power = new Float64Array(BINS);
  let loudest = -Infinity;
  for (let frame = 0; frame < frames; frame++) {
    for (let i = 0; i < FFT; i++) real[i] = (samples[frame * STEP + i] ?? 0) * INTEGER * (HANN[i] ?? 0);
    imaginary.fill(0);
    transform(real, imaginary);
    for (let bin = 0; bin < BINS; bin++) power[bin] = (real[bin] ?? 0) ** 2 + (imaginary[bin] ?? 0) ** 2;
    for (const [band, { first, weights }] of BANDS.entries()) {
      let sum = 0;
      for (const [i, weight] of weights.entries()) sum += weight * (power[first + i] ?? 0);
      const level = 10 * Math.log10(Math.max(sum, LEAST_POWER));
      levels[frame * MEL_BANDS + band] = level;
      loudest = Math.max(loudest, level);
    }
  }
  const floor = loudest - RANGE_DB;
  return levels.map((level) => Math.max(level, floor) / 10 + 2);
}

/** In the middle of the transform. */
const HANN = Float64Array.from({ length: FFT }, (_, i) => {
  const at = i - (FFT - WINDOW) / 2;
  return at < 0 || at >= WINDOW ? 0 : 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / WINDOW);
});

/** Mel scale of Slaney: linear up to 1 kHz, then logarithmic. */
const LINEAR_HZ = 200 / 3;
const LOG_FROM = 15;
const LOG_STEP = Math.log(6.4) / 27;
const toMel = (hz: number) => (hz < 1000 ? hz / LINEAR_HZ : LOG_FROM + Math.log(hz / 1000) / LOG_STEP);
const toHz = (mel: number) =>
  mel < LOG_FROM ? mel * LINEAR_HZ : 1000 * Math.exp(LOG_STEP * (mel - LOG_FROM));

/** Triangles of equal area, as the bins at which they are not zero. */
const BANDS = Array.from({ length: MEL_BANDS }, (_, band) => {
  const [low, high] = [toMel(BAND_HZ.low), toMel(BAND_HZ.high)];
  const edge = (i: number) => toHz(low + ((high - low) * i) / (MEL_BANDS + 1));
  const [left, middle, right] = [edge(band), edge(band + 1), edge(band + 2)];
  const weight = (bin: number) => {
    const hz = (bin * RATE) / FFT;
    const rise = Math.min((hz - left) / (middle - left), (right - hz) / (right - middle));
    return (Math.max(0, rise) * 2) / (right - left);
  };
  const first = Math.ceil((left * FFT) / RATE);
  const last = Math.floor((right * FFT) / RATE);
  return { first, weights: Array.from({ length: last - first + 1 }, (__, i) => weight(first + i)) };
});

const COSINES = Float64Array.from({ length: FFT / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / FFT));
const SINES = Float64Array.from({ length: FFT / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / FFT));
const REVERSED = Uint16Array.from({ length: FFT }, (_, i) =>
  parseInt(i.toString(2).padStart(Math.log2(FFT), '0').split('').reverse().join(''), 2),
);

/** The discrete Fourier transform in place (Cooley and Tukey 1965, radix 2). */
function transform(real: Float64Array, imaginary: Float64Array): void {
  for (let i = 0; i < FFT; i++) {
    const j = REVERSED[i] ?? 0;
    if (j <= i) continue;
    [real[i], real[j]] = [real[j] ?? 0, real[i] ?? 0];
    [imaginary[i], imaginary[j]] = [imaginary[j] ?? 0, imaginary[i] ?? 0];
  }
  for (let half = 1; half < FFT; half *= 2) {
    const step = FFT / (2 * half);
    for (let start = 0; start < FFT; start += 2 * half) {
      for (let k = 0; k < half; k++) {
        const [a, b] = [start + k, start + k + half];
        const [cosine, sine] = [COSINES[k * step] ?? 0, SINES[k * step] ?? 0];
        const [re, im] = [real[b] ?? 0, imaginary[b] ?? 0];
        const turnedRe = re * cosine + im * sine;
        const turnedIm = im * cosine - re * sine;
        real[b] = (real[a] ?? 0) - turnedRe;
        imaginary[b] = (imaginary[a] ?? 0) - turnedIm;
        real[a] = (real[a] ?? 0) + turnedRe;
        imaginary[a] = (imaginary[a] ?? 0) + turnedIm;
      }
    }
  }
}
