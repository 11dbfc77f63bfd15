import { readHead } from '../read-head.ts';
import { checkBytes } from '../source-bytes.ts';
import type { SoundDecoder } from './sound-decoder.ts';
import { soundFormat, SOUND_HEAD_BYTES } from './sound-format.ts';
import { checkLength, writeWav } from './wav.ts';

/**
 * A sound file as WAV, which is read everywhere; one that is WAV already, or no sound at all, as it is.
 * @throws {EngineError} the `file-...` and `sound-...` codes.
 */
export async function asWav(file: Blob, decoder: SoundDecoder, signal: AbortSignal): Promise<Blob> {
  checkBytes(file);
  const format = soundFormat(await readHead(file, SOUND_HEAD_BYTES));
  if (format === null || format === 'wav') return file;
  const sound = await decoder.decode(file, signal);
  checkLength(sound.samples.length / sound.rate);
  return new Blob([writeWav(sound)], { type: 'audio/wav' });
}
