/** @file WAV files: PCM of 8 to 32 bits and floats, any rate, any number of channels. */
import { EngineError } from '../../core/errors.ts';
import { MAX_SOUND_SECONDS } from '../../core/sound-decoding.ts';
import { textAt } from '../source-bytes.ts';

/** One channel of sound. */
export interface Sound {
  /** -1..1. */
  readonly samples: Float32Array<ArrayBuffer>;
  /** Samples a second. */
  readonly rate: number;
}

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** The real format of the extensible kind: the first two bytes of its GUID, at this place of the chunk. */
const SUBFORMAT_AT = 24;
const MAX_CHANNELS = 64;
const RATES = { min: 1_000, max: 768_000 };

/** Whether the bytes begin as a WAV file does; 12 of them are enough. */
export function isWav(head: Uint8Array): boolean {
  return textAt(head, 0, 4) === 'RIFF' && textAt(head, 8, 4) === 'WAVE';
}

interface Format {
  readonly tag: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

/**
 * The channels of a WAV file, averaged. A file that ends before its header says gives what is there.
 * @throws {EngineError} `file-not-a-sound`, `file-truncated` (damaged), `file-unsupported` (kind: the format's number),
 * `sound-silent` (no samples), `sound-too-long`.
 */
export function readWav(bytes: Uint8Array): Sound {
  if (!isWav(bytes)) throw new EngineError('file-not-a-sound', 'The content is not that of a WAV file.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: Format | null = null;
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = textAt(bytes, at, 4);
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    if (id === 'fmt ') format = readFormat(view, start, Math.min(size, bytes.length - start));
    if (id === 'data') {
      if (format === null) throw damaged('no format before the samples');
      return {
        samples: readSamples(view, start, Math.min(size, bytes.length - start), format),
        rate: format.rate,
      };
    }
    // Chunks begin at even places.
    at = start + size + (size % 2);
  }
  throw damaged('no samples');
}

function readFormat(view: DataView, at: number, size: number): Format {
  if (size < 16) throw damaged('a short format');
  const given = view.getUint16(at, true);
  const tag =
    given === EXTENSIBLE && size >= SUBFORMAT_AT + 2 ? view.getUint16(at + SUBFORMAT_AT, true) : given;
  const format = {
    tag,
    channels: view.getUint16(at + 2, true),
    rate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
  if (format.channels < 1 || format.channels > MAX_CHANNELS) throw damaged(`${format.channels} channels`);
  if (format.rate < RATES.min || format.rate > RATES.max) throw damaged(`${format.rate} samples a second`);
  if (readerOf(format) === null) {
    throw new EngineError(
      'file-unsupported',
      `WAV of format ${tag} with ${format.bits} bits is not read here.`,
      {
        kind: `WAV ${tag}/${format.bits}`,
      },
    );
  }
  return format;
}

type Reader = (view: DataView, at: number) => number;

function readerOf({ tag, bits }: Format): Reader | null {
  const readers: Readonly<Record<string, Reader>> = {
    [`${PCM}/8`]: (view, at) => (view.getUint8(at) - 128) / 128,
    [`${PCM}/16`]: (view, at) => view.getInt16(at, true) / 2 ** 15,
    [`${PCM}/24`]: (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 2 ** 16) / 2 ** 23,
    [`${PCM}/32`]: (view, at) => view.getInt32(at, true) / 2 ** 31,
    [`${FLOAT}/32`]: (view, at) => view.getFloat32(at, true),
    [`${FLOAT}/64`]: (view, at) => view.getFloat64(at, true),
  };
  return readers[`${tag}/${bits}`] ?? null;
}

function readSamples(view: DataView, start: number, size: number, format: Format): Float32Array<ArrayBuffer> {
  const { channels, bits, rate } = format;
  const read = readerOf(format);
  const width = bits / 8;
  const count = Math.floor(size / (width * channels));
  if (count === 0 || read === null) throw new EngineError('sound-silent', 'The file has no samples.');
  checkLength(count / rate);
  const samples = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++)
      sum += read(view, start + (i * channels + channel) * width);
    const value = sum / channels;
    // Floats of a stranger's may be no numbers.
    samples[i] = Number.isFinite(value) ? value : 0;
  }
  return samples;
}

/** @throws {EngineError} `sound-too-long`. */
export function checkLength(seconds: number): void {
  if (seconds <= MAX_SOUND_SECONDS) return;
  throw new EngineError(
    'sound-too-long',
    `The sound lasts ${Math.round(seconds)} s, more than ${MAX_SOUND_SECONDS} s.`,
    {
      seconds: Math.round(seconds),
      limitSeconds: MAX_SOUND_SECONDS,
    },
  );
}

/** One channel as a WAV file of 16 bits. */
export function writeWav({ samples, rate }: Sound): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(44 + samples.length * 2);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string) => bytes.set(new TextEncoder().encode(value), at);
  text(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((value, i) => {
    view.setInt16(44 + 2 * i, Math.max(-32768, Math.min(32767, Math.round(value * 32768))), true);
  });
  return bytes;
}

function damaged(what: string): EngineError {
  return new EngineError('file-truncated', `The WAV file is damaged: ${what}.`, { format: 'wav' });
}
