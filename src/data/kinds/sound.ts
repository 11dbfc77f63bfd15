import { EngineError } from '../../core/errors.ts';
import { sha256 } from '../../core/hash.ts';
import { encodeThumbnail, imageOf, scratchSheet } from '../decode/canvas.ts';
import { lookOf } from '../decode/look.ts';
import { readHead } from '../read-head.ts';
import { RATE } from '../sound/mel.ts';
import { resample } from '../sound/resample.ts';
import { soundFormat, SOUND_HEAD_BYTES } from '../sound/sound-format.ts';
import { soundInput } from '../sound/sound-input.ts';
import { drawSpectrogram } from '../sound/spectrogram.ts';
import { readWav, writeWav } from '../sound/wav.ts';
import { checkBytes } from '../source-bytes.ts';
import type { KindAdapter } from './kind.ts';

/** Size of the small spectrogram, px. */
const TILE = { width: 128, height: 96 };

/** Sounds are kept as WAV: one channel, 16 kHz, 16 bits. Other formats are turned into WAV before ({@link asWav}). */
export const sound: KindAdapter = {
  isName: (name) => /\.(?:wave?|mp3|og[ga]|opus|flac|m4a|aac|aiff?|webm)$/iu.test(name),
  otherName: 'file-not-a-sound',
  rows: 'name-samples',
  checkHead: async (file) => {
    checkBytes(file);
    if (soundFormat(await readHead(file, SOUND_HEAD_BYTES)) === null)
      throw new EngineError('file-not-a-sound', 'The content is that of no sound that is known here.');
  },
  async ingest(file) {
    checkBytes(file);
    const given = new Uint8Array(await file.arrayBuffer());
    const samples = samplesOf(given);
    const bytes = writeWav({ samples, rate: RATE });
    const tile = drawTile(samples);
    return {
      bytes,
      ...TILE,
      look: lookOf(imageOf(tile)),
      thumbnail: await encodeThumbnail(tile.canvas),
      contentHash: await sha256(bytes),
      sourceHash: await sha256(given),
      firstFrameOnly: false,
      metadata: 'none',
    };
  },
  async input(stored, input, variant) {
    return soundInput(readWav(new Uint8Array(await stored.arrayBuffer())), input, variant);
  },
  async openInput(file, input) {
    checkBytes(file);
    return soundInput(readWav(new Uint8Array(await file.arrayBuffer())), input);
  },
  thumbnail: async (stored) => encodeThumbnail((await tileOf(stored)).canvas),
  look: async (stored) => lookOf(imageOf(await tileOf(stored))),
};

/** One channel at 16 kHz. */
function samplesOf(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const { samples, rate } = readWav(bytes);
  return resample(samples, rate, RATE);
}

async function tileOf(stored: Blob): Promise<OffscreenCanvasRenderingContext2D> {
  return drawTile(samplesOf(new Uint8Array(await stored.arrayBuffer())));
}

function drawTile(samples: Float32Array): OffscreenCanvasRenderingContext2D {
  const context = scratchSheet(TILE.width, TILE.height);
  context.drawImage(drawSpectrogram(samples), 0, 0, TILE.width, TILE.height);
  return context;
}
